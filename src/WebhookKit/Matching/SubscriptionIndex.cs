using System.Collections.Frozen;
using System.Collections.Immutable;

namespace WebhookKit.Matching;

/// <summary>
/// All subscriptions as of one change number, arranged so that the few that want an event are found among many. A snapshot:
/// <see cref="Apply"/> makes the next one and shares what has not changed, so readers need no lock.
/// </summary>
/// <remarks>
/// One persistent map leads from a tenant and a type (or a prefix of types) to the subscriptions that want it. Matching looks
/// up <c>*</c>, every dotted prefix of the type, and the type itself. Changing one subscription costs O(log n), a copy of
/// the arrays that it stands in, and now and then, as there are more and more, putting all in a larger table.
/// </remarks>
internal sealed class SubscriptionIndex
{
    private readonly ImmutableSortedDictionary<string, SubscriptionModel> _byId;
    private readonly RouteTable _routes;
    private readonly FrozenSet<string> _batchingRequired;

    private SubscriptionIndex(
        long version,
        ImmutableSortedDictionary<string, SubscriptionModel> byId,
        RouteTable routes,
        FrozenSet<string> batchingRequired) =>
        (Version, _byId, _routes, _batchingRequired) = (version, byId, routes, batchingRequired);

    /// <summary>No subscriptions, and no event types that need batching.</summary>
    public static SubscriptionIndex Empty { get; } = Create([]);

    /// <summary>The store's change number that this snapshot stands for.</summary>
    public long Version { get; }

    /// <summary>How many there are, disabled ones included.</summary>
    public int Count => _byId.Count;

    internal int RouteCount => _routes.Count;

    /// <summary>All, disabled ones included, in the order of their ids (ordinal).</summary>
    public IEnumerable<SubscriptionModel> All => _byId.Values;

    /// <summary>An index without subscriptions.</summary>
    /// <param name="batchingRequired">The event types that only subscriptions with batching may receive: the others never match them.</param>
    public static SubscriptionIndex Create(IEnumerable<string> batchingRequired) => new(
        0,
        ImmutableSortedDictionary.Create<string, SubscriptionModel>(StringComparer.Ordinal),
        RouteTable.Empty,
        batchingRequired.ToFrozenSet(StringComparer.Ordinal));

    /// <summary>Finds a subscription by its id; null when there is none.</summary>
    public SubscriptionModel? Find(string id) => _byId.GetValueOrDefault(id);

    /// <summary>The snapshot after some changes.</summary>
    /// <param name="version">The change number that it stands for.</param>
    /// <param name="changed">Subscriptions that are new or have changed; an id that is also deleted was made again, and stays.</param>
    /// <param name="deletedIds">The ids of those that are gone; unknown ones are ignored.</param>
    public SubscriptionIndex Apply(long version, IEnumerable<SubscriptionModel> changed, IEnumerable<string> deletedIds)
    {
        var edits = new Dictionary<string, SubscriptionModel?>(StringComparer.Ordinal);
        foreach (var id in deletedIds) edits[id] = null;
        foreach (var model in changed) edits[model.Id] = model;

        var byId = _byId.ToBuilder();
        var routeEdits = new Dictionary<RouteKey, List<(string, SubscriptionModel?)>>();
        foreach (var (id, model) in edits)
        {
            if (byId.TryGetValue(id, out var old)) AddEdits(routeEdits, old, null);
            if (model is null)
            {
                byId.Remove(id);
                continue;
            }

            AddEdits(routeEdits, model, model);
            byId[id] = model;
        }

        var routes = _routes.Apply([.. routeEdits.Select(edit => (edit.Key, SubscriptionBucket.Apply(_routes.Find(edit.Key), edit.Value)))]);
        return new SubscriptionIndex(version, byId.ToImmutable(), routes, _batchingRequired);
    }

    /// <summary>
    /// Adds every subscription that wants an event, once each, in an order that depends on nothing but the subscriptions. Never
    /// throws, whatever the event's data is. A disabled subscription does not match; a paused one does.
    /// </summary>
    public void Match(WebhookEvent webhookEvent, List<SubscriptionModel> matches)
    {
        var type = webhookEvent.Type;
        var needsBatching = _batchingRequired.Contains(type);
        var subject = new FilterSubject(webhookEvent);
        try
        {
            Collect(0, needsBatching, ref subject, matches);
            for (var length = 1; length < type.Length; length++)
            {
                if (type[length - 1] == '.') Collect(length, needsBatching, ref subject, matches);
            }

            if (type.Length > 0) Collect(type.Length, needsBatching, ref subject, matches);
        }
        finally
        {
            subject.Dispose();
        }
    }

    private void Collect(int length, bool needsBatching, ref FilterSubject subject, List<SubscriptionModel> matches)
    {
        var webhookEvent = subject.Event;
        var bucket = _routes.Find(new RouteKey(webhookEvent.TenantId, webhookEvent.Type, length));
        foreach (var model in bucket)
        {
            var subscription = model.Subscription;
            if (needsBatching && subscription.Batching is null) continue;
            if (subscription.Filter is null || subscription.Filter.Matches(ref subject)) matches.Add(model);
        }
    }

    private static void AddEdits(Dictionary<RouteKey, List<(string, SubscriptionModel?)>> edits, SubscriptionModel of, SubscriptionModel? to)
    {
        foreach (var route in SubscriptionRoutes.Of(of))
        {
            if (!edits.TryGetValue(route, out var ofRoute)) edits.Add(route, ofRoute = []);
            ofRoute.Add((of.Id, to));
        }
    }
}
