using System.Text.Json;

namespace WebhookKit.AspNetCore.Api;

/// <summary>How a webhook has done over the last 24 hours, from the full hour on that they begin in.</summary>
internal static class HealthJson
{
    private static readonly TimeSpan Range = TimeSpan.FromHours(24);

    public static async Task<Dictionary<string, DeliveryTotals>> ReadAsync(ApiCall call, IEnumerable<WebhookSubscription> webhooks)
    {
        string[] ids = [.. webhooks.Select(w => w.Id)];
        if (ids.Length == 0) return [];
        var query = new SubscriptionStatisticsQuery { TenantId = call.TenantId, SubscriptionIds = ids, From = call.Now - Range, To = call.JustAfterNow };
        return (await call.Statistics.ListAsync(query, call.Aborted)).ToDictionary(s => s.SubscriptionId, s => s.Totals, StringComparer.Ordinal);
    }

    public static void Write(Utf8JsonWriter json, WebhookSubscription webhook, DeliveryTotals? totals)
    {
        json.WriteStartObject("health");
        json.WriteString("state", StateOf(webhook, totals));
        json.WriteNumber("delivered", totals?.Delivered ?? 0);
        json.WriteNumber("failed", totals?.FailedAttempts ?? 0);
        json.WriteTime("last_attempt_at", totals?.LastAttemptAt);
        StatisticsJson.WriteMilliseconds(json, "p95_ms", totals?.Latency?.P95);
        json.WriteEndObject();
    }

    private static string StateOf(WebhookSubscription webhook, DeliveryTotals? totals) => webhook.Status switch
    {
        SubscriptionStatus.Disabled => "disabled",
        SubscriptionStatus.Paused => "paused",
        _ when webhook.FailingSince is not null => "failing",
        _ => totals?.LastAttemptAt is null ? "idle" : "healthy",
    };
}
