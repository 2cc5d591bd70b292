using WebhookKit.Storage.InMemory;

namespace WebhookKit.Simulation.World;

/// <summary>The database that the nodes share, and what it knows that they do not: who owns what, until when, and what was stored in which order.</summary>
internal sealed class SimDatabase
{
    private readonly SimWorld _world;
    private readonly Dictionary<int, LaneOwner> _owners = [];

    public SimDatabase(SimWorld world)
    {
        _world = world;
        Store = new InMemoryWebhookStore(
            new InMemoryStoreOptions { PartitionCount = world.Plan.Partitions, MaxSucceeded = int.MaxValue, MaxFailed = int.MaxValue }, new DatabaseClock(world.Agenda));
    }

    public InMemoryWebhookStore Store { get; }

    /// <summary>What is owed to each subscription, in the order in which it was stored.</summary>
    public Dictionary<string, List<OwedDelivery>> Owed { get; } = new(StringComparer.Ordinal);

    public WebhookDelivery Find(Guid id) => Now(Store.GetDeliveryAsync(id, default)) ?? throw new InvalidOperationException("A delivery is gone.");

    public WebhookSubscription? FindSubscription(string id) => Now(Store.GetSubscriptionAsync(id, default));

    /// <summary>Whose a subscription's lane is, and until when.</summary>
    public LaneOwner? OwnerOf(string subscriptionId) => _owners.GetValueOrDefault(Partitioner.GetPartition(subscriptionId, _world.Plan.Partitions));

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
            if (results[i].Status != EventWriteStatus.Stored) continue;
            Add(writes[i]);
            _world.Rules.Stored(writes[i]);
        }

        return results;
    }

    public NodeView Heartbeat(string nodeId, TimeSpan lease)
    {
        var view = Now(Store.HeartbeatAsync(nodeId, lease, default));
        var held = view.Leases.Select(l => l.Partition).ToHashSet();
        Forget(nodeId, p => !held.Contains(p));
        Own(nodeId, view.Leases);
        return view;
    }

    public IReadOnlyList<PartitionLease> Acquire(string nodeId, IReadOnlyCollection<int> partitions, TimeSpan lease)
    {
        var leases = Now(Store.AcquireAsync(nodeId, partitions, lease, default));
        Own(nodeId, leases);
        return leases;
    }

    public void Release(string nodeId, IReadOnlyCollection<PartitionLease> leases)
    {
        Now(Store.ReleaseAsync(nodeId, leases, default));
        foreach (var lease in leases)
        {
            if (_owners.TryGetValue(lease.Partition, out var owner) && owner.NodeId == nodeId) _owners.Remove(lease.Partition);
        }
    }

    public void Leave(string nodeId)
    {
        Now(Store.LeaveAsync(nodeId, default));
        Forget(nodeId, _ => true);
    }

    public IReadOnlyList<SettleResult> Settle(IReadOnlyList<Settlement> settlements)
    {
        var results = Now(Store.SettleAsync(settlements, default));
        for (var i = 0; i < settlements.Count; i++)
        {
            if (results[i] is SettleResult.Applied or SettleResult.AppliedInPart) _world.Rules.Settled(settlements[i], results[i]);
        }

        return results;
    }

    private void Own(string nodeId, IReadOnlyList<PartitionLease> leases)
    {
        foreach (var lease in leases)
        {
            if (!_owners.TryGetValue(lease.Partition, out var owner) || owner.Fence != lease.Fence) _world.Rules.ForgetBreakers();
            _owners[lease.Partition] = new LaneOwner(nodeId, lease.Fence, _world.Agenda.Now + lease.Remaining);
        }
    }

    private void Forget(string nodeId, Predicate<int> which)
    {
        foreach (var partition in _owners.Where(o => o.Value.NodeId == nodeId && which(o.Key)).Select(o => o.Key).ToArray()) _owners.Remove(partition);
    }

    private void Add(EventWrite write)
    {
        foreach (var delivery in write.Deliveries)
        {
            if (!Owed.TryGetValue(delivery.SubscriptionId, out var owed)) Owed.Add(delivery.SubscriptionId, owed = []);
            owed.Add(new OwedDelivery(delivery.Id, write.Event.Id, write.Event.OrderingKey));
        }
    }

    private sealed class DatabaseClock(Agenda agenda) : TimeProvider
    {
        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override DateTimeOffset GetUtcNow() => Agenda.Start + agenda.Now;

        public override long GetTimestamp() => agenda.Now.Ticks;
    }
}
