using WebhookKit.Simulation.World;

namespace WebhookKit.Simulation.Rules;

/// <summary>What always holds, checked against what the database and the network know and no node does.</summary>
internal sealed class RuleBook(SimWorld world)
{
    private readonly Dictionary<(string SubscriptionId, string EventId), List<Sent>> _sent = [];
    private readonly Dictionary<string, List<SentRequest>> _open = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Queue<TimeSpan>> _starts = new(StringComparer.Ordinal);
    private readonly Dictionary<(SimNode Node, string SubscriptionId), BreakerModel> _breakers = [];
    private readonly HashSet<string> _stored = new(StringComparer.Ordinal);
    private RuleBrokenException? _broken;

    /// <summary>How many requests there were.</summary>
    public int Requests { get; private set; }

    /// <summary>The events of which a publisher knows that they are stored.</summary>
    public HashSet<string> Promised { get; } = new(StringComparer.Ordinal);

    private SimDatabase Database => world.Database;

    /// <summary>The engine catches what is thrown at it: so what it must not hide is thrown once more, outside of it.</summary>
    public void ThrowIfBroken()
    {
        if (_broken is not null) throw _broken;
    }

    /// <summary>An event is stored: for exactly those who want it at that moment.</summary>
    public void Stored(EventWrite write)
    {
        _stored.Add(write.Event.Id);
        string[] wanted = [.. world.Subscriptions.Select(Database.FindSubscription)
            .Where(s => s is not null && s.Status != SubscriptionStatus.Disabled && (s.EventTypes.Contains("*") || s.EventTypes.Contains(write.Event.Type)))
            .Select(s => s!.Id).Order(StringComparer.Ordinal)];
        string[] matched = [.. write.Deliveries.Select(d => d.SubscriptionId).Order(StringComparer.Ordinal)];
        if (!wanted.SequenceEqual(matched))
            Break($"{write.Event.Id} was stored for {string.Join(' ', matched)}, but {string.Join(' ', wanted)} wanted it.");
    }

    /// <summary>A request starts.</summary>
    public void Started(SentRequest request)
    {
        Requests++;
        world.Note(request.Node, $"sends {string.Join(' ', request.EventIds)} to {request.SubscriptionId}");
        if (Database.FindSubscription(request.SubscriptionId) is not { } subscription)
        {
            Break($"A request went to {request.SubscriptionId}, which there is not.");
            return;
        }

        CheckOwner(request);
        OwedDelivery[] carried = [.. request.EventIds.Select(id => FindOwed(request, id)).OfType<OwedDelivery>()];
        foreach (var owed in carried) CheckPending(request, owed);
        CheckOrder(request, subscription, carried);
        CheckConcurrency(request, subscription);
        CheckRate(request, subscription);
        CheckBreaker(request);
        if (request.EventIds.Length > (subscription.Batching?.MaxEvents ?? 1)) Break($"A request to {subscription.Id} has {request.EventIds.Length} events.");
    }

    /// <summary>Lanes may have changed hands: what their breakers remember is not asked for any more.</summary>
    public void ForgetBreakers() => _breakers.Clear();

    public void Ended(SentRequest request)
    {
        world.Note(request.Node, $"learns {request.Status?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "nothing"} of {string.Join(' ', request.EventIds)} for {request.SubscriptionId}");
        if (_breakers.TryGetValue((request.Node, request.SubscriptionId), out var breaker)) breaker.Ended(request);
    }

    /// <summary>The database has taken a settlement.</summary>
    public void Settled(Settlement settlement, SettleResult result)
    {
        foreach (var next in settlement.Deliveries)
        {
            var row = Database.Find(next.Id);
            if (row.AttemptCount != next.AttemptCount || row.Status != next.Status)
            {
                // Passed over: it was settled before.
                if (result == SettleResult.Applied) Break($"{row.EventId} for {row.SubscriptionId} was settled as {next.Status}, but is {row.Status}.");
                continue;
            }

            world.Note(null, $"{row.EventId} for {row.SubscriptionId} is {row.Status} after {row.AttemptCount} attempts, due {row.DueAt:O}");
            if (row.AttemptCount > Of(row.SubscriptionId, row.EventId).Count) Break($"{row.EventId} for {row.SubscriptionId} counts {row.AttemptCount} attempts, more than were made.");
            if (settlement.Attempt is not { } attempt) continue;
            CheckAttempt(row, attempt);
            var status = Database.FindSubscription(row.SubscriptionId)?.Status;
            if (attempt.Outcome == AttemptOutcome.Gone && world.Plan.DisablesOnGone && status == SubscriptionStatus.Enabled)
                Break($"{row.SubscriptionId} is still enabled, though its endpoint is gone.");
            if (attempt.Outcome == AttemptOutcome.Succeeded && status == SubscriptionStatus.Disabled && settlement.Health?.DisableReason is not null)
                Break($"{row.SubscriptionId} was disabled by a success.");
        }
    }

