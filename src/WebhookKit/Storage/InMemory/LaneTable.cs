using System.Runtime.InteropServices;

namespace WebhookKit.Storage.InMemory;

/// <summary>The pending deliveries by lane and partition. Guarded by the store's lock.</summary>
internal sealed class LaneTable
{
    private readonly Dictionary<string, Lane> _lanes = new(StringComparer.Ordinal);
    private readonly LaneHeap[] _partitions;

    public LaneTable(int partitionCount)
    {
        _partitions = new LaneHeap[partitionCount];
        for (var i = 0; i < partitionCount; i++)
            _partitions[i] = new LaneHeap(_lanes);
    }

    /// <summary>How many deliveries are pending in all.</summary>
    public int Pending { get; private set; }

    public LaneHeap this[int partition] => _partitions[partition];

    /// <summary>How many lanes are kept, some empty ones included.</summary>
    public int LaneCount => _lanes.Count;

    public Lane? Find(string subscriptionId) => _lanes.GetValueOrDefault(subscriptionId);

    public void AddFresh(DeliveryRow row)
    {
        var lane = GetOrAdd(row.Delivery.SubscriptionId);
        lane.AddFresh(row);
        Added(lane, row);
    }

    public void AddAgain(DeliveryRow row, DeliveryRow? from)
    {
        var lane = GetOrAdd(row.Delivery.SubscriptionId);
        lane.AddAgain(row, from);
        Added(lane, row);
    }

    public void Move(DeliveryRow row)
    {
        var lane = row.Lane!;
        lane.Move(row);
        _partitions[lane.Partition].Due(lane, row.DueTicks);
    }

    public void Remove(DeliveryRow row)
    {
        var lane = row.Lane!;
        lane.Remove(row);
        Pending--;
        _partitions[lane.Partition].Removed(lane);
    }

    private void Added(Lane lane, DeliveryRow row)
    {
        var partition = _partitions[lane.Partition];
        Pending++;
        partition.Added(lane);
        partition.Due(lane, row.DueTicks);
    }

    private Lane GetOrAdd(string subscriptionId)
    {
        ref var slot = ref CollectionsMarshal.GetValueRefOrAddDefault(_lanes, subscriptionId, out _);
        return slot ??= new Lane(subscriptionId, Partitioner.GetPartition(subscriptionId, _partitions.Length));
    }
}
