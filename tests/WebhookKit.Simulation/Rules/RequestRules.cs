using WebhookKit.Simulation.World;

namespace WebhookKit.Simulation.Rules;

/// <summary>When a request may start, and with what.</summary>
internal sealed class RequestRules(SimWorld world, RuleBook rules)
{
    /// <summary>How long something that a lane has let go may take until it is sent, while the database is away.</summary>
    private static readonly TimeSpan UnderWay = TimeSpan.FromMinutes(2);

    /// <summary>The same while the database only is slow.</summary>
    private static readonly TimeSpan Letting = TimeSpan.FromSeconds(30);

    /// <summary>The same while it never has been anything but well.</summary>
    private static readonly TimeSpan LettingOnACalmDay = TimeSpan.FromSeconds(5);

    private const int MostReads = 500;

    private readonly Dictionary<(SimNode Node, string SubscriptionId), (TimeSpan Since, int Count)> _reads = [];
    private readonly Dictionary<string, List<SentRequest>> _open = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Queue<SentRequest>> _starts = new(StringComparer.Ordinal);
    private readonly Dictionary<(SimNode Node, string SubscriptionId), BreakerModel> _breakers = [];
    private readonly Dictionary<(SimNode Node, string SubscriptionId), TimeSpan> _askedToWait = [];
    private readonly Dictionary<(SimNode Node, string SubscriptionId), TimeSpan> _succeededAt = [];
    private readonly BatchRules _batches = new(world, rules);
    private readonly PromptRules _prompt = new(world, rules);

    /// <summary>How many requests there were.</summary>
    public int Count { get; private set; }

    private SimDatabase Database => world.Database;

    /// <summary>How long a node may not know what another one has done, should every message be lost: until a sweep works out.</summary>
    public TimeSpan Ignorance => (4 * world.Plan.Sweep) + TimeSpan.FromMinutes(15);

    /// <summary>A request starts.</summary>
    public void Started(SentRequest request)
    {
        Count++;
        _reads.Remove((request.Node, request.SubscriptionId));
        world.Note(request.Node, $"sends {string.Join(' ', request.EventIds)} to {request.SubscriptionId}");
        CheckOwner(request);
        OwedDelivery[] carried = [.. request.EventIds.Select(id => FindOwed(request, id)).OfType<OwedDelivery>()];
        foreach (var owed in carried) CheckPending(request, owed);
        CheckStatus(request);
        if (Database.FindSubscription(request.SubscriptionId) is not { } subscription) return;
        WebhookSubscription[] known = [subscription, .. FindEarlier(request)];
        CheckAddress(request, known);
        CheckOrder(request, known, carried);
        CheckOpen(request, known, carried);
        CheckRate(request, subscription);
        CheckPlaces(request);
        CheckBreaker(request);
        CheckWait(request);
        _batches.Check(request, known, carried);
        _prompt.Check(request, subscription, carried);
    }

    /// <summary>A lane is read. No lane may do so again and again while nothing comes of it.</summary>
    public void Read(SimNode node, string subscriptionId)
    {
        var (since, count) = _reads.GetValueOrDefault((node, subscriptionId), (world.Agenda.Now, 0));
        if (world.Agenda.Now - since > TimeSpan.FromMinutes(1)) (since, count) = (world.Agenda.Now, 0);
        _reads[(node, subscriptionId)] = (since, count + 1);
        if (count == MostReads) rules.Break($"{node.Name} has read {count} times for {subscriptionId} within a minute, and sends nothing.");
    }

    /// <summary>Some lanes may have changed hands, or start afresh: what their nodes remember of them is not certain any more.</summary>
    public void DoubtLanes(Predicate<string> which) => DoubtLanes((_, id) => which(id));

    /// <summary>A node does not know that its lease goes on: when it seems over, the node takes its lanes for another's.</summary>
    public void DoubtLanesOf(SimNode node) => DoubtLanes((owner, _) => owner == node);

