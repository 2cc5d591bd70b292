using WebhookKit.Matching;

namespace WebhookKit.Dispatching;

/// <summary>Brings work to the lanes of this node. What it cannot bring stays in the store, where the sweep finds it.</summary>
internal sealed class Handover(OwnedPartitions partitions, LaneTable lanes, LaneTurns turns, TimeProvider time)
{
    /// <summary>Hands a delivery that has just been stored to its lane, if this node owns it.</summary>
    public void Offer(SubscriptionModel model, in PendingDelivery delivery)
    {
        var now = time.GetUtcNow();
        while (FindLane(model) is { } lane)
        {
            if (!lane.TryOffer(delivery, now)) continue;
            turns.Ask(lane);
            return;
        }
    }

    /// <summary>Tells a lane that the store has something due for it, if this node owns it.</summary>
    public void Wake(SubscriptionModel model, DateTimeOffset dueAt)
    {
        while (FindLane(model) is { } lane)
        {
            if (!lane.TryWake(dueAt)) continue;
            turns.Ask(lane);
            return;
        }
    }

    private Lane? FindLane(SubscriptionModel model)
    {
        if (!partitions.Owns(model.Partition)) return null;
        var lane = lanes.GetOrAdd(model);
        if (!lane.IsClosed) return lane;

        // A closed lane whose attempts are still under way keeps its place, or its limits would be exceeded.
        if (lane.IsBusy) return null;
        lanes.Remove(lane);
        return lanes.GetOrAdd(model);
    }
}
