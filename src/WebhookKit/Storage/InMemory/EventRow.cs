namespace WebhookKit.Storage.InMemory;

/// <summary>A stored event with the deliveries of it that are still kept.</summary>
internal sealed class EventRow(WebhookEvent webhookEvent, TenantEvents tenant, DateTimeOffset publishedAt, long sequence)
{
    /// <summary>The deliveries that are kept. Changed by the <see cref="DeliveryTable"/> alone.</summary>
    public IntrusiveList<DeliveryRow, DeliveryRow.EventLinks> Rows;

    private EventRow? _tenantPrevious;
    private EventRow? _tenantNext;
    private List<string>? _forgotten;

    public WebhookEvent Event { get; } = webhookEvent;

    public TenantEvents Tenant { get; } = tenant;

    public DateTimeOffset PublishedAt { get; } = publishedAt;

    public long Sequence { get; } = sequence;

    /// <summary>How many deliveries it was published with: what a duplicate is told.</summary>
    public int DeliveriesAtFirst { get; set; }

    /// <summary>Whether it is meant for just the subscriptions that it was published to.</summary>
    public bool IsAddressed { get; set; }

    /// <summary>Whether it is no longer in the table.</summary>
    public bool IsGone { get; set; }

    public EventRow? NextOfTenant => _tenantNext;

    /// <summary>
    /// Remembers that a subscription had a delivery which is dropped now, so that the event does not count as missed by it
    /// while other deliveries keep it here.
    /// </summary>
    public void Forget(string subscriptionId) => (_forgotten ??= []).Add(subscriptionId);

    /// <summary>Whether a subscription has, or had, a delivery of it.</summary>
    public bool HasDeliveryFor(string subscriptionId)
    {
        for (var row = Rows.First; row is not null; row = row.NextOfEvent)
        {
            if (row.Delivery.SubscriptionId == subscriptionId)
                return true;
        }

        return _forgotten is not null && _forgotten.Contains(subscriptionId);
    }

    /// <summary>Links the events of a tenant as stored.</summary>
    internal readonly struct TenantLinks : ILinks<EventRow>
    {
        public static ref EventRow? Previous(EventRow node) => ref node._tenantPrevious;

        public static ref EventRow? Next(EventRow node) => ref node._tenantNext;
    }
}