    public void Ended(SentRequest request)
    {
        world.Note(request.Node, $"learns {request.Status?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "nothing"} of {string.Join(' ', request.EventIds)} for {request.SubscriptionId}");
        var key = (request.Node, request.SubscriptionId);
        if (_breakers.TryGetValue(key, out var breaker)) breaker.Ended(request);
        if (request.RetryAfter > TimeSpan.Zero) _askedToWait[key] = request.EndedAt!.Value + request.RetryAfter;
        if (request.Status == 200 && Database.FindSubscription(request.SubscriptionId)?.Url == request.Url)
            _succeededAt[key] = Database.Ledger.FactsOf(request.SubscriptionId).SeenToSucceedAt = request.EndedAt!.Value;
        _prompt.Ended(request);
        if (request.Node is { IsAlive: true, HasSlipped: false } && request.EndedAt - request.StartedAt > world.Plan.Timeout)
            rules.Break($"A request to {request.SubscriptionId} ended after {request.EndedAt - request.StartedAt}, and had {world.Plan.Timeout}.");
    }

    /// <summary>When a node has learned last that something succeeded, for as long as it is certain that it remembers.</summary>
    public TimeSpan? SucceededAt(SimNode node, string subscriptionId) => _succeededAt.TryGetValue((node, subscriptionId), out var at) ? at : null;

    private void CheckOwner(SentRequest request)
    {
        if (Database.OwnerOf(request.SubscriptionId) is not { } owner) rules.Break($"{request.Node.Name} sends to {request.SubscriptionId}, whose lane nobody owns.");
        else if (owner.NodeId != request.Node.Id) rules.Break($"{request.Node.Name} sends to {request.SubscriptionId}, whose lane {owner.NodeId} owns.");
        else if (owner.Until < request.StartedAt + world.Plan.Timeout) rules.Break($"{request.Node.Name} starts a request to {request.SubscriptionId} that may outlast its lease.");
    }

    private OwedDelivery? FindOwed(SentRequest request, string eventId)
    {
        var owed = Database.Ledger.Find(request.SubscriptionId, eventId);
        if (owed is null) rules.Break($"{eventId} was sent to {request.SubscriptionId}, which is not owed it.");
        return owed;
    }

    private void CheckPending(SentRequest request, OwedDelivery owed)
    {
        var row = owed.Row;
        var fence = Database.OwnerOf(request.SubscriptionId)?.Fence ?? 0;
        if (owed.CanceledAt is { } canceledAt) CheckCanceled(request, owed, canceledAt, fence);
        else if (!owed.IsPending) rules.Break($"{owed} was sent although it is {(owed.IsGone ? "gone" : row.Status)}.");
        if (row.DueAt > request.StartedByClock && !request.Node.HasJumped) rules.Break($"{owed} was sent before it was due ({row.DueAt:O}).");
        if (row.ExpiresAt <= request.StartedByClock) rules.Break($"{owed} was sent although its time to live ended at {row.ExpiresAt:O}.");
        if (owed.Sent.Exists(s => s.Request.Node == request.Node && s.Fence == fence && s.AttemptCount == row.AttemptCount))
            rules.Break($"{request.Node.Name} sends {owed} again before it has settled the last attempt.");
        owed.Sent.Add((request, fence, row.AttemptCount));
    }

    /// <summary>A node may have had it in memory: when it tries to settle what it has sent, it learns.</summary>
    private void CheckCanceled(SentRequest request, OwedDelivery owed, TimeSpan canceledAt, long fence)
    {
        if (owed.Sent.Exists(s => s.Request.Node == request.Node && s.Fence == fence && s.Request.StartedAt > canceledAt))
            rules.Break($"{owed} was sent twice although it is canceled.");
        if (owed.CanceledBy == request.Node && !request.Node.HasSlipped && request.StartedAt > canceledAt + Letting)
            rules.Break($"{owed} was sent by {request.Node.Name}, which had canceled it.");
    }

