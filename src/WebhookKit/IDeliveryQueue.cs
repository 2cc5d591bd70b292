using System.Data.Common;

namespace WebhookKit;

/// <summary>
/// Stores events with their deliveries, hands out partitions of the lanes to nodes, gives the owner its due deliveries and takes
/// back what became of them.
/// </summary>
/// <remarks>
/// <para>
/// A lane's partition is <see cref="Partitioner.GetPartition"/> of its subscription's id. Ownership is a lease on the store's own
/// clock with a fencing number that rises with each change of owner.
/// </para>
/// <para>
/// A lease that has run out still counts until another node takes the partition: nobody else can have worked on it in between, so its
/// owner may settle, or renew it by a heartbeat. Releasing it and leaving end it at once.
/// </para>
/// </remarks>
public interface IDeliveryQueue
{
    /// <summary>Into how many partitions the lanes are divided; fixed when the store is made.</summary>
    int PartitionCount { get; }

    /// <summary>
    /// Whether several writes cost less as one. <see langword="true"/> unless the store says otherwise: it commits to a disk or over a
    /// network, so <see cref="PublishAsync"/> and <see cref="SettleAsync"/> are called once at a time, with all that has come
    /// meanwhile. <see langword="false"/> for a store whose writes are done at once, or that groups them by itself: they are called at any
    /// time, with what each caller has.
    /// </summary>
    bool GainsFromGroupCommit => true;

    /// <summary>
    /// Stores events with their deliveries, all in one transaction. Every member of both comes back as it was given, the attributes in their
    /// order and <see cref="WebhookEvent.OccurredAt"/> with its offset. The deliveries are new: pending, and never attempted. The subscriptions
    /// need not be in the store.
    /// </summary>
    /// <param name="writes">The events. Each result says what became of one.</param>
    /// <param name="transaction">The host's transaction to join; <see langword="null"/> for one of the store's own.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>One result a write, in their order.</returns>
    /// <exception cref="ArgumentException">The id of a delivery of a new event is taken in its lane (a store may look further); nothing of the call was stored.</exception>
    /// <exception cref="WebhookConflictException">The store is full, or cannot join the transaction; the message says what to do.</exception>
    ValueTask<IReadOnlyList<EventWriteResult>> PublishAsync(IReadOnlyList<EventWrite> writes, DbTransaction? transaction, CancellationToken cancellationToken);

    /// <summary>
    /// Says that a node is alive: joins it, or renews the lease on all partitions that it owns, be it run out, under the same fencing number.
    /// </summary>
    /// <param name="nodeId">The node.</param>
    /// <param name="lease">How long from now on; more than zero.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The live nodes and what this one owns.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The lease is not positive.</exception>
    ValueTask<NodeView> HeartbeatAsync(string nodeId, TimeSpan lease, CancellationToken cancellationToken);

    /// <summary>Takes partitions that nobody owns, or whose lease has run out.</summary>
    /// <param name="nodeId">The node; one that is not alive gets nothing.</param>
    /// <param name="partitions">The partitions wanted.</param>
    /// <param name="lease">How long from now on; more than zero.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>
    /// Leases on those that were free, each with a new fencing number: higher than every one that the partition has had, best by one, so that a
    /// node which takes a partition again knows that nobody had it in between.
    /// </returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such partition, or the lease is not positive; nothing was taken.</exception>
    ValueTask<IReadOnlyList<PartitionLease>> AcquireAsync(string nodeId, IReadOnlyCollection<int> partitions, TimeSpan lease, CancellationToken cancellationToken);

    /// <summary>Gives partitions back. Leases that are no longer held are passed over.</summary>
    /// <param name="nodeId">The node.</param>
    /// <param name="leases">The leases to end.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>When they are free.</returns>
    ValueTask ReleaseAsync(string nodeId, IReadOnlyCollection<PartitionLease> leases, CancellationToken cancellationToken);

    /// <summary>Says that a node stops: it is no longer alive and owns nothing.</summary>
    /// <param name="nodeId">The node.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>When it has left.</returns>
    ValueTask LeaveAsync(string nodeId, CancellationToken cancellationToken);

    /// <summary>Lists the lanes of some partitions whose earliest pending delivery is due by a time.</summary>
    /// <param name="partitions">The partitions.</param>
    /// <param name="dueBy">The time; <see cref="DateTimeOffset.MaxValue"/> lists all lanes with pending deliveries.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The lanes, each once, in any order, with the due time of its earliest pending delivery.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such partition.</exception>
    ValueTask<IReadOnlyList<LaneDue>> ListDueLanesAsync(IReadOnlyCollection<int> partitions, DateTimeOffset dueBy, CancellationToken cancellationToken);

    /// <summary>Reads pending deliveries of lanes with their events, whether due yet or not.</summary>
    /// <param name="reads">Which lanes, how many each, in which order.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>One list a read, in their order; empty for a lane that has nothing. Shorter than asked means that the lane
    /// has no more, from <see cref="LaneRead.DueFrom"/> on.</returns>
    ValueTask<IReadOnlyList<IReadOnlyList<PendingDelivery>>> ReadAsync(IReadOnlyList<LaneRead> reads, CancellationToken cancellationToken);

    /// <summary>
    /// Stores what became of attempts: the attempt, each delivery's next state and the endpoint's health, each settlement whole or
    /// not at all.
    /// </summary>
    /// <param name="settlements">The settlements.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>One result a settlement, in their order.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such partition; nothing of the call was stored.</exception>
    ValueTask<IReadOnlyList<SettleResult>> SettleAsync(IReadOnlyList<Settlement> settlements, CancellationToken cancellationToken);

    /// <summary>Measures what is pending, for metrics. May be approximate where a thousand deliveries or more are pending.</summary>
    /// <param name="partitions">The partitions to look at.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The measure.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such partition.</exception>
    ValueTask<QueueDepth> MeasureAsync(IReadOnlyCollection<int> partitions, CancellationToken cancellationToken);
}
