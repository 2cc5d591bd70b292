using System.Diagnostics.CodeAnalysis;

namespace WebhookKit.Dispatching;

/// <summary>
/// The deliveries of a lane that are in memory and not under way, and which of them may go next. One kind for each
/// <see cref="DeliveryOrder"/>. Pure; guarded by its lane's lock.
/// </summary>
internal abstract class LaneBuffer
{
    /// <summary>How many deliveries wait here.</summary>
    public int Count { get; protected set; }

    /// <summary>Whether deliveries must come in the order in which they were stored, so that only reads from the store will do.</summary>
    public abstract bool InSequence { get; }

    /// <summary>When the next delivery or batch may go; <see cref="DateTimeOffset.MaxValue"/> when none can before something else ends.</summary>
    public abstract DateTimeOffset ReadyAt { get; }

    /// <summary>Adds a delivery.</summary>
    public abstract void Add(in PendingDelivery delivery);

    /// <summary>Adds what one read returned, in its order.</summary>
    public virtual void AddRead(List<PendingDelivery> deliveries)
    {
        foreach (var delivery in deliveries) Add(delivery);
    }

    /// <summary>Takes out what goes next as one request.</summary>
    public abstract bool TryTake(DateTimeOffset now, [NotNullWhen(true)] out PendingDelivery[]? taken);

    /// <summary>What was taken has ended, with this next state of each.</summary>
    public abstract void Ended(PendingDelivery[] taken, IReadOnlyList<WebhookDelivery> next);

    /// <summary>Removes a delivery that has been canceled.</summary>
    public abstract bool Remove(Guid id);

    public static LaneBuffer Create(DeliveryOrder order, BatchingOptions? batching) => (order, batching) switch
    {
        (DeliveryOrder.None, null) => new FreeBuffer(),
        (DeliveryOrder.None, _) => new BatchBuffer(batching),
        (DeliveryOrder.PerKey, null) => new KeyedBuffer(),

        // A batch holds many keys, so ordered batches go strictly one after another.
        _ => new StrictBuffer(batching),
    };
}
