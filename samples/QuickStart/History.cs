using WebhookKit;

namespace QuickStart;

/// <summary>Reads what the library keeps of deliveries.</summary>
internal static class History
{
    /// <summary>Lists deliveries, page after page.</summary>
    public static async IAsyncEnumerable<WebhookDelivery> ListAsync(IWebhookDeliveries deliveries, DeliveryQuery query)
    {
        query = query with { Limit = 1000 };
        do
        {
            var page = await deliveries.ListAsync(query);
            foreach (var delivery in page.Items) yield return delivery;
            query = query with { After = page.Next };
        }
        while (query.After is not null);
    }
}