    private void CheckStatus(SentRequest request)
    {
        var subscription = Database.FindSubscription(request.SubscriptionId);
        if (subscription is { Status: SubscriptionStatus.Enabled } || request.Node.HasSlipped) return;
        var facts = Database.Ledger.FactsOf(request.SubscriptionId);
        var grace = facts.ChangedBy != request.Node ? Ignorance : !world.Weather.WasBad ? LettingOnACalmDay : subscription is null ? Letting : UnderWay;
        if (request.StartedAt > facts.ChangedAt + grace)
            rules.Break($"{request.Node.Name} sends to {request.SubscriptionId}, which has been {subscription?.Status.ToString() ?? "deleted"} since {facts.ChangedAt}.");
    }

    /// <summary>What the subscription was before, as far as the node that sends may not know better.</summary>
    private IEnumerable<WebhookSubscription> FindEarlier(SentRequest request) =>
        from earlier in Database.Ledger.FactsOf(request.SubscriptionId).Earlier
        where request.Node.HasSlipped || earlier.Until + LearnsWithin(request.Node, earlier.ChangedBy) >= request.StartedAt
        select earlier.Settings;

    /// <summary>How long after a change of settings what a node sends may still go by the old ones.</summary>
    private TimeSpan LearnsWithin(SimNode node, SimNode changedBy) =>
        world.Weather.WasBad ? Ignorance
        : changedBy == node ? LettingOnACalmDay : (2 * world.Plan.Sweep) + LettingOnACalmDay;

    private void CheckAddress(SentRequest request, WebhookSubscription[] known)
    {
        if (!Array.Exists(known, k => k.Url == request.Url)) rules.Break($"A request for {request.SubscriptionId}, which is at {known[0].Url}, goes to {request.Url}.");
    }

    private void CheckOrder(SentRequest request, WebhookSubscription[] known, OwedDelivery[] carried)
    {
        var subscription = known[0];
        if (subscription.Order == DeliveryOrder.None || Array.Exists(known, k => k.Order != subscription.Order)) return;
        var last = carried.Length == 0 ? null : carried[^1];
        if (last is null) return;
        foreach (var earlier in Database.Ledger.Of(subscription.Id))
        {
            if (earlier == last) return;
            if (!earlier.IsPending || earlier.IsReopened || Array.IndexOf(carried, earlier) >= 0) continue;
            if (subscription.Order == DeliveryOrder.Strict || Array.Exists(carried, c => c.Key is not null && c.Key == earlier.Key && c != earlier))
            {
                var later = Array.Find(carried, c => subscription.Order == DeliveryOrder.Strict || c.Key == earlier.Key)!;
                if (subscription.Order == DeliveryOrder.PerKey && IsBefore(subscription.Id, later, earlier)) continue;
                rules.Break($"{last.EventId} overtakes {earlier.EventId} on its way to {request.SubscriptionId}.");
            }
        }
    }

    /// <summary>Whether one was stored before another.</summary>
    private bool IsBefore(string subscriptionId, OwedDelivery one, OwedDelivery other)
    {
        var all = Database.Ledger.Of(subscriptionId);
        return all.IndexOf(one) < all.IndexOf(other);
    }

    /// <summary>How many are under way, and whether two of them must not be so together.</summary>
    private void CheckOpen(SentRequest request, WebhookSubscription[] known, OwedDelivery[] carried)
    {
        var subscription = known[0];
        if (!_open.TryGetValue(subscription.Id, out var open)) _open.Add(subscription.Id, open = []);
        open.RemoveAll(r => r.EndedAt is not null || r.StartedAt + world.Plan.Timeout <= request.StartedAt);
        var isAlone = Array.TrueForAll(known, static k => k.Order == DeliveryOrder.Strict || (k.Order == DeliveryOrder.PerKey && k.Batching is not null));
        if (isAlone && open.Count > 0) rules.Break($"A request to {subscription.Id}, which takes one at a time, starts beside another.");
        if (Array.TrueForAll(known, static k => k.Order == DeliveryOrder.PerKey) && carried.Any(c => c.Key is not null && open.Exists(r => r.EventIds.Any(id => Database.Ledger.Find(subscription.Id, id)?.Key == c.Key))))
            rules.Break($"Two requests of one key go to {subscription.Id} at once.");
        open.Add(request);
        if (open.Count > known.Max(static k => k.MaxConcurrency)) rules.Break($"{open.Count} requests are under way to {subscription.Id}, which allows {subscription.MaxConcurrency}.");
    }

