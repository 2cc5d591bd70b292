using WebhookKit.Matching;

namespace WebhookKit.Dispatching;

/// <summary>
/// Which endpoints of this node's partitions are failing. Listed once when the node gets a partition: from then on nobody else can make one
/// fail there, so that what is not in here is healthy. What is in here counts only for the version of the subscription that it was learnt
/// with; after any change the store is asked.
/// </summary>
/// <remarks>Safe for many threads: guarded by one lock, and does nothing but look up.</remarks>
internal sealed class FailingTable
{
    /// <summary>The version of no subscription.</summary>
    private const long Doubtful = -1;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Entry> _failing = new(StringComparer.Ordinal);
    private readonly HashSet<int> _known = [];

    /// <summary>How often each partition has been forgotten: a list that was asked for before says nothing of it.</summary>
    private readonly Dictionary<int, int> _forgotten = [];

    public bool Knows(int partition)
    {
        lock (_lock) return _known.Contains(partition);
    }

    /// <summary>Finds since when an endpoint is failing.</summary>
    /// <returns>Whether it is known; else the store must be asked.</returns>
    public bool TryFind(SubscriptionModel model, out DateTimeOffset? failingSince)
    {
        lock (_lock)
        {
            failingSince = null;
            if (!_known.Contains(model.Partition)) return false;
            if (!_failing.TryGetValue(model.Id, out var entry)) return true;
            failingSince = entry.Since;
            return entry.Version == model.Subscription.Version;
        }
    }

    /// <summary>Takes over what the store has just been told, or has told.</summary>
    public void Learn(int partition, string subscriptionId, long version, DateTimeOffset? failingSince)
    {
        lock (_lock)
        {
            if (failingSince is { } since) _failing[subscriptionId] = new Entry(partition, since, version);
            else _failing.Remove(subscriptionId);
        }
    }

    /// <summary>The store may have been told something of an endpoint: it is asked the next time.</summary>
    public void Doubt(int partition, string subscriptionId) => Learn(partition, subscriptionId, Doubtful, DateTimeOffset.MinValue);

    /// <summary>Another node may have a partition, or have had it.</summary>
    public void Forget(int partition)
    {
        lock (_lock)
        {
            _known.Remove(partition);
            _forgotten[partition] = _forgotten.GetValueOrDefault(partition) + 1;
            RemoveNeedsLock([partition]);
        }
    }

    /// <summary>Drops what is known of a subscription that is gone.</summary>
    public void Remove(string subscriptionId)
    {
        lock (_lock) _failing.Remove(subscriptionId);
    }

    /// <summary>The failing endpoints are about to be listed.</summary>
    /// <param name="owned">The partitions that this node owns by now.</param>
    /// <returns>What <see cref="EndListing"/> needs.</returns>
    public IReadOnlyDictionary<int, int> BeginListing(IEnumerable<int> owned)
    {
        lock (_lock) return owned.Where(p => !_known.Contains(p)).ToDictionary(p => p, p => _forgotten.GetValueOrDefault(p));
    }

    /// <summary>The failing endpoints are listed.</summary>
    /// <param name="begun">What <see cref="BeginListing"/> gave.</param>
    /// <param name="failing">All of them, with their partitions.</param>
    public void EndListing(IReadOnlyDictionary<int, int> begun, IEnumerable<(int Partition, FailingEndpoint Endpoint)> failing)
    {
        lock (_lock)
        {
            var learnt = begun.Where(p => _forgotten.GetValueOrDefault(p.Key) == p.Value && _known.Add(p.Key)).Select(p => p.Key).ToHashSet();
            RemoveNeedsLock(learnt);
            foreach (var (partition, endpoint) in failing)
            {
                if (learnt.Contains(partition)) _failing[endpoint.SubscriptionId] = new Entry(partition, endpoint.Since, endpoint.Version);
            }
        }
    }

    private void RemoveNeedsLock(HashSet<int> partitions)
    {
        foreach (var (id, entry) in _failing)
        {
            // Removing while going through is allowed for a dictionary.
            if (partitions.Contains(entry.Partition)) _failing.Remove(id);
        }
    }

    private readonly record struct Entry(int Partition, DateTimeOffset Since, long Version);
}
