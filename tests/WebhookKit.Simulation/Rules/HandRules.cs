using WebhookKit.Simulation.World;

namespace WebhookKit.Simulation.Rules;

/// <summary>What hosts do to deliveries: publish, cancel, resend, recover, delete their subscription, and let them be purged.</summary>
internal sealed class HandRules(SimWorld world, RuleBook rules)
{
    private readonly Dictionary<string, (EventWrite Write, TimeSpan At)> _stored = new(StringComparer.Ordinal);

    private SimDatabase Database => world.Database;

    private Ledger Ledger => world.Database.Ledger;

    public bool IsStored(string eventId) => _stored.ContainsKey(eventId);

    /// <summary>An event is stored: for exactly those who want it at that moment.</summary>
    public void Stored(EventWrite write)
    {
        if (!_stored.TryAdd(write.Event.Id, (write, world.Agenda.Now))) rules.Break($"{write.Event.Id} was stored twice.");
        var addressed = write.IsAddressed ? world.AddressOf(write.Event.Id) : null;
        string[] wanted = [.. world.Subscriptions.Where(id => addressed is null || id == addressed).Select(Database.FindSubscription)
            .Where(s => s is not null && s.Status != SubscriptionStatus.Disabled && (addressed is not null || Wants(s, write.Event)))
            .Select(s => s!.Id).Order(StringComparer.Ordinal)];
        string[] matched = [.. write.Deliveries.Select(d => d.SubscriptionId).Order(StringComparer.Ordinal)];
        if (!wanted.SequenceEqual(matched))
            rules.Break($"{write.Event.Id} was stored for {string.Join(' ', matched)}, but {string.Join(' ', wanted)} wanted it.");
        var timeToLive = world.TimeToLiveOf(write.Event.Id);
        foreach (var delivery in write.Deliveries)
        {
            if (delivery.ExpiresAt != delivery.CreatedAt + timeToLive) rules.Break($"{write.Event.Id} may live for {timeToLive}, and expires at {delivery.ExpiresAt:O}.");
            Add(delivery, write.Event, isReopened: false);
        }
    }

    public void Canceled(SimNode node, Guid id, WebhookDelivery? canceled)
    {
        var owed = Ledger.Find(id)!;
        if (canceled is not null != owed.IsPending) rules.Break($"{owed} was {owed.Row.Status}, and canceling it gave {canceled?.Status.ToString() ?? "nothing"}.");
        if (canceled is null) return;
        world.Note(node, $"cancels {owed}");
        Cancel(owed);
    }

    /// <summary>A subscription is deleted, and all that is owed to it is canceled.</summary>
    public void Deleted(string subscriptionId)
    {
        world.Note(null, $"{subscriptionId} is deleted");
        foreach (var owed in Ledger.Of(subscriptionId).Where(o => o.IsPending)) Cancel(owed);
    }

    public void Resent(Guid id, WebhookDelivery? resent, DateTimeOffset now)
    {
        var owed = Ledger.Find(id)!;
        var expected = owed.CanBeReopened && Database.FindSubscription(owed.SubscriptionId) is not null;
        if (resent is not null != expected) rules.Break($"{owed} was {owed.Row.Status}, and resending it gave {resent?.Status.ToString() ?? "nothing"}.");
        if (resent is not null) Reopen(owed, now);
    }

    public void Recovered(string subscriptionId, DateTimeOffset since, int count, DateTimeOffset now)
    {
        OwedDelivery[] expected = Database.FindSubscription(subscriptionId) is null ? []
            : [.. Ledger.Of(subscriptionId).Where(o => o.CanBeReopened && o.Row.CreatedAt >= since)];
        if (count != expected.Length) rules.Break($"{count} deliveries for {subscriptionId} were recovered, and {expected.Length} had failed since {since:O}.");
        foreach (var owed in expected) Reopen(owed, now);
    }

    /// <summary>What a subscription has missed is added.</summary>
    public void Added(IReadOnlyList<WebhookDelivery> deliveries, int count)
    {
        var added = 0;
        foreach (var delivery in deliveries)
        {
            if (Ledger.Find(delivery.SubscriptionId, delivery.EventId) is not null || Database.Find(delivery.Id) is null) continue;
            added++;
            if (!_stored.TryGetValue(delivery.EventId, out var stored) || stored.Write.IsAddressed || Database.FindSubscription(delivery.SubscriptionId) is not { } subscription || !HasWanted(subscription, stored.Write.Event))
                rules.Break($"{delivery.EventId} was added for {delivery.SubscriptionId}, which has not missed it.");
            else Add(delivery, stored.Write.Event, isReopened: true);
        }

        if (added != count) rules.Break($"{count} deliveries were added, and {added} are there.");
    }

