using System.Text;

namespace WebhookKit.Testing;

/// <summary>Compares what was delivered with what a test expects.</summary>
internal sealed class DeliveryAssertion(IWebhookDeliveries deliveries, IWebhookSubscriptions subscriptions)
{
    public async Task<IReadOnlyList<WebhookDelivery>> AssertDeliveredAsync(string eventType, string? url, int? times)
    {
        var all = await ListAsync();
        var ofType = all.Where(item => item.Delivery.EventType == eventType).ToList();
        var delivered = ofType
            .Where(item => item.Delivery.Status == DeliveryStatus.Succeeded && (url is null || item.Url == new Uri(url)))
            .Select(item => item.Delivery)
            .ToList();
        var isExpected = times is { } count ? delivered.Count == count : delivered.Count > 0;
        return isExpected ? delivered : throw new WebhookAssertionException(Describe(eventType, url, times, delivered.Count, ofType, all));
    }

    /// <summary>All deliveries with where they go, oldest first. The URL of a deleted subscription is not known any more.</summary>
    private async Task<List<(WebhookDelivery Delivery, Uri? Url)>> ListAsync()
    {
        var urls = new Dictionary<string, Uri?>();
        var found = new List<(WebhookDelivery, Uri?)>();
        var query = new DeliveryQuery { AllTenants = true, Limit = 1000 };
        do
        {
            var page = await deliveries.ListAsync(query);
            foreach (var delivery in page.Items)
            {
                if (!urls.TryGetValue(delivery.SubscriptionId, out var url))
                    urls[delivery.SubscriptionId] = url = (await subscriptions.GetAsync(delivery.SubscriptionId))?.Url;
                found.Add((delivery, url));
            }

            query = query with { After = page.Next };
        }
        while (query.After is not null);

        found.Reverse();
        return found;
    }

    private static string Describe(
        string eventType, string? url, int? times, int count, List<(WebhookDelivery Delivery, Uri? Url)> ofType, List<(WebhookDelivery Delivery, Uri? Url)> all)
    {
        var text = new StringBuilder()
            .Append("Expected ").Append(times is null ? "at least one delivery" : times == 1 ? "1 delivery" : $"{times} deliveries")
            .Append(" of '").Append(eventType).Append('\'').Append(url is null ? "" : $" to {url}")
            .Append(", but there ").Append(count == 1 ? "is 1." : $"are {count}.");
        foreach (var (delivery, to) in ofType)
        {
            text.AppendLine().Append("  ").Append(delivery.EventId).Append(" to ").Append(to?.ToString() ?? "(deleted)")
                .Append(": ").Append(delivery.Status).Append(", attempts: ").Append(delivery.AttemptCount);
            if (delivery.LastOutcome is { } outcome) text.Append(", last: ").Append(outcome).Append(delivery.LastStatusCode is { } status ? $" ({status})" : "");
            if (delivery.Status == DeliveryStatus.Pending) text.Append(", due at ").Append(delivery.DueAt.ToString("O"));
        }

        if (ofType.Count > 0) return text.ToString();
        var types = all.Select(item => item.Delivery.EventType).Distinct().Order(StringComparer.Ordinal).ToList();
        text.AppendLine().Append("  No subscription matched an event of that type. ");
        return text.Append(types.Count == 0 ? "Nothing was published that any subscription wants." : $"There are deliveries of: {string.Join(", ", types)}.").ToString();
    }
}
