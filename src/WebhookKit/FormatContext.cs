namespace WebhookKit;

/// <summary>What a format sees of a message.</summary>
public readonly record struct FormatContext
{
    /// <summary>The message id: the event's, or the batch's.</summary>
    public required string MessageId { get; init; }

    /// <summary>The events to carry, oldest first; at least one.</summary>
    public required IReadOnlyList<WebhookEvent> Events { get; init; }

    /// <summary>Whether the subscription batches; then even a single event is formatted as a batch of one.</summary>
    public required bool IsBatch { get; init; }

    /// <summary>
    /// Which attempt of the message this is, from 1; 0 for a test event. It may decide where a request goes, but not its body, which is
    /// the same on every attempt.
    /// </summary>
    public int AttemptNumber { get; init; }

    /// <summary>The subscription that they go to.</summary>
    public required WebhookSubscription Subscription { get; init; }
}