    /// <summary>Everything has been well for long enough: nothing may be left.</summary>
    public void CheckEnd()
    {
        foreach (var id in Promised)
        {
            if (!_stored.Contains(id)) Break($"{id} was published, but is not stored.");
        }

        foreach (var (subscriptionId, all) in Database.Owed)
        {
            foreach (var owed in all)
            {
                var row = Database.Find(owed.Id);
                var requests = _sent.GetValueOrDefault((subscriptionId, owed.EventId), []);
                if (row.Status == DeliveryStatus.Pending) Break($"{owed.EventId} for {subscriptionId} is still pending, due {row.DueAt:O}.");
                if (row.Status == DeliveryStatus.Succeeded && !requests.Exists(s => s.Request is { WasTaken: true, Status: 200 }))
                    Break($"{owed.EventId} for {subscriptionId} counts as delivered, but nobody took it.");
            }
        }

        ThrowIfBroken();
    }

    public void Break(string what)
    {
        world.Note(null, $"BROKEN: {what}");
        _broken ??= new RuleBrokenException(what);
    }

    private void CheckOwner(SentRequest request)
    {
        if (Database.OwnerOf(request.SubscriptionId) is not { } owner) Break($"{request.Node.Name} sends to {request.SubscriptionId}, whose lane nobody owns.");
        else if (owner.NodeId != request.Node.Id) Break($"{request.Node.Name} sends to {request.SubscriptionId}, whose lane {owner.NodeId} owns.");
        else if (owner.Until < request.StartedAt + world.Plan.Timeout) Break($"{request.Node.Name} starts a request to {request.SubscriptionId} that may outlast its lease.");
    }

    private OwedDelivery? FindOwed(SentRequest request, string eventId)
    {
        var owed = Database.Owed.GetValueOrDefault(request.SubscriptionId)?.Find(o => o.EventId == eventId);
        if (owed is null) Break($"{eventId} was sent to {request.SubscriptionId}, which is not owed it.");
        return owed;
    }

    private void CheckPending(SentRequest request, OwedDelivery owed)
    {
        var row = Database.Find(owed.Id);
        var before = Of(request.SubscriptionId, owed.EventId);
        if (row.Status != DeliveryStatus.Pending) Break($"{owed.EventId} was sent to {request.SubscriptionId} although it is {row.Status}.");
        if (row.DueAt > request.Node.Clock.GetUtcNow()) Break($"{owed.EventId} was sent to {request.SubscriptionId} before it was due ({row.DueAt:O}).");
        var fence = Database.OwnerOf(request.SubscriptionId)?.Fence ?? 0;
        if (before.Exists(s => s.Request.Node == request.Node && s.Fence == fence && s.AttemptCount == row.AttemptCount))
            Break($"{request.Node.Name} sends {owed.EventId} to {request.SubscriptionId} again before it has settled the last attempt.");
        before.Add(new Sent(request, fence, row.AttemptCount));
    }

    private void CheckOrder(SentRequest request, WebhookSubscription subscription, OwedDelivery[] carried)
    {
        if (subscription.Order == DeliveryOrder.None) return;
        foreach (var later in carried)
        {
            foreach (var earlier in Database.Owed[subscription.Id].TakeWhile(o => o.Id != later.Id))
            {
                if (subscription.Order == DeliveryOrder.PerKey && (later.Key is null || earlier.Key != later.Key)) continue;
                if (Database.Find(earlier.Id).Status == DeliveryStatus.Pending && Array.IndexOf(carried, earlier) < 0)
                    Break($"{later.EventId} overtakes {earlier.EventId} on its way to {request.SubscriptionId}.");
            }
        }
    }

