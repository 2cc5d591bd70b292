namespace WebhookKit.Storage.InMemory;

/// <summary>Which nodes are alive and which partitions they own. Guarded by the store's lock.</summary>
/// <remarks>
/// A partition's fence rises each time that it is taken, and counts while it has an owner. A lease that has run out still counts
/// until somebody takes the partition over: nobody else can have worked on it in between, so its owner may settle, or renew it by a
/// heartbeat. Releasing and leaving end it at once.
/// </remarks>
internal sealed class LeaseTable(int partitionCount, TimeProvider time)
{
    private readonly long _origin = time.GetTimestamp();
    private readonly Dictionary<string, TimeSpan> _nodes = new(StringComparer.Ordinal);
    private readonly Partition[] _partitions = new Partition[partitionCount];

    /// <summary>The store's clock, which leases run on: it never goes back, whatever happens to the time of day.</summary>
    private TimeSpan Now => time.GetElapsedTime(_origin);

    public bool IsCurrent(int partition, long fence) =>
        _partitions[partition].Owner is not null && _partitions[partition].Fence == fence;

    public NodeView Heartbeat(string nodeId, TimeSpan lease)
    {
        var now = Now;
        _nodes[nodeId] = now + lease;
        RemoveDeadNodes(now);

        var leases = new List<PartitionLease>();
        for (var i = 0; i < _partitions.Length; i++)
        {
            if (_partitions[i].Owner != nodeId)
                continue;
            _partitions[i].Until = now + lease;
            leases.Add(new PartitionLease(i, _partitions[i].Fence, lease));
        }

        var nodes = _nodes.Keys.ToArray();
        Array.Sort(nodes, StringComparer.Ordinal);
        return new NodeView(nodes, leases);
    }

    /// <summary>A node that is not alive gets nothing: the others do not know of it.</summary>
    public List<PartitionLease> Acquire(string nodeId, IReadOnlyCollection<int> partitions, TimeSpan lease)
    {
        var now = Now;
        var leases = new List<PartitionLease>();
        if (!_nodes.TryGetValue(nodeId, out var alive) || alive <= now)
            return leases;

        foreach (var i in partitions)
        {
            ref var partition = ref _partitions[i];
            if (partition.Owner is not null && partition.Until > now)
                continue;
            partition.Owner = nodeId;
            partition.Fence++;
            partition.Until = now + lease;
            leases.Add(new PartitionLease(i, partition.Fence, lease));
        }

        return leases;
    }

    public void Release(string nodeId, IReadOnlyCollection<PartitionLease> leases)
    {
        foreach (var lease in leases)
        {
            ref var partition = ref _partitions[lease.Partition];
            if (partition.Owner == nodeId && partition.Fence == lease.Fence)
                partition.Owner = null;
        }
    }

    public void Leave(string nodeId)
    {
        _nodes.Remove(nodeId);
        for (var i = 0; i < _partitions.Length; i++)
        {
            if (_partitions[i].Owner == nodeId)
                _partitions[i].Owner = null;
        }
    }

    private void RemoveDeadNodes(TimeSpan now)
    {
        foreach (var (node, until) in _nodes)
        {
            // Removing while going through is allowed for a dictionary.
            if (until <= now)
                _nodes.Remove(node);
        }
    }

    private struct Partition
    {
        public string? Owner;
        public long Fence;
        public TimeSpan Until;
    }
}
