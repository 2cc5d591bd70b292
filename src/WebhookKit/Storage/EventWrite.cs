namespace WebhookKit;

/// <summary>One event to store.</summary>
/// <param name="Event">The event, its id and time set.</param>
/// <param name="Deliveries">Its deliveries; none when nothing matched.</param>
/// <param name="SubscriptionVersion">
/// The change number of the subscriptions that it was matched against; <see langword="null"/> skips the check. When the store's is
/// higher, nothing of this event is stored and the result is <see cref="EventWriteStatus.Stale"/>.
/// </param>
public sealed record EventWrite(WebhookEvent Event, IReadOnlyList<WebhookDelivery> Deliveries, long? SubscriptionVersion);
