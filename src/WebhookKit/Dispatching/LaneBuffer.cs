using System.Diagnostics.CodeAnalysis;

namespace WebhookKit.Dispatching;

/// <summary>
/// The deliveries of a lane that are in memory and not under way, and which of them may go next. One kind for each
/// <see cref="DeliveryOrder"/>. Pure; guarded by its lane's lock.
/// </summary>
internal abstract class LaneBuffer
{
    /// <summary>A collection this small is kept when it is empty.</summary>
    protected const int SmallCapacity = 32;

    /// <summary>How many deliveries wait here.</summary>
    public int Count { get; protected set; }

    /// <summary>Whether deliveries must come in the order in which they were stored, so that only reads from the store will do.</summary>
    public abstract bool InSequence { get; }

    /// <summary>When the next delivery or batch may go; <see cref="DateTimeOffset.MaxValue"/> when none can before something else ends.</summary>
    public abstract DateTimeOffset ReadyAt { get; }

    /// <summary>The ordering keys whose deliveries are to be left in the store for now.</summary>
    public virtual IReadOnlyCollection<string> ClosedKeys => [];

    /// <summary>Whether the store should be read for more.</summary>
    /// <param name="ofCapacity">How many deliveries the lane likes to have in memory.</param>
    public virtual bool HasRoom(int ofCapacity) => Count <= ofCapacity / 4;

    /// <summary>Adds a delivery.</summary>
    /// <returns>Whether it was taken; else it is left in the store.</returns>
    public abstract bool TryAdd(in PendingDelivery delivery);

    /// <summary>Adds what one read returned, in its order; what is left in the store is removed from the list.</summary>
    public virtual void AddRead(List<PendingDelivery> deliveries, DateTimeOffset now) => deliveries.RemoveAll(d => !TryAdd(d));

    /// <summary>Takes out what goes next as one request.</summary>
    public abstract bool TryTake(DateTimeOffset now, [NotNullWhen(true)] out PendingDelivery[]? taken);

    /// <summary>What was taken has ended, with this next state of each.</summary>
    public abstract BufferChange Ended(PendingDelivery[] taken, IReadOnlyList<WebhookDelivery> next, DateTimeOffset now);

    /// <summary>Leaves all that waits here to the store. What is under way is not touched.</summary>
    /// <returns>The ids of what waited.</returns>
    public abstract IReadOnlyCollection<Guid> LeaveAll();

    /// <summary>Removes a delivery that has been canceled.</summary>
    public abstract bool Remove(Guid id);

    public static LaneBuffer Create(DeliveryOrder order, BatchingOptions? batching, int capacity) => (order, batching) switch
    {
        (DeliveryOrder.None, null) => new FreeBuffer(),
        (DeliveryOrder.None, _) => new BatchBuffer(batching),
        (DeliveryOrder.PerKey, null) => new KeyedBuffer(capacity),

        // A batch holds many keys, so ordered batches go strictly one after another.
        _ => new StrictBuffer(batching),
    };
}
