namespace WebhookKit;

/// <summary>What a test event led to.</summary>
public sealed record WebhookTestResult
{
    /// <summary>The attempt, with the status and the body of the answer.</summary>
    public required DeliveryAttempt Attempt { get; init; }

    /// <summary>The request that was sent.</summary>
    public required WebhookRequest Request { get; init; }

    /// <summary>The headers of the answer by name; empty when none came. At most 64 of them, and 1,024 characters of each.</summary>
    public required IReadOnlyDictionary<string, string> ResponseHeaders { get; init; }
}
