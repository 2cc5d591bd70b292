using WebhookKit.Matching;

namespace WebhookKit.Dispatching;

/// <summary>
/// Brings work to the lanes of this node, and tells other nodes of theirs. What it cannot bring stays in the store, where the sweep finds it.
/// </summary>
internal sealed class Handover(
    OwnedPartitions partitions, LaneTable lanes, LaneTurns turns, WakeSender wakes, KnownSubscriptions subscriptions, TimeProvider time)
{
    /// <summary>Hands a delivery that has just been stored to its lane if this node owns it, else tells the owner.</summary>
    /// <param name="model">Its subscription.</param>
    /// <param name="delivery">The delivery.</param>
    /// <param name="readsBefore">How many reads had ended (<see cref="LaneTable.ReadsEnded"/>) before it was stored.</param>
    public void Offer(SubscriptionModel model, in PendingDelivery delivery, long readsBefore)
    {
        var now = time.GetUtcNow();
        while (FindLane(model) is { } lane)
        {
            if (!lane.TryOffer(delivery, now, readsBefore)) continue;
            turns.Ask(lane, now);
            return;
        }

        if (!IsHere(model)) TellOwner(model);
    }

    /// <summary>This node has stored something, or brought it about, that is due now: tells the lane, or its owner.</summary>
    public void Tell(SubscriptionModel model)
    {
        if (IsHere(model)) Wake(model, time.GetUtcNow());
        else TellOwner(model);
    }

    /// <summary>Lets a lane of this node read again what it has in memory.</summary>
    public void Reread(string subscriptionId)
    {
        if (lanes.Find(subscriptionId) is not { } lane) return;
        lane.RereadAll();
        turns.Ask(lane);
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

    /// <summary>Whether this node owns the lane of a subscription.</summary>
    public bool IsHere(SubscriptionModel model) => partitions.Owns(model.Partition);

    /// <summary>Whether this node, or the owner by way of a message, can be told of a lane's work.</summary>
    public bool CanTell(SubscriptionModel model) => IsHere(model) || wakes.IsHeard;

    /// <summary>What is paused waits in the store; enabling it tells everyone.</summary>
    private void TellOwner(SubscriptionModel model)
    {
        if (model.Subscription.Status == SubscriptionStatus.Enabled) wakes.NoteDue(model.Id);
    }

    private Lane? FindLane(SubscriptionModel model)
    {
        if (!partitions.Owns(model.Partition)) return null;
        if (lanes.Find(model.Id) is { } lane)
        {
            lane.Update(model);
            if (!lane.IsClosed) return lane;

            // A closed lane whose attempts are still under way keeps its place, or its limits would be exceeded.
            if (lane.IsBusy) return null;
            lanes.Remove(lane);
        }

        return AddLane(model);
    }

    /// <summary>
    /// Makes a lane. The subscription may have changed, or gone, since it was matched, and this node have learnt so while there was no lane to be told: what it
    /// learns from now on comes to the lane.
    /// </summary>
    private Lane? AddLane(SubscriptionModel model)
    {
        var lane = lanes.GetOrAdd(model);
        if (subscriptions.Current.Find(model.Id) is { } latest)
        {
            lane.Update(latest);
            return lane;
        }

        lanes.CloseAndRemove(lane);
        return null;
    }
}
