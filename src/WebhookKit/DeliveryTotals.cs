namespace WebhookKit;

/// <summary>What was counted of deliveries and their attempts.</summary>
public sealed record DeliveryTotals
{
    /// <summary>How many deliveries succeeded.</summary>
    public long Delivered { get; init; }

    /// <summary>How many attempts failed. One request is one attempt, however many deliveries it carried.</summary>
    public long FailedAttempts { get; init; }

    /// <summary>How many deliveries were given up: exhausted or expired.</summary>
    public long GaveUp { get; init; }

    /// <summary>When the last attempt ended; <see langword="null"/> when there was none.</summary>
    public DateTimeOffset? LastAttemptAt { get; init; }

    /// <summary>How long requests took; <see langword="null"/> when there were none.</summary>
    public LatencySummary? Latency { get; init; }
}
