namespace WebhookKit;

/// <summary>What a signer sees of one attempt.</summary>
public readonly record struct SigningContext
{
    /// <summary>The message id: the same on every attempt.</summary>
    public required string MessageId { get; init; }

    /// <summary>The time of the attempt.</summary>
    public required DateTimeOffset Timestamp { get; init; }

    /// <summary>Which attempt of the message this is, from 1; 0 for a test event.</summary>
    public required int AttemptNumber { get; init; }

    /// <summary>The request's method.</summary>
    public required HttpMethod Method { get; init; }

    /// <summary>The request's URI.</summary>
    public required Uri Uri { get; init; }

    /// <summary>The body's media type; <see langword="null"/> for a request without a body.</summary>
    public string? ContentType { get; init; }

    /// <summary>The exact bytes of the body.</summary>
    public required ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>The secrets that sign now, newest first (oldest first under a profile without retries); none when the subscription has none.</summary>
    public required IReadOnlyList<WebhookSecret> Secrets { get; init; }
}
