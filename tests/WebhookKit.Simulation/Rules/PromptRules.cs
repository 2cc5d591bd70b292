using WebhookKit.Simulation.World;

namespace WebhookKit.Simulation.Rules;

/// <summary>
/// Nothing waits longer than it must. There are many reasons to wait: so only that is looked at which has none, on a day on which all is well but
/// for the endpoints.
/// </summary>
internal sealed class PromptRules(SimWorld world, RuleBook rules)
{
    /// <summary>Some ways to the database, each with a hiccup.</summary>
    private static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(15);

    private readonly Dictionary<string, int> _failures = new(StringComparer.Ordinal);
    private readonly Dictionary<string, TimeSpan> _openUntil = new(StringComparer.Ordinal);

    public void Ended(SentRequest request)
    {
        var failures = request.Status == 200 ? 0 : _failures.GetValueOrDefault(request.SubscriptionId) + 1;
        _failures[request.SubscriptionId] = failures;
        if (failures >= world.Plan.Breaker.Failures || request.RetryAfter > TimeSpan.Zero) _openUntil[request.SubscriptionId] = request.EndedAt!.Value + world.Plan.Breaker.MaxOpenFor + request.RetryAfter;
    }

    public void Check(SentRequest request, WebhookSubscription subscription, OwedDelivery[] carried)
    {
        if (carried.Length == 0 || subscription.Order != DeliveryOrder.None || subscription.RateLimit is not null || MayHaveToWait(carried)) return;
        if (BatchRules.IsFresh(carried)) CheckGathered(request, subscription, carried);
        else if (Array.TrueForAll(carried, c => IsOfOneNode(c, request.Node))) CheckRetry(request, subscription, carried);
    }

    /// <summary>Of what others publish a node may have to find out by itself.</summary>
    private void CheckGathered(SentRequest request, WebhookSubscription subscription, OwedDelivery[] carried)
    {
        if (subscription.Batching is not { } batching) return;
        var at = BatchRules.GatheredAt(batching, carried);
        if (IsQuiet(subscription.Id, carried.Min(static c => c.Row.CreatedAt) - Agenda.Start - world.Plan.Lease - Tolerance)) CheckNotLate(request, carried, at, world.Plan.Sweep * 2);
    }

    private void CheckRetry(SentRequest request, WebhookSubscription subscription, OwedDelivery[] carried)
    {
        var before = carried.Min(static c => c.Sent[^2].Request.StartedAt);
        if (IsQuiet(subscription.Id, before)) CheckNotLate(request, carried, carried.Max(static c => c.Row.DueAt), TimeSpan.Zero);
    }

    /// <summary>It has started soon after it could, or some time later if there is a reason.</summary>
    private void CheckNotLate(SentRequest request, OwedDelivery[] carried, DateTimeOffset at, TimeSpan more)
    {
        // Others may be due with it, and go first.
        var now = Agenda.Start + world.Agenda.Now;
        var others = world.Database.Ledger.Of(request.SubscriptionId).Count(o => o.IsPending && o.Row.DueAt <= now && Array.IndexOf(carried, o) < 0);
        var mayBeOpen = _openUntil.TryGetValue(request.SubscriptionId, out var openUntil) && Agenda.Start + openUntil > at;
        if (!mayBeOpen && request.StartedByClock > at + Tolerance + more + (others * world.Plan.Timeout)) rules.Break($"{carried[0]} was sent {request.StartedByClock - at} after it could have gone.");
    }

    /// <summary>Whether it may wait for a place, or for another node, or somebody has had a hand in it.</summary>
    private bool MayHaveToWait(OwedDelivery[] carried) =>
        world.Plan.IsJammed || world.Plan.MaxConcurrency < 100 || world.StartsFronts || Array.Exists(carried, static c => c.IsReopened)
        || world.Nodes.Exists(static n => n.IsAlive && (n.HasSlipped || n.Clock.Error != default));

    /// <summary>Whether the one that sends it now has sent it last: it need not find it.</summary>
    private static bool IsOfOneNode(OwedDelivery owed, SimNode node) => owed.Sent.Count > 1 && owed.Sent[^2] is var last && last.Request.Node == node && last.Fence == owed.Sent[^1].Fence;

    /// <summary>Whether nothing but endpoints has gone wrong, or changed, since a time.</summary>
    private bool IsQuiet(string subscriptionId, TimeSpan since) =>
        world.Weather.IsGood && world.DisturbedAt < since && world.Database.Ledger.FactsOf(subscriptionId) is var facts && facts.ChangedAt + rules.Requests.Ignorance < since
        && !facts.HasChangedSince(since - rules.Requests.Ignorance);
}
