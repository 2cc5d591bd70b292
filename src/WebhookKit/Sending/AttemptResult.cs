using WebhookKit.Dispatching;

namespace WebhookKit.Sending;

/// <summary>What became of a request.</summary>
internal sealed record AttemptResult
{
    public required AttemptOutcome Outcome { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    public required TimeSpan Duration { get; init; }

    public int? StatusCode { get; init; }

    public string? ResponseBody { get; init; }

    /// <summary>What went wrong, in words.</summary>
    public string? Error { get; init; }

    /// <summary>How long the endpoint asked to be left alone.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>The record of the attempt; its number is left to the delivery.</summary>
    public DeliveryAttempt ToAttempt(PreparedRequest request) => new()
    {
        MessageId = request.MessageId,
        BatchSize = request.BatchSize,
        StartedAt = StartedAt,
        Duration = Duration,
        Outcome = Outcome,
        StatusCode = StatusCode,
        ResponseBody = ResponseBody,
        Error = Error,
    };
}
