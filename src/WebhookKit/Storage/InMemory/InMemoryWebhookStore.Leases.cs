namespace WebhookKit.Storage.InMemory;

internal sealed partial class InMemoryWebhookStore
{
    public ValueTask<NodeView> HeartbeatAsync(string nodeId, TimeSpan lease, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        CheckLease(lease);
        lock (_lock)
            return new(_leases.Heartbeat(nodeId, lease));
    }

    public ValueTask<IReadOnlyList<PartitionLease>> AcquireAsync(string nodeId, IReadOnlyCollection<int> partitions, TimeSpan lease, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        CheckLease(lease);
        CheckPartitions(partitions);
        lock (_lock)
            return new(_leases.Acquire(nodeId, partitions, lease));
    }

    public ValueTask ReleaseAsync(string nodeId, IReadOnlyCollection<PartitionLease> leases, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        foreach (var lease in leases)
            CheckPartition(lease.Partition);
        lock (_lock)
            _leases.Release(nodeId, leases);
        return ValueTask.CompletedTask;
    }

    public ValueTask LeaveAsync(string nodeId, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_lock)
            _leases.Leave(nodeId);
        return ValueTask.CompletedTask;
    }

    private static void CheckLease(TimeSpan lease) => ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(lease, TimeSpan.Zero);
}