    /// <summary>A recovery has ended well: nothing that it should bring back may be missing.</summary>
    public void RecoveryEnded(string subscriptionId, DateTimeOffset since, TimeSpan begunAt)
    {
        if (Database.FindSubscription(subscriptionId) is not { } subscription || Ledger.FactsOf(subscriptionId).HasChangedSince(begunAt - rules.Requests.Ignorance)) return;
        foreach (var (write, storedAt) in _stored.Values)
        {
            if (!write.IsAddressed && write.PublishedAt >= since && Wants(subscription, write.Event) && Database.HasEvent(write.Event.Id)
                && Ledger.Find(subscriptionId, write.Event.Id) is null && storedAt < begunAt)
                rules.Break($"{write.Event.Id} was recovered for {subscriptionId}, but it is not owed it.");
        }
    }

    public void Purged(SimNode node, PurgeQuery query, int count)
    {
        var kept = world.Plan.Retention;
        var now = node.Clock.GetUtcNow();
        if (query.SucceededBefore > now - kept.Succeeded || query.FailedBefore > now - kept.Failed || query.AttemptsBefore > now - kept.Attempts || query.EventsBefore > now - kept.Events)
        {
            if (!node.HasJumped) rules.Break($"{node.Name} purges what is to be kept.");
        }

        if (count == 0) return;
        foreach (var owed in Ledger.All.Where(o => !o.IsGone))
        {
            if (Database.Find(owed.Id) is not null)
            {
                if (!Database.HasEvent(owed.EventId)) rules.Break($"{owed} is {owed.Row.Status}, but its event is purged.");
                continue;
            }

            var before = owed.Row.Status == DeliveryStatus.Succeeded ? query.SucceededBefore : query.FailedBefore;
            if (owed.IsPending || !(owed.Row.CompletedAt < before)) rules.Break($"{owed} was purged although it is {owed.Row.Status} since {owed.Row.CompletedAt:O}.");
            owed.IsGone = true;
        }
    }

    /// <summary>Whether it does, or may have when somebody looked.</summary>
    private bool HasWanted(WebhookSubscription subscription, WebhookEvent webhookEvent) =>
        Wants(subscription, webhookEvent) || Ledger.FactsOf(subscription.Id).Earlier.Exists(e => e.Until + rules.Requests.Ignorance > world.Agenda.Now && Wants(e.Settings, webhookEvent));

    private static bool Wants(WebhookSubscription subscription, WebhookEvent webhookEvent) =>
        subscription.EventTypes.Contains("*") || subscription.EventTypes.Contains(webhookEvent.Type);

    private void Add(WebhookDelivery delivery, WebhookEvent webhookEvent, bool isReopened)
    {
        if (!Ledger.TryAdd(new OwedDelivery(delivery, webhookEvent.OrderingKey, isReopened))) rules.Break($"{delivery.EventId} is owed to {delivery.SubscriptionId} twice.");
    }

    private void Cancel(OwedDelivery owed)
    {
        owed.CanceledAt = world.Agenda.Now;
        Take(owed);
        if (owed.Row.Status != DeliveryStatus.Canceled) rules.Break($"{owed} was canceled, and is {owed.Row.Status}.");
    }

    /// <summary>It begins anew: due now, with its whole schedule before it and no time to live.</summary>
    private void Reopen(OwedDelivery owed, DateTimeOffset now)
    {
        Take(owed);
        owed.IsReopened = true;
        world.Note(null, $"{owed} begins anew");
        var row = owed.Row;
        if (row.Status != DeliveryStatus.Pending || row.DueAt != now || row.ExpiresAt is not null || row.CompletedAt is not null || row.BatchId is not null || row.ScheduleAttempts != 0)
            rules.Break($"{owed} does not begin anew: it is {row.Status}, due {row.DueAt:O}, after {row.ScheduleAttempts} attempts, expires {row.ExpiresAt:O}.");
    }

    private void Take(OwedDelivery owed)
    {
        if (Database.Find(owed.Id) is { } row) owed.Row = row;
        else rules.Break($"{owed} is gone.");
    }
}
