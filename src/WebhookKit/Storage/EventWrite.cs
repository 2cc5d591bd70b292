namespace WebhookKit;

/// <summary>One event to store.</summary>
/// <param name="Event">The event, its id and time set.</param>
/// <param name="Deliveries">Its deliveries; none when nothing matched.</param>
/// <param name="SubscriptionVersion">
/// The change number of the subscriptions that it was matched against; <see langword="null"/> skips the check. When a subscription of the
/// event's tenant has changed since, nothing of this event is stored and the result is <see cref="EventWriteStatus.Stale"/>. A store that
/// cannot tell the tenants apart may say so for a change in any of them.
/// </param>
public sealed record EventWrite(WebhookEvent Event, IReadOnlyList<WebhookDelivery> Deliveries, long? SubscriptionVersion)
{
    /// <summary>When it was published: how long it is kept, and from when on it can be recovered, is counted from then.</summary>
    public required DateTimeOffset PublishedAt { get; init; }

    /// <summary>
    /// Whether a change in any tenant makes it stale, not only one in its own: it is published together with events of other tenants, of
    /// which all are to be stored or none.
    /// </summary>
    public bool AllTenants { get; init; }

    /// <summary>
    /// Whether the event's id was made for it just now, so that no other event is likely to have it. A hint, by which a store may write first and look for another one only
    /// if that fails; the result is the same.
    /// </summary>
    public bool HasNewId { get; init; }

    /// <summary>
    /// Whether the event is meant for just the subscriptions that it has deliveries to (<see cref="PublishOptions.SubscriptionIds"/>), so
    /// that recovering brings it to no other.
    /// </summary>
    public bool IsAddressed { get; init; }
}
