using WebhookKit.Matching;

namespace WebhookKit.Dispatching;

/// <summary>Does what messages of other nodes say, as far as it concerns the lanes of this node.</summary>
internal sealed class WokenLanes(IDeliveryQueue queue, SubscriptionCache cache, OwnedPartitions owned, Handover handover, TimeProvider time)
{
    private readonly Lock _lock = new();

    /// <summary>Subscriptions that this node's index does not know yet.</summary>
    private readonly HashSet<string> _unknown = new(StringComparer.Ordinal);

    /// <summary>Wakes the lanes that a message names. Neither waits nor throws.</summary>
    /// <returns>Whether this node must learn of changed subscriptions, by <see cref="FollowAsync"/>.</returns>
    public bool Wake(WakeUp wakeUp)
    {
        foreach (var id in wakeUp.RereadIds) handover.Reread(id);

        var mustFollow = wakeUp.SubscriptionsChanged;
        foreach (var id in wakeUp.SubscriptionIds)
        {
            if (!owned.Owns(Partitioner.GetPartition(id, queue.PartitionCount)) || TryWake(id)) continue;
            mustFollow = true;
            lock (_lock) _unknown.Add(id);
        }

        return mustFollow;
    }

    /// <summary>Learns of changed subscriptions, and wakes the lanes of those that were not known.</summary>
    public async Task FollowAsync(CancellationToken cancellationToken)
    {
        string[] unknown;
        lock (_lock)
        {
            unknown = [.. _unknown];
            _unknown.Clear();
        }

        await cache.RefreshAsync(cancellationToken);
        foreach (var id in unknown) TryWake(id);
    }

    private bool TryWake(string id)
    {
        if (cache.Current.Find(id) is not { } model) return false;

        // One that is not enabled, or is not known to be by now, is woken when this node learns that it is.
        if (model.Subscription.Status == SubscriptionStatus.Enabled) handover.Wake(model, time.GetUtcNow());
        return true;
    }
}
