using System.Text.Json;

namespace WebhookKit.AspNetCore.Api;

/// <summary>A webhook as MailerLite shows one; with <c>?view=full</c>, with all else that there is of it.</summary>
internal static class WebhookJson
{
    /// <summary>Stands for the value of a header, which is not shown; sent back, it leaves the value as it is.</summary>
    public const string Hidden = WebhookRequest.Hidden;

    public static void Write(Utf8JsonWriter json, ApiCall call, WebhookSubscription webhook, bool showsSecret, Action<Utf8JsonWriter>? writeMore = null)
    {
        json.WriteStartObject();
        json.WriteString("id", webhook.Id);
        json.WriteString("name", webhook.Name);
        json.WriteString("url", webhook.Url.OriginalString);
        json.WriteStartArray("events");
        foreach (var type in webhook.EventTypes) json.WriteStringValue(type);
        json.WriteEndArray();
        json.WriteBoolean("enabled", webhook.Status == SubscriptionStatus.Enabled);
        json.WriteString("secret", showsSecret || call.Options.AlwaysShowSecrets ? SecretOf(webhook) : null);
        json.WriteString("created_at", ApiTime.ToMailerLite(webhook.CreatedAt));
        json.WriteString("updated_at", ApiTime.ToMailerLite(webhook.UpdatedAt));
        if (call.Query("view") == "full") WriteMore(json, webhook);
        writeMore?.Invoke(json);
        json.WriteEndObject();
    }

    private static string? SecretOf(WebhookSubscription webhook) => webhook.Secrets is [var newest, ..] ? newest.Value : null;

    private static void WriteMore(Utf8JsonWriter json, WebhookSubscription webhook)
    {
        json.WriteString("etag", ETag.Of(webhook));
        json.WriteString("status", SnakeCase.Of(webhook.Status));
        json.WriteString("status_reason", webhook.StatusReason);
        json.WriteTime("status_changed_at", webhook.StatusChangedAt);
        json.WriteTime("failing_since", webhook.FailingSince);
        json.WriteString("profile", webhook.Profile);
        WriteMap(json, "settings", webhook.Settings, static value => value);
        WriteMap(json, "headers", webhook.Headers, static _ => Hidden);
        json.WriteBoolean("batchable", webhook.Batching is not null);
        WriteBatching(json, webhook.Batching);
        json.WriteString("order", SnakeCase.Of(webhook.Order));
        json.WriteNumber("max_concurrency", webhook.MaxConcurrency);
        WriteRateLimit(json, webhook.RateLimit);
        json.WritePropertyName("filter");
        if (webhook.Filter is { } filter) json.WriteRawValue(filter.ToJson());
        else json.WriteNullValue();
        WriteSecrets(json, webhook.Secrets);
    }

    private static void WriteMap(Utf8JsonWriter json, string name, IReadOnlyDictionary<string, string> map, Func<string, string> show)
    {
        json.WriteStartObject(name);
        foreach (var (key, value) in map.OrderBy(p => p.Key, StringComparer.Ordinal)) json.WriteString(key, show(value));
        json.WriteEndObject();
    }

    private static void WriteBatching(Utf8JsonWriter json, BatchingOptions? batching)
    {
        if (batching is null)
        {
            json.WriteNull("batching");
            return;
        }

        json.WriteStartObject("batching");
        json.WriteNumber("max_events", batching.MaxEvents);
        json.WriteNumber("max_bytes", batching.MaxBytes);
        json.WriteNumber("max_delay_ms", (long)batching.MaxDelay.TotalMilliseconds);
        json.WriteEndObject();
    }

    private static void WriteRateLimit(Utf8JsonWriter json, RateLimit? limit)
    {
        if (limit is null)
        {
            json.WriteNull("rate_limit");
            return;
        }

        json.WriteStartObject("rate_limit");
        json.WriteNumber("requests", limit.Requests);
        json.WriteNumber("per_ms", (long)limit.Per.TotalMilliseconds);
        json.WriteEndObject();
    }

    /// <summary>How many secrets sign, and until when; never what they are.</summary>
    private static void WriteSecrets(Utf8JsonWriter json, IReadOnlyList<WebhookSecret> secrets)
    {
        json.WriteStartArray("secrets");
        foreach (var secret in secrets)
        {
            json.WriteStartObject();
            json.WriteTime("expires_at", secret.ExpiresAt);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
