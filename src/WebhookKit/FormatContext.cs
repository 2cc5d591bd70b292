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

    /// <summary>The subscription that they go to.</summary>
    public required WebhookSubscription Subscription { get; init; }
}
