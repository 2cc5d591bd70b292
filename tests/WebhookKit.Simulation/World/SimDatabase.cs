using WebhookKit.Storage.InMemory;

namespace WebhookKit.Simulation.World;

/// <summary>The database that the nodes share, and what it knows that they do not: who owns what, until when, and what was stored in which order.</summary>
internal sealed class SimDatabase
{
    private readonly SimWorld _world;
    private readonly Dictionary<int, LaneOwner> _owners = [];
    private readonly Dictionary<string, TimeSpan> _members = new(StringComparer.Ordinal);

    public SimDatabase(SimWorld world)
    {
        _world = world;
        Store = new InMemoryWebhookStore(
            new InMemoryStoreOptions { PartitionCount = world.Plan.Partitions, MaxSucceeded = int.MaxValue, MaxFailed = int.MaxValue }, new DatabaseClock(world.Agenda));
    }

    public InMemoryWebhookStore Store { get; }

    public Ledger Ledger { get; } = new();

    /// <summary>How many partitions are owned by somebody, rightly or not.</summary>
    public int Owned => _owners.Values.Count(o => o.Until > _world.Agenda.Now);

    public WebhookDelivery? Find(Guid id) => Now(Store.GetDeliveryAsync(id, default));

    public WebhookSubscription? FindSubscription(string id) => Now(Store.GetSubscriptionAsync(id, default));

    public bool HasEvent(string id) => Now(Store.GetEventAsync(null, id, default)) is not null;

    /// <summary>Whose a subscription's lane is, and until when.</summary>
    public LaneOwner? OwnerOf(string subscriptionId) => OwnerOf(Partitioner.GetPartition(subscriptionId, _world.Plan.Partitions));

    public LaneOwner? OwnerOf(int partition) => _owners.GetValueOrDefault(partition);

    /// <summary>Whether any node but one has, or should have, a share of the partitions, or had since a time.</summary>
    public bool HasOthers(string nodeId, TimeSpan since) => _members.Any(m => m.Key != nodeId && m.Value > since);

    /// <summary>What a call of the in-memory store comes to: it never waits.</summary>
    public static T Now<T>(ValueTask<T> call) => call.IsCompleted ? call.GetAwaiter().GetResult() : throw new InvalidOperationException("The in-memory store waits.");

    public static void Now(ValueTask call)
    {
        if (!call.IsCompletedSuccessfully) throw new InvalidOperationException("The in-memory store waits, or fails.");
    }

    public IReadOnlyList<EventWriteResult> Publish(IReadOnlyList<EventWrite> writes)
    {
        var results = Now(Store.PublishAsync(writes, null, default));
        for (var i = 0; i < writes.Count; i++)
        {
            if (results[i].Status == EventWriteStatus.Stored) _world.Rules.Hand.Stored(writes[i]);
        }

        return results;
    }

    public NodeView Heartbeat(string nodeId, TimeSpan lease)
    {
        var view = Now(Store.HeartbeatAsync(nodeId, lease, default));
        _members[nodeId] = _world.Agenda.Now + lease;
        Forget(nodeId, partition => !view.Leases.Any(l => l.Partition == partition));
        Own(nodeId, view.Leases);
        return view;
    }

    public IReadOnlyList<PartitionLease> Acquire(string nodeId, IReadOnlyCollection<int> partitions, TimeSpan lease)
    {
        var leases = Now(Store.AcquireAsync(nodeId, partitions, lease, default));
        Own(nodeId, leases);
        return leases;
    }

    public bool Release(string nodeId, IReadOnlyCollection<PartitionLease> leases)
    {
        foreach (var lease in leases)
        {
            if (_owners.TryGetValue(lease.Partition, out var held) && held.NodeId == nodeId && held.Fence == lease.Fence) _world.Rules.Settlements.CheckGivenBack(nodeId, lease.Partition, lease.Fence);
        }

        Now(Store.ReleaseAsync(nodeId, leases, default));
        foreach (var lease in leases)
        {
            if (_owners.TryGetValue(lease.Partition, out var owner) && owner.NodeId == nodeId) _owners.Remove(lease.Partition);
        }

        return true;
    }

    public bool Leave(string nodeId)
    {
        foreach (var (partition, held) in _owners)
        {
            if (held.NodeId == nodeId) _world.Rules.Settlements.CheckGivenBack(nodeId, partition, held.Fence);
        }

        Now(Store.LeaveAsync(nodeId, default));
        _members.Remove(nodeId);
        Forget(nodeId, _ => true);
        return true;
    }

