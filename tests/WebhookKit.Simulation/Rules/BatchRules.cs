using WebhookKit.Simulation.World;

namespace WebhookKit.Simulation.Rules;

/// <summary>What goes together: no more than allowed, not before it has gathered, and again as it was.</summary>
internal sealed class BatchRules(SimWorld world, RuleBook rules)
{
    private SimDatabase Database => world.Database;

    /// <param name="request">What goes.</param>
    /// <param name="known">The subscription in each form that its node may go by.</param>
    /// <param name="carried">The deliveries that it carries.</param>
    public void Check(SentRequest request, WebhookSubscription[] known, OwedDelivery[] carried)
    {
        var subscription = known[0];
        if (carried.Length == 0) return;
        var facts = Database.Ledger.FactsOf(subscription.Id);
        if (carried.Length > known.Max(MostOf) && !(carried[0].Row.BatchId is not null && facts.Earlier.Exists(e => carried.Length <= MostOf(e.Settings))))
            rules.Break($"A request to {subscription.Id} has {carried.Length} events.");
        if (known.All(k => k.Batching is { } batching && IsEarly(request, batching, carried))) CheckGathered(subscription, carried);
        if (carried[0].Row.BatchId is { } batch && !request.Node.HasSlipped && !facts.HasChangedSince(carried.Min(static c => c.Sent[0].Request.StartedAt) - rules.Requests.Ignorance))
            CheckSame(subscription, batch, carried);
    }

    /// <summary>When those that have not failed yet go at the latest by their age, if no limit of size is reached before.</summary>
    public static DateTimeOffset GatheredAt(BatchingOptions batching, IEnumerable<OwedDelivery> carried) => carried.Min(static c => c.Row.CreatedAt) + batching.MaxDelay;

    public static bool IsFresh(OwedDelivery[] carried) => Array.TrueForAll(carried, static c => c.Row is { BatchId: null, ScheduleAttempts: 0 });

    private static int MostOf(WebhookSubscription subscription) => subscription.Batching?.MaxEvents ?? 1;

    private static bool IsEarly(SentRequest request, BatchingOptions batching, OwedDelivery[] carried) =>
        carried.Length != batching.MaxEvents && IsFresh(carried) && GatheredAt(batching, carried) > request.StartedByClock && !request.Node.HasJumped;

    private void CheckGathered(WebhookSubscription subscription, OwedDelivery[] carried)
    {
        // It was full, perhaps: what has ended since, or cannot be formatted, is left out at the last moment.
        if (world.Plan.Format.WasFaulty || Database.Ledger.Of(subscription.Id).Exists(static o => o.IsReopened || o.Row.ExpiresAt is not null || o.CanceledAt is not null)) return;
        rules.Break($"A batch of {carried.Length} to {subscription.Id} goes before it has gathered: {subscription.Batching!.MaxEvents} within {subscription.Batching.MaxDelay}.");
    }

    private void CheckSame(WebhookSubscription subscription, string batch, OwedDelivery[] carried)
    {
        var hasReopened = Database.Ledger.Of(subscription.Id).Exists(static o => o.IsReopened);
        foreach (var owed in Database.Ledger.Of(subscription.Id))
        {
            // What is resent stands at its old place, perhaps in the middle of a batch. So does what was put off alone: an order waits for it.
            if (subscription.Order != DeliveryOrder.None && owed.IsPending && owed.Row.BatchId == batch && owed.Row.DueAt != carried[0].Row.DueAt) break;
            if (!hasReopened && owed.IsPending && owed.Row.BatchId == batch && owed.Row.DueAt == carried[0].Row.DueAt && Array.IndexOf(carried, owed) < 0)
                rules.Break($"A batch to {subscription.Id} goes again without {owed.EventId}.");
        }

        foreach (var owed in carried)
        {
            if (owed.Row.BatchId != batch) rules.Break($"A batch to {subscription.Id} goes again with {owed.EventId}, which was not in it.");
        }
    }
}
