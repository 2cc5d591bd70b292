namespace WebhookKit.AspNetCore.Api;

/// <summary>How deliveries went over time, and of each webhook.</summary>
internal static class StatisticsRoutes
{
    private static readonly TimeSpan DefaultRange = TimeSpan.FromHours(24);

    public static void Map(ApiRoutes api)
    {
        api.Get("/statistics", call => ShowAsync(call, webhookId: null));
        api.Get("/statistics/webhooks", ListAsync);
        api.Get("/{id}/statistics", async call => await ShowAsync(call, (await call.FindWebhookAsync()).Id));
    }

    private static async Task ShowAsync(ApiCall call, string? webhookId)
    {
        var (from, to) = ReadRange(call);
        var step = call.Query("step_seconds", 3600, 300, (int)TimeSpan.FromDays(366).TotalSeconds);
        var query = new StatisticsQuery { TenantId = call.TenantId, SubscriptionId = webhookId, From = from, To = to, Step = TimeSpan.FromSeconds(step) };
        call.Errors.ThrowIfAny();
        var statistics = await call.Statistics.GetAsync(query, call.Aborted);
        await JsonAnswer.OkAsync(call, json => json.WriteData(data => StatisticsJson.Write(data, statistics)));
    }

    /// <summary>The slowest first: those whose requests take long are the ones to look at.</summary>
    private static async Task ListAsync(ApiCall call)
    {
        var (from, to) = ReadRange(call);
        var limit = call.QueryLimit();
        call.Errors.ThrowIfAny();
        var all = await call.Statistics.ListAsync(new SubscriptionStatisticsQuery { TenantId = call.TenantId, From = from, To = to }, call.Aborted);
        var slowest = all.OrderByDescending(s => s.Totals.Latency?.P95).ThenBy(s => s.SubscriptionId, StringComparer.Ordinal);
        List<(WebhookSubscription Webhook, DeliveryTotals Totals)> found = [];
        foreach (var item in slowest)
        {
            if (found.Count == limit) break;

            // It may have been deleted meanwhile.
            if (await call.Subscriptions.GetAsync(item.SubscriptionId, call.Aborted) is { } webhook) found.Add((webhook, item.Totals));
        }

        await JsonAnswer.OkAsync(call, json => json.WriteData(data =>
        {
            data.WriteStartArray();
            foreach (var (webhook, totals) in found)
            {
                data.WriteStartObject();
                data.WriteString("webhook_id", webhook.Id);
                data.WriteString("name", webhook.Name);
                StatisticsJson.WriteTotals(data, totals);
                data.WriteEndObject();
            }

            data.WriteEndArray();
        }));
    }

    /// <summary>The last 24 hours, or those before the end that is given.</summary>
    private static (DateTimeOffset From, DateTimeOffset To) ReadRange(ApiCall call)
    {
        var to = call.QueryTime("to") ?? call.JustAfterNow;
        var from = call.QueryTime("from");
        return (from ?? (to.UtcTicks > DefaultRange.Ticks ? to - DefaultRange : DateTimeOffset.MinValue), to);
    }
}