    public IReadOnlyList<SettleResult> Settle(SimNode node, IReadOnlyList<Settlement> settlements)
    {
        var results = new SettleResult[settlements.Count];
        for (var i = 0; i < results.Length; i++)
        {
            // One after another, so that what each does can be seen.
            var before = FindSubscription(settlements[i].SubscriptionId);
            results[i] = Now(Store.SettleAsync([settlements[i]], default))[0];
            _world.Rules.Settlements.Settled(node, settlements[i], results[i], before);
        }

        return results;
    }

    public WebhookSubscription? Update(SimNode node, WebhookSubscription subscription)
    {
        var before = FindSubscription(subscription.Id);
        var after = Now(Store.UpdateSubscriptionAsync(subscription, default));
        if (after is null) return null;
        if (before!.Status != after.Status) _world.Note(node, $"makes {after.Id} {after.Status}");
        if (before.Url != after.Url || (before.Status == SubscriptionStatus.Enabled) != (after.Status == SubscriptionStatus.Enabled)) Changed(node, subscription.Id);
        if (!HaveSameSettings(before, after)) SettingsChanged(node, before, after);
        return after;
    }

    public bool Delete(SimNode node, string id, DateTimeOffset now)
    {
        var deleted = Now(Store.DeleteSubscriptionAsync(id, now, default));
        if (!deleted) return false;
        Changed(node, id);
        _world.Rules.Hand.Deleted(id);
        return true;
    }

    public WebhookDelivery? Cancel(SimNode node, Guid id, DateTimeOffset now)
    {
        var canceled = Now(Store.CancelAsync(id, now, default));
        _world.Rules.Hand.Canceled(node, id, canceled);
        return canceled;
    }

    public WebhookDelivery? Resend(Guid id, DateTimeOffset now)
    {
        var resent = Now(Store.ResendAsync(id, now, default));
        _world.Rules.Hand.Resent(id, resent, now);
        return resent;
    }

    public int Recover(string subscriptionId, DateTimeOffset since, int limit, DateTimeOffset now)
    {
        var count = Now(Store.RecoverAsync(subscriptionId, since, limit, now, default));
        _world.Rules.Hand.Recovered(subscriptionId, since, count, now);
        return count;
    }

    public int AddDeliveries(IReadOnlyList<WebhookDelivery> deliveries)
    {
        var count = Now(Store.AddDeliveriesAsync(deliveries, default));
        _world.Rules.Hand.Added(deliveries, count);
        return count;
    }

    public int Purge(SimNode node, PurgeQuery query)
    {
        var count = Now(Store.PurgeAsync(query, default));
        _world.Rules.Hand.Purged(node, query, count);
        return count;
    }

    private void Changed(SimNode node, string subscriptionId)
    {
        var facts = Ledger.FactsOf(subscriptionId);
        facts.ChangedAt = _world.Agenda.Now;
        facts.ChangedBy = node;
        if (FindSubscription(subscriptionId)?.Status == SubscriptionStatus.Enabled) facts.EnabledAt = _world.Agenda.Now;
        _world.Rules.Requests.DoubtLanes(id => id == subscriptionId);
    }

    private static bool HaveSameSettings(WebhookSubscription one, WebhookSubscription other) =>
        one.Url == other.Url && one.EventTypes.SequenceEqual(other.EventTypes) && one.Order == other.Order && one.MaxConcurrency == other.MaxConcurrency
        && one.RateLimit == other.RateLimit && one.Batching == other.Batching;

    private void SettingsChanged(SimNode node, WebhookSubscription before, WebhookSubscription after)
    {
        _world.Note(node, $"changes {after.Id}: {after.Url} {after.Order}, {after.MaxConcurrency} at once, {after.RateLimit}, batches {after.Batching}, {string.Join(' ', after.EventTypes)}");
        Ledger.FactsOf(after.Id).Earlier.Add((before, _world.Agenda.Now, node));
    }

    private void Own(string nodeId, IReadOnlyList<PartitionLease> leases)
    {
        foreach (var lease in leases)
        {
            if (!_owners.TryGetValue(lease.Partition, out var owner) || owner.Fence != lease.Fence)
                _world.Rules.Requests.DoubtLanes(id => Partitioner.GetPartition(id, _world.Plan.Partitions) == lease.Partition);

            _owners[lease.Partition] = new LaneOwner(nodeId, lease.Fence, _world.Agenda.Now + lease.Remaining);
        }
    }

    private void Forget(string nodeId, Predicate<int> which)
    {
        // Removing while going through is allowed for a dictionary.
        foreach (var (partition, owner) in _owners)
        {
            if (owner.NodeId == nodeId && which(partition)) _owners.Remove(partition);
        }
    }

    private sealed class DatabaseClock(Agenda agenda) : TimeProvider
    {
        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override DateTimeOffset GetUtcNow() => Agenda.Start + agenda.Now;

        public override long GetTimestamp() => agenda.Now.Ticks;
    }
}
