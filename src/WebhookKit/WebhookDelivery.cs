namespace WebhookKit;

/// <summary>One event owed to one subscription: a snapshot of where its delivery stands.</summary>
public sealed record WebhookDelivery
{
    /// <summary>The delivery's id; ids of one node rise with time.</summary>
    public required Guid Id { get; init; }

    /// <summary>The id of the event to deliver.</summary>
    public required string EventId { get; init; }

    /// <summary>The type of the event to deliver.</summary>
    public required string EventType { get; init; }

    /// <summary>The tenant of the event and the subscription.</summary>
    public string? TenantId { get; init; }

    /// <summary>The id of the subscription that it is owed to.</summary>
    public required string SubscriptionId { get; init; }

    /// <summary>Where the delivery stands.</summary>
    public DeliveryStatus Status { get; init; }

    /// <summary>When the event was published.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When the next attempt is due. Meaningful while <see cref="Status"/> is <see cref="DeliveryStatus.Pending"/>.</summary>
    public required DateTimeOffset DueAt { get; init; }

    /// <summary>When the delivery expires unless it has succeeded by then; <see langword="null"/> for never.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>When the delivery reached its final status.</summary>
    public DateTimeOffset? CompletedAt { get; init; }

    /// <summary>How many attempts have been made, all resends included.</summary>
    public int AttemptCount { get; init; }

    /// <summary>How many attempts had been made when the retry schedule last began: 0, or more after a resend.</summary>
    public int ScheduleBase { get; init; }

    /// <summary>The message id of the batch that it was last sent in; <see langword="null"/> when it was sent alone or not yet.</summary>
    public string? BatchId { get; init; }

    /// <summary>The outcome of the last attempt; <see langword="null"/> before the first.</summary>
    public AttemptOutcome? LastOutcome { get; init; }

    /// <summary>The HTTP status of the last attempt's answer, if there was one.</summary>
    public int? LastStatusCode { get; init; }

    /// <summary>How many attempts of the current run of the schedule have been made.</summary>
    internal int ScheduleAttempts => AttemptCount - ScheduleBase;
}
