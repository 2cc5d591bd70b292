using Microsoft.AspNetCore.Http;

namespace WebhookKit.AspNetCore.Api;

/// <summary>Deliveries and their attempts: list, read, send again, cancel.</summary>
internal static class DeliveryRoutes
{
    public static void Map(ApiRoutes api)
    {
        api.Get("/deliveries", call => ListAsync(call, call.Query("webhook_id")));
        api.Get("/{id}/deliveries", async call => await ListAsync(call, (await call.FindWebhookAsync()).Id));
        api.Get("/deliveries/{id}", ShowAsync);
        api.Get("/deliveries/{id}/request", ShowRequestAsync);
        api.Get("/deliveries/{id}/attempts", ListAttemptsAsync);
        api.Post("/deliveries/{id}/resend", ResendAsync);
        api.Post("/deliveries/{id}/cancel", CancelAsync);
    }

    private static async Task ListAsync(ApiCall call, string? webhookId)
    {
        var query = new DeliveryQuery
        {
            TenantId = call.TenantId,
            SubscriptionId = webhookId,
            EventId = call.Query("event_id"),
            EventType = call.Query("event_type"),
            Status = call.Query<DeliveryStatus>("status"),
            From = call.QueryTime("from"),
            To = call.QueryTime("to"),
            After = call.Query("cursor"),
            Limit = call.QueryLimit(),
        };
        call.Errors.ThrowIfAny();
        var page = await call.Deliveries.ListAsync(query, call.Aborted);
        await JsonAnswer.OkAsync(call, json =>
        {
            json.WriteStartObject();
            json.WriteStartArray("data");
            foreach (var delivery in page.Items) DeliveryJson.Write(json, delivery);
            json.WriteEndArray();
            json.WriteStartObject("meta");
            json.WriteNumber("per_page", query.Limit);
            json.WriteString("next_cursor", page.Next);
            json.WriteEndObject();
            json.WriteEndObject();
        });
    }

    private static async Task ShowAsync(ApiCall call)
    {
        var delivery = await call.FindDeliveryAsync();
        var webhookEvent = await call.Deliveries.GetEventAsync(delivery.TenantId, delivery.EventId, call.Aborted);
        await JsonAnswer.OkAsync(call, json => json.WriteData(data => DeliveryJson.Write(data, delivery, webhookEvent)));
    }

    private static async Task ShowRequestAsync(ApiCall call)
    {
        var request = await call.Deliveries.GetRequestAsync((await call.FindDeliveryAsync()).Id, call.Aborted);
        await JsonAnswer.OkAsync(call, json => json.WriteData(data => RequestJson.Write(data, request)));
    }

    private static async Task ListAttemptsAsync(ApiCall call)
    {
        var delivery = await call.FindDeliveryAsync();
        var attempts = await call.Deliveries.GetAttemptsAsync(delivery.Id, call.Aborted);
        await JsonAnswer.OkAsync(call, json => json.WriteData(data =>
        {
            data.WriteStartArray();
            for (var i = 0; i < attempts.Count; i++)
            {
                var nextAt = i == attempts.Count - 1 && delivery.Status == DeliveryStatus.Pending ? delivery.DueAt : (DateTimeOffset?)null;
                DeliveryJson.Write(data, attempts[i], more => more.WriteTime("next_attempt_at", nextAt));
            }

            data.WriteEndArray();
        }));
    }

    private static async Task ResendAsync(ApiCall call)
    {
        var delivery = await call.Deliveries.ResendAsync((await call.FindDeliveryAsync()).Id, call.Aborted);
        await JsonAnswer.OkAsync(call, json => json.WriteData(data => DeliveryJson.Write(data, delivery)));
    }

    private static async Task CancelAsync(ApiCall call)
    {
        var delivery = await call.FindDeliveryAsync();
        if (!await call.Deliveries.CancelAsync(delivery.Id, call.Aborted))
            throw new ApiException(StatusCodes.Status409Conflict, $"Delivery {delivery.Id} is not pending any more, so it cannot be canceled.");
        var canceled = await call.FindDeliveryAsync();
        await JsonAnswer.OkAsync(call, json => json.WriteData(data => DeliveryJson.Write(data, canceled)));
    }
}
