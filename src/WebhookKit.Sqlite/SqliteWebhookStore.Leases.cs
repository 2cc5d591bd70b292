using WebhookKit.Sqlite.Connections;
using WebhookKit.Sqlite.Rows;

namespace WebhookKit.Sqlite;

/// <remarks>
/// A partition's fence rises each time that it is taken, and counts while it has an owner. A lease that has run out still counts until
/// somebody takes the partition over: nobody else can have worked on it in between.
/// </remarks>
internal sealed partial class SqliteWebhookStore
{
    public async ValueTask<NodeView> HeartbeatAsync(string nodeId, TimeSpan lease, CancellationToken cancellationToken)
    {
        CheckLease(lease);
        var (view, dead) = await WriteAsync(transaction => Heartbeat(transaction, nodeId, lease), cancellationToken);
        foreach (var other in dead) _locks.Drop(other);
        return view;
    }

    public async ValueTask<IReadOnlyList<PartitionLease>> AcquireAsync(string nodeId, IReadOnlyCollection<int> partitions, TimeSpan lease, CancellationToken cancellationToken)
    {
        CheckLease(lease);
        CheckPartitions(partitions);
        return await WriteAsync(transaction => Acquire(transaction, nodeId, partitions, lease), cancellationToken);
    }

    public async ValueTask ReleaseAsync(string nodeId, IReadOnlyCollection<PartitionLease> leases, CancellationToken cancellationToken)
    {
        foreach (var lease in leases) CheckPartition(lease.Partition);
        await WriteAsync(
            transaction =>
            {
                foreach (var lease in leases) PartitionRows.Release(transaction.Session, lease, nodeId);
                transaction.OwnersChanged();
                return true;
            },
            cancellationToken);
    }

    public async ValueTask LeaveAsync(string nodeId, CancellationToken cancellationToken)
    {
        await WriteAsync(
            transaction =>
            {
                Remove(transaction, nodeId);
                return true;
            },
            cancellationToken);
        _locks.Drop(nodeId);
    }

    private (NodeView View, List<string> Dead) Heartbeat(WriteTransaction transaction, string nodeId, TimeSpan lease)
    {
        var now = Now;
        var session = transaction.Session;
        _locks.Hold(nodeId);
        NodeRows.Renew(session, nodeId, now, lease);
        List<string> dead = [.. NodeRows.List(session).Where(_locks.IsDead)];
        foreach (var other in dead) Remove(transaction, other);
        NodeRows.RemoveExpired(session, now);
        return (new NodeView(NodeRows.List(session), PartitionRows.Renew(session, nodeId, now, lease)), dead);
    }

    private List<PartitionLease> Acquire(WriteTransaction transaction, string nodeId, IReadOnlyCollection<int> partitions, TimeSpan lease)
    {
        // A node that is not alive gets nothing: the others do not know of it.
        var now = Now;
        List<PartitionLease> leases = [];
        if (!NodeRows.IsAlive(transaction.Session, nodeId, now)) return leases;
        foreach (var partition in partitions)
        {
            if (PartitionRows.TryTake(transaction.Session, partition, nodeId, now, lease) is { } fence) leases.Add(new PartitionLease(partition, fence, lease));
        }

        transaction.OwnersChanged();
        return leases;
    }

    private static void Remove(WriteTransaction transaction, string nodeId)
    {
        NodeRows.Remove(transaction.Session, nodeId);
        PartitionRows.ReleaseAll(transaction.Session, nodeId);
        transaction.OwnersChanged();
    }

    private static void CheckLease(TimeSpan lease) => ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(lease, TimeSpan.Zero);
}
