using System.Text;
using System.Text.Json;

namespace WebhookKit.AspNetCore.Api;

/// <summary>Deliveries and attempts.</summary>
internal static class DeliveryJson
{
    public static void Write(Utf8JsonWriter json, WebhookDelivery delivery) => Write(json, delivery, static _ => { });

    /// <summary>A delivery with its event.</summary>
    public static void Write(Utf8JsonWriter json, WebhookDelivery delivery, WebhookEvent? webhookEvent) =>
        Write(json, delivery, more => WriteEvent(more, webhookEvent));

    public static void Write(Utf8JsonWriter json, DeliveryAttempt attempt) => Write(json, attempt, static _ => { });

    /// <summary>An attempt with what else is known of it.</summary>
    public static void Write(Utf8JsonWriter json, DeliveryAttempt attempt, Action<Utf8JsonWriter> writeMore)
    {
        json.WriteStartObject();
        json.WriteNumber("number", attempt.Number);
        json.WriteString("message_id", attempt.MessageId);
        json.WriteNumber("batch_size", attempt.BatchSize);
        json.WriteTime("at", attempt.StartedAt);
        json.WriteNumber("duration_ms", Math.Round(attempt.Duration.TotalMilliseconds, 3));
        json.WriteString("outcome", SnakeCase.Of(attempt.Outcome));
        json.WriteNumber("status_code", attempt.StatusCode);
        json.WriteString("response_body", attempt.ResponseBody);
        json.WriteString("error", attempt.Error);
        writeMore(json);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, WebhookDelivery delivery, Action<Utf8JsonWriter> writeMore)
    {
        json.WriteStartObject();
        json.WriteString("id", delivery.Id);
        json.WriteString("webhook_id", delivery.SubscriptionId);
        json.WriteString("event_id", delivery.EventId);
        json.WriteString("event", delivery.EventType);
        json.WriteString("status", SnakeCase.Of(delivery.Status));
        json.WriteNumber("attempts", delivery.AttemptCount);
        json.WriteTime("created_at", delivery.CreatedAt);
        json.WriteTime("next_attempt_at", delivery.Status == DeliveryStatus.Pending ? delivery.DueAt : null);
        json.WriteTime("expires_at", delivery.ExpiresAt);
        json.WriteTime("completed_at", delivery.CompletedAt);
        if (delivery.LastOutcome is { } outcome) json.WriteString("last_outcome", SnakeCase.Of(outcome));
        else json.WriteNull("last_outcome");
        json.WriteNumber("last_status_code", delivery.LastStatusCode);
        json.WriteString("batch_id", delivery.BatchId);
        writeMore(json);
        json.WriteEndObject();
    }

    private static void WriteEvent(Utf8JsonWriter json, WebhookEvent? webhookEvent)
    {
        if (webhookEvent is null)
        {
            json.WriteNull("payload");
            return;
        }

        json.WriteStartObject("payload");
        json.WriteString("content_type", webhookEvent.ContentType);
        json.WriteTime("occurred_at", webhookEvent.OccurredAt);
        json.WriteString("ordering_key", webhookEvent.OrderingKey);
        json.WriteStartObject("attributes");
        foreach (var (name, value) in webhookEvent.Attributes.OrderBy(a => a.Key, StringComparer.Ordinal)) json.WriteString(name, value);
        json.WriteEndObject();

        // As text, since it need not be JSON.
        json.WriteString("data", Encoding.UTF8.GetString(webhookEvent.Data.Span));
        json.WriteEndObject();
    }
}
