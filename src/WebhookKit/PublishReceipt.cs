namespace WebhookKit;

/// <summary>What publishing an event did.</summary>
/// <param name="EventId">The event's id.</param>
/// <param name="Deliveries">How many subscriptions it is owed to.</param>
/// <param name="IsDuplicate">Whether an event with this id had been published before, so that nothing was stored now.</param>
public sealed record PublishReceipt(string EventId, int Deliveries, bool IsDuplicate)
{
    /// <summary>Whether publishing was suppressed (<see cref="IWebhookPublisher.SuppressPublishing"/>), so that nothing was stored.</summary>
    public bool IsSuppressed { get; init; }
}
