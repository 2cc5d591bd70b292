using WebhookKit;

namespace QuickStart;

/// <summary>What earlier runs have left in the store: their events, and what they delivered. In memory there is nothing.</summary>
internal sealed class EarlierRuns
{
    private readonly Dictionary<string, PublishedEvent> _events = [];
    private readonly Dictionary<Endpoint, HashSet<string>> _delivered = [];

    private EarlierRuns(bool areKept) => AreKept = areKept;

    /// <summary>Whether what a run does is kept for the next.</summary>
    public bool AreKept { get; }

    public IReadOnlyCollection<PublishedEvent> Events => _events.Values;

    /// <summary>Reads them. To be called before anything is sent.</summary>
    public static async Task<EarlierRuns> ReadAsync(IWebhookDeliveries deliveries, bool areKept)
    {
        var runs = new EarlierRuns(areKept);
        foreach (var endpoint in Endpoints.All)
        {
            var delivered = runs._delivered[endpoint] = [];
            await foreach (var delivery in History.ListAsync(deliveries, new DeliveryQuery { SubscriptionId = endpoint.SubscriptionId }))
            {
                runs._events.TryAdd(delivery.EventId, new PublishedEvent(delivery.EventId, delivery.EventType));
                if (delivery.Status == DeliveryStatus.Succeeded) delivered.Add(delivery.EventId);
            }
        }

        return runs;
    }

    /// <summary>The ids of the events that they delivered to an endpoint.</summary>
    public IReadOnlySet<string> DeliveredTo(Endpoint endpoint) => _delivered[endpoint];
}
