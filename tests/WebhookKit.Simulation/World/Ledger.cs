namespace WebhookKit.Simulation.World;

/// <summary>All that is owed, as it should be stored.</summary>
internal sealed class Ledger
{
    private static readonly List<OwedDelivery> None = [];

    private readonly Dictionary<string, List<OwedDelivery>> _bySubscription = new(StringComparer.Ordinal);
    private readonly Dictionary<(string SubscriptionId, string EventId), OwedDelivery> _byEvent = [];
    private readonly Dictionary<Guid, OwedDelivery> _byId = [];
    private readonly Dictionary<string, SubscriptionFacts> _facts = new(StringComparer.Ordinal);

    public List<OwedDelivery> All { get; } = [];

    /// <summary>Adds a delivery.</summary>
    /// <returns>Whether the subscription is not owed the event already.</returns>
    public bool TryAdd(OwedDelivery owed)
    {
        if (!_byEvent.TryAdd((owed.SubscriptionId, owed.EventId), owed)) return false;
        if (!_bySubscription.TryGetValue(owed.SubscriptionId, out var all)) _bySubscription.Add(owed.SubscriptionId, all = []);
        all.Add(owed);
        All.Add(owed);
        _byId.Add(owed.Id, owed);
        return true;
    }

    /// <summary>What is owed to a subscription, in the order in which it was stored.</summary>
    public List<OwedDelivery> Of(string subscriptionId) => _bySubscription.GetValueOrDefault(subscriptionId, None);

    public OwedDelivery? Find(string subscriptionId, string eventId) => _byEvent.GetValueOrDefault((subscriptionId, eventId));

    public OwedDelivery? Find(Guid id) => _byId.GetValueOrDefault(id);

    public SubscriptionFacts FactsOf(string subscriptionId)
    {
        if (!_facts.TryGetValue(subscriptionId, out var facts)) _facts.Add(subscriptionId, facts = new SubscriptionFacts());
        return facts;
    }
}
