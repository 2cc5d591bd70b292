namespace WebhookKit;

/// <summary>One HTTP request for a delivery, or for a batch of them, with its outcome; or why none could ever be made (<see cref="AttemptOutcome.Unsendable"/>).</summary>
public sealed record DeliveryAttempt
{
    /// <summary>Which attempt of the delivery this was, from 1. 0 for a test event, which belongs to no delivery.</summary>
    public int Number { get; init; }

    /// <summary>The message id that the request carried: the event's id, or the batch's.</summary>
    public required string MessageId { get; init; }

    /// <summary>How many deliveries the request carried.</summary>
    public int BatchSize { get; init; } = 1;

    /// <summary>When the attempt began.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>How long it took, from name look-up to the last byte of the answer that was read.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>How it ended.</summary>
    public required AttemptOutcome Outcome { get; init; }

    /// <summary>The HTTP status of the answer, if there was one.</summary>
    public int? StatusCode { get; init; }

    /// <summary>The first part of the answer's body as text (<see cref="WebhookOptions.MaxResponseBytes"/> at most).</summary>
    public string? ResponseBody { get; init; }

    /// <summary>What went wrong, in words; <see langword="null"/> on success.</summary>
    public string? Error { get; init; }
}