    private void CheckRate(SentRequest request, WebhookSubscription subscription)
    {
        if (subscription.RateLimit is not { } limit) return;
        if (!_starts.TryGetValue(subscription.Id, out var starts)) _starts.Add(subscription.Id, starts = []);
        while (starts.TryPeek(out var first) && first.StartedAt + limit.Per <= request.StartedAt) starts.Dequeue();
        starts.Enqueue(request);

        // A minute is a minute by the node's clock.
        if (starts.Count <= limit.Requests || starts.Any(s => s.Node.HasJumped)) return;

        // Of what went while it had another limit, or none, not all is remembered.
        var another = Database.Ledger.FactsOf(subscription.Id).Earlier.FindLast(e => e.Settings.RateLimit != limit);
        var since = another.ChangedBy is not { } by ? TimeSpan.MinValue : request.Node.HasSlipped ? TimeSpan.MaxValue : another.Until + LearnsWithin(request.Node, by);
        if (starts.Count(s => s.StartedAt > since) is var count && count > limit.Requests)
            rules.Break($"{count} requests to {subscription.Id} began within {limit.Per}, which allows {limit.Requests}.");
    }

    private void DoubtLanes(Func<SimNode, string, bool> which)
    {
        foreach (var (key, breaker) in _breakers)
        {
            if (which(key.Node, key.SubscriptionId)) breaker.Doubt();
        }

        Forget(_askedToWait);
        Forget(_succeededAt);

        void Forget(Dictionary<(SimNode Node, string SubscriptionId), TimeSpan> times)
        {
            // Removing while going through is allowed for a dictionary.
            foreach (var key in times.Keys)
            {
                if (which(key.Node, key.SubscriptionId)) times.Remove(key);
            }
        }
    }

    /// <summary>How many are under way from one node.</summary>
    private void CheckPlaces(SentRequest request)
    {
        var underWay = _open.Values.Sum(open => open.Count(r => r.Node == request.Node && r.EndedAt is null && r.StartedAt + world.Plan.Timeout > request.StartedAt));
        if (underWay > world.Plan.MaxConcurrency) rules.Break($"{underWay} requests of {request.Node.Name} are under way, which has {world.Plan.MaxConcurrency} places.");
    }

    /// <summary>An endpoint that has asked to wait means all that goes there.</summary>
    private void CheckWait(SentRequest request)
    {
        if (request.Node.HasSlipped || !_askedToWait.TryGetValue((request.Node, request.SubscriptionId), out var until) || request.StartedAt >= until) return;
        if (request.StartedAt < Database.Ledger.FactsOf(request.SubscriptionId).ChangedAt + Ignorance) return;
        rules.Break($"A request to {request.SubscriptionId} starts although the endpoint has asked to wait for {until - request.StartedAt} more.");
    }

    private void CheckBreaker(SentRequest request)
    {
        // A node that has stood still learns late what has ended.
        if (request.Node.HasSlipped) return;
        var key = (request.Node, request.SubscriptionId);
        if (request.StartedAt < Database.Ledger.FactsOf(request.SubscriptionId).ChangedAt + Ignorance)
        {
            // Whenever its node learns that it was enabled again, the endpoint starts afresh.
            if (_breakers.TryGetValue(key, out var doubtful)) doubtful.Doubt();
            return;
        }

        if (!_breakers.TryGetValue(key, out var breaker)) _breakers.Add(key, breaker = new BreakerModel(world.Plan.Breaker));
        if (breaker.Started(request) is { } fault) rules.Break($"A request to {request.SubscriptionId} starts {fault}.");
    }
}
