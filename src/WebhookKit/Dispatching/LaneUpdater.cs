using WebhookKit.Matching;

namespace WebhookKit.Dispatching;

/// <summary>Brings changes of subscriptions to their lanes.</summary>
internal sealed class LaneUpdater(LaneTable lanes, FailingTable failing, Handover handover, LaneTurns turns, WakeSender wakes, TimeProvider time) : ISubscriptionListener
{
    public void ChangedHere() => wakes.NoteChanged();

    public void Changed(SubscriptionModel? before, SubscriptionModel after)
    {
        if (lanes.Find(after.Id) is { } lane)
        {
            lane.Update(after);
            turns.Ask(lane);
        }

        // What waited while it was paused or disabled goes on now, not only when the sweep finds it.
        if (after.Subscription.Status == SubscriptionStatus.Enabled && before is { Subscription.Status: not SubscriptionStatus.Enabled })
            handover.Wake(after, time.GetUtcNow());
    }

    public void Deleted(string subscriptionId)
    {
        if (lanes.Find(subscriptionId) is { } lane) lanes.CloseAndRemove(lane);
        failing.Remove(subscriptionId);
    }
}