    private void CheckConcurrency(SentRequest request, WebhookSubscription subscription)
    {
        if (!_open.TryGetValue(subscription.Id, out var open)) _open.Add(subscription.Id, open = []);
        open.RemoveAll(r => r.EndedAt is not null || r.StartedAt + world.Plan.Timeout <= request.StartedAt);
        open.Add(request);
        if (open.Count > subscription.MaxConcurrency) Break($"{open.Count} requests are under way to {subscription.Id}, which allows {subscription.MaxConcurrency}.");
    }

    private void CheckRate(SentRequest request, WebhookSubscription subscription)
    {
        if (subscription.RateLimit is not { } limit) return;
        if (!_starts.TryGetValue(subscription.Id, out var starts)) _starts.Add(subscription.Id, starts = []);
        while (starts.TryPeek(out var first) && first + limit.Per <= request.StartedAt) starts.Dequeue();
        starts.Enqueue(request.StartedAt);
        if (starts.Count > limit.Requests) Break($"{starts.Count} requests to {subscription.Id} began within {limit.Per}, which allows {limit.Requests}.");
    }

    private void CheckBreaker(SentRequest request)
    {
        // A node that has stood still learns late what has ended.
        if (request.Node.HasPaused) return;
        var key = (request.Node, request.SubscriptionId);
        if (!_breakers.TryGetValue(key, out var breaker)) _breakers.Add(key, breaker = new BreakerModel(world.Plan.Breaker));
        if (breaker.Started(request) is { } fault) Break($"A request to {request.SubscriptionId} starts {fault}.");
    }

    private void CheckAttempt(WebhookDelivery row, DeliveryAttempt attempt)
    {
        var requests = Of(row.SubscriptionId, row.EventId);
        var counted = requests.FindLast(s => s.AttemptCount == row.AttemptCount - 1 && s.Request.StartedAt == attempt.StartedAt - s.Request.Node.ClockError - Agenda.Start);
        if (counted is null)
        {
            Break($"An attempt of {row.EventId} for {row.SubscriptionId} was settled that nobody made.");
            return;
        }

        var succeeded = attempt.Outcome == AttemptOutcome.Succeeded;
        if (succeeded != (counted.Request.Status == 200)) Break($"{row.EventId} for {row.SubscriptionId} was answered {counted.Request.Status}, which counts as {attempt.Outcome}.");
        if (succeeded != (row.Status == DeliveryStatus.Succeeded)) Break($"{row.EventId} for {row.SubscriptionId} is {row.Status} after {attempt.Outcome}.");
        if (!succeeded) CheckRetry(row, attempt, counted.Request);
    }

    private void CheckRetry(WebhookDelivery row, DeliveryAttempt attempt, SentRequest request)
    {
        var plan = world.Plan;
        var failures = row.AttemptCount - row.ScheduleBase;
        var isGone = plan.DisablesOnGone && request.Status == 410;
        if (isGone || failures > plan.Schedule.Length)
        {
            if (row.Status != DeliveryStatus.Exhausted) Break($"{row.EventId} for {row.SubscriptionId} is {row.Status}, though its schedule has ended.");
            return;
        }

        if (row.Status != DeliveryStatus.Pending)
        {
            Break($"{row.EventId} for {row.SubscriptionId} is {row.Status} after {failures} of {plan.Schedule.Length + 1} attempts.");
            return;
        }

        // A node that stood still may have looked at its clock late.
        var delay = row.DueAt - (attempt.StartedAt + attempt.Duration);
        var planned = plan.Schedule[failures - 1];
        var latest = planned * (1 + plan.Jitter);
        if (request.RetryAfter > latest) latest = request.RetryAfter;
        if (delay < planned * (1 - plan.Jitter)) Break($"{row.EventId} for {row.SubscriptionId} is due again after {delay}, planned was {planned}.");
        if (delay < request.RetryAfter) Break($"{row.EventId} for {row.SubscriptionId} is due again after {delay}, asked was {request.RetryAfter}.");
        if (delay > latest && !request.Node.HasPaused) Break($"{row.EventId} for {row.SubscriptionId} is due again only after {delay}, planned was {planned}.");
    }

    private List<Sent> Of(string subscriptionId, string eventId)
    {
        if (!_sent.TryGetValue((subscriptionId, eventId), out var requests)) _sent.Add((subscriptionId, eventId), requests = []);
        return requests;
    }

    /// <summary>A request, under which fencing number and after how many settled attempts it was made.</summary>
    private sealed record Sent(SentRequest Request, long Fence, int AttemptCount);
}
