using WebhookKit.Publishing;

namespace WebhookKit.Matching;

/// <summary>What this node knows of the subscriptions: a snapshot, replaced by a later one.</summary>
internal sealed class KnownSubscriptions(EventTypeCatalog catalog)
{
    private SubscriptionIndex _current = SubscriptionIndex.Create(catalog.BatchingRequired);

    public SubscriptionIndex Current => Volatile.Read(ref _current);

    public void Replace(SubscriptionIndex later) => Volatile.Write(ref _current, later);
}
