using WebhookKit.Diagnostics;
using WebhookKit.Storage;

namespace WebhookKit.Dispatching;

/// <summary>Keeps this node's share of the partitions: renews, takes what is free, and gives up what another node should have, once its lanes have ended.</summary>
internal sealed class PartitionOwner(
    IDeliveryQueue queue, OwnedPartitions owned, LaneTable lanes, NodeIdentity node, WebhookOptions options, TimeProvider time, SafeLogger<PartitionOwner> logger)
{
    private readonly Gate _oneAtATime = new(1);

    /// <summary>How long to wait while partitions change hands: nobody works on them meanwhile.</summary>
    private static readonly TimeSpan TransitionInterval = TimeSpan.FromMilliseconds(500);

    private bool _isInTransition;

    /// <summary>Set when partitions have been gained, whose work nobody has told this node of.</summary>
    public Signal Gained { get; } = new();

    /// <summary>
    /// How long to wait before the next renewal: several take place within a lease, so that a few failures lose nothing, and more while
    /// this node waits for partitions, or for lanes to end whose partitions it gives up.
    /// </summary>
    public TimeSpan Interval
    {
        get
        {
            var regular = options.LeaseDuration / 6;
            return _isInTransition && TransitionInterval < regular ? TransitionInterval : regular;
        }
    }

    /// <summary>Renews once.</summary>
    public async Task RenewAsync(CancellationToken cancellationToken)
    {
        await _oneAtATime.WaitAsync(cancellationToken);
        try
        {
            await RenewAloneAsync(cancellationToken);
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    /// <summary>The store has refused a fencing number: another node owns the partition by now.</summary>
    public void Lost(int partition, long fence)
    {
        if (!owned.Lose(partition, fence)) return;
        Log.PartitionLost(logger, node.Id, partition, fence);
        lanes.Forget(partition);
    }

    /// <summary>Whether the lease under a fencing number is this node's for as long from now. No attempt starts unless it is.</summary>
    public bool Covers(int partition, long fence, TimeSpan time) =>
        owned.TryGet(partition, out var current, out var remaining) && current == fence && remaining >= time;

    /// <summary>
    /// Gives everything back: the node stops. Its lanes are kept, in case it comes back before anyone else, but hold nothing that others deliver
    /// meanwhile.
    /// </summary>
    public async Task LeaveAsync(CancellationToken cancellationToken)
    {
        // A renewal that is under way would join the nodes again.
        await _oneAtATime.WaitAsync(cancellationToken);
        try
        {
            lanes.Leave();
            owned.Confirm([], [], queue.PartitionCount, Moment.Now(time), lanes.Forget);
            await queue.LeaveAsync(node.Id, cancellationToken);
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    private async Task RenewAloneAsync(CancellationToken cancellationToken)
    {
        var askedAt = Moment.Now(time);
        var view = await queue.HeartbeatAsync(node.Id, options.LeaseDuration, cancellationToken);
        List<PartitionLease> leases = [.. view.Leases];
        try
        {
            var held = leases.Select(l => l.Partition).ToHashSet();
            int[] wanted = [.. Enumerable.Range(0, queue.PartitionCount).Where(p => !held.Contains(p) && IsOurs(view, p))];
            if (wanted.Length > 0) leases.AddRange(await queue.AcquireAsync(node.Id, wanted, options.LeaseDuration, cancellationToken));

            await GiveUpAsync([.. leases.Where(l => !IsOurs(view, l.Partition))], leases, cancellationToken);
        }
        finally
        {
            // Whatever became of the rest: what the store has renewed must not run out here.
            _isInTransition = leases.Count != Enumerable.Range(0, queue.PartitionCount).Count(p => IsOurs(view, p));
            Confirm(leases, view, askedAt);
        }
    }

    private bool IsOurs(NodeView view, int partition) => PartitionPlan.ShouldOwn(node.Id, view.Nodes, partition);

    private async Task GiveUpAsync(List<PartitionLease> leaving, List<PartitionLease> leases, CancellationToken cancellationToken)
    {
        if (leaving.Count == 0) return;

        // Nothing new starts there from now on; what is under way ends and settles before the partition goes.
        owned.Drain(leaving.Select(l => l.Partition));
        var busy = lanes.Close([.. leaving.Select(l => l.Partition)]);
        PartitionLease[] free = [.. leaving.Where(l => !busy.Contains(l.Partition))];
        if (free.Length == 0) return;
        await queue.ReleaseAsync(node.Id, free, cancellationToken);
        foreach (var lease in free)
        {
            leases.Remove(lease);
            lanes.Forget(lease.Partition);
        }
    }

    private void Confirm(List<PartitionLease> leases, NodeView view, Moment askedAt)
    {
        var (before, leased) = (owned.All, owned.Leased);
        var draining = leases.Select(l => l.Partition).Where(p => !IsOurs(view, p)).ToHashSet();
        owned.Confirm(leases, draining, queue.PartitionCount, askedAt, lanes.Forget);

        var after = owned.All;
        foreach (var partition in leased.Except(owned.Leased)) lanes.Forget(partition);
        var gained = after.Except(before).Count();
        if (gained > 0 || after.Count < before.Count) Log.OwnershipChanged(logger, node.Id, after.Count, queue.PartitionCount, view.Nodes.Count);
        if (gained > 0) Gained.Set();
    }
}
