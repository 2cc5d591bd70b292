namespace WebhookKit.FunctionalTests.Hostile;

/// <summary>Reads what became of a subscription's deliveries.</summary>
internal static class History
{
    public static async Task<List<WebhookDelivery>> DeliveriesAsync(TestHost host, string subscriptionId, CancellationToken cancellationToken = default)
    {
        List<WebhookDelivery> all = [];
        var query = new DeliveryQuery { SubscriptionId = subscriptionId, Limit = 100 };
        while (true)
        {
            var page = await host.Deliveries.ListAsync(query, cancellationToken);
            all.AddRange(page.Items);
            if (page.Next is null) return all;
            query = query with { After = page.Next };
        }
    }

    public static async Task<List<DeliveryAttempt>> AttemptsAsync(TestHost host, string subscriptionId, CancellationToken cancellationToken = default)
    {
        List<DeliveryAttempt> all = [];
        foreach (var delivery in await DeliveriesAsync(host, subscriptionId, cancellationToken)) all.AddRange(await host.Deliveries.GetAttemptsAsync(delivery.Id, cancellationToken));
        return all;
    }
}
