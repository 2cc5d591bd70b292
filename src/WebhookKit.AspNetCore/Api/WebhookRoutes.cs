using System.Runtime.InteropServices;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace WebhookKit.AspNetCore.Api;

/// <summary>Webhooks: list, create, read, change, delete, and what else can be done with one.</summary>
internal static class WebhookRoutes
{
    private const int MaxSearchLength = 200;

    public static void Map(ApiRoutes api)
    {
        api.Get("/", ListAsync);
        api.Post("/", CreateAsync);
        api.Get("/{id}", ShowAsync);
        api.Put("/{id}", UpdateAsync);
        api.Delete("/{id}", DeleteAsync);
        api.Post("/{id}/enable", call => ChangeAsync(call, (w, _) => call.Subscriptions.EnableAsync(w.Id, call.Aborted)));
        api.Post("/{id}/pause", call => ChangeAsync(call, (w, _) => call.Subscriptions.PauseAsync(w.Id, call.Aborted)));
        api.Post("/{id}/disable", call => ChangeAsync(call, (w, body) => call.Subscriptions.DisableAsync(w.Id, ReadReason(body), call.Aborted)));
        api.Post("/{id}/rotate-secret", RotateAsync);
        api.Post("/{id}/test", TestAsync);
        api.Post("/{id}/recover", RecoverAsync);
    }

    private static async Task ListAsync(ApiCall call)
    {
        var limit = call.QueryLimit();
        var number = call.Query("page", 1, 1, int.MaxValue / ApiCall.MaxPageSize);
        var query = new SubscriptionQuery { TenantId = call.TenantId, Status = call.Query<SubscriptionStatus>("status"), Search = ReadSearch(call), Limit = limit };
        var showsHealth = ReadInclude(call);
        var cursor = call.Query("cursor");
        call.Errors.ThrowIfAny();

        // A client that knows of cursors sends one, be it empty; MailerLite's do not.
        var isByKey = call.Has("cursor");
        var total = isByKey ? 0 : await call.Subscriptions.CountAsync(query, call.Aborted);
        var found = await call.Subscriptions.ListAsync(isByKey ? query with { After = cursor } : query with { Skip = (number - 1) * limit }, call.Aborted);
        var health = showsHealth ? await HealthJson.ReadAsync(call, found.Items) : null;
        await JsonAnswer.OkAsync(call, json =>
        {
            json.WriteStartObject();
            json.WriteStartArray("data");
            foreach (var webhook in found.Items)
                WebhookJson.Write(json, call, webhook, showsSecret: false, more => WriteHealth(more, webhook, health));
            json.WriteEndArray();
            if (isByKey) WriteMeta(json, limit, found.Next);
            else new NumberedPage(call, number, limit, total).Write(json, found.Items.Count);
            json.WriteEndObject();
        });
    }

    private static string? ReadSearch(ApiCall call)
    {
        var search = call.Query("search");
        if (search?.Length > MaxSearchLength) call.Errors.Add("search", $"It has {search.Length} characters. Use {MaxSearchLength} at most.");
        return search;
    }

    private static bool ReadInclude(ApiCall call)
    {
        if (call.Query("include") is not { } include) return false;
        if (include != "health") call.Errors.Add("include", "There is only 'health' to include.");
        return true;
    }

    private static void WriteHealth(Utf8JsonWriter json, WebhookSubscription webhook, Dictionary<string, DeliveryTotals>? health)
    {
        if (health is not null) HealthJson.Write(json, webhook, health.GetValueOrDefault(webhook.Id));
    }

    private static void WriteMeta(Utf8JsonWriter json, int limit, string? next)
    {
        json.WriteStartObject("meta");
        json.WriteNumber("per_page", limit);
        json.WriteString("next_cursor", next);
        json.WriteEndObject();
    }

    private static async Task CreateAsync(ApiCall call)
    {
        var input = new WebhookInput(await call.ReadBodyAsync(), call);
        var wanted = input.ToNew();
        input.ThrowIfFaulty(await call.Subscriptions.CheckAsync(wanted, call.Aborted));
        var created = await call.CreateAsync(wanted, input.IsUnbatched);
        call.Context.Response.Headers.Location = $"{call.Url.TrimEnd('/')}/{created.Id}";
        await AnswerAsync(call, created, showsSecret: true, StatusCodes.Status201Created);
    }

    private static async Task ShowAsync(ApiCall call)
    {
        var showsHealth = ReadInclude(call);
        call.Errors.ThrowIfAny();
        var webhook = await call.FindWebhookAsync();
        await AnswerAsync(call, webhook, showsSecret: false, health: showsHealth ? await HealthJson.ReadAsync(call, [webhook]) : null);
    }

    private static async Task UpdateAsync(ApiCall call)
    {
        var current = await call.FindWebhookAsync();
        call.CheckIfMatch(current);
        var input = new WebhookInput(await call.ReadBodyAsync(), call);
        var wanted = input.Apply(current);
        input.ThrowIfFaulty(await call.Subscriptions.CheckAsync(wanted, call.Aborted));
        var changed = wanted == current ? current : await call.Subscriptions.UpdateAsync(wanted, call.Aborted);
        if (input.IsUnbatched) changed = await call.SwitchOffBatchingAsync(changed);
        if (input.IsEnabled is { } isEnabled && isEnabled != (changed.Status == SubscriptionStatus.Enabled))
        {
            changed = isEnabled
                ? await call.Subscriptions.EnableAsync(changed.Id, call.Aborted)
                : await call.Subscriptions.DisableAsync(changed.Id, reason: null, call.Aborted);
        }

        await AnswerAsync(call, changed, showsSecret: false);
    }

    private static async Task DeleteAsync(ApiCall call)
    {
        var webhook = await call.FindWebhookAsync();
        call.CheckIfMatch(webhook);
        if (!await call.Subscriptions.DeleteAsync(webhook.Id, call.Aborted)) throw ApiException.NotFound("webhook");
        call.Context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private static async Task ChangeAsync(ApiCall call, Func<WebhookSubscription, JsonElement, ValueTask<WebhookSubscription>> change)
    {
        var webhook = await call.FindWebhookAsync();
        call.CheckIfMatch(webhook);
        await AnswerAsync(call, await change(webhook, await call.ReadBodyAsync()), showsSecret: false);
    }

    private static async Task RotateAsync(ApiCall call)
    {
        var webhook = await call.FindWebhookAsync();
        call.CheckIfMatch(webhook);
        var body = new JsonFields(await call.ReadBodyAsync());
        var secret = body.Text("secret");
        var seconds = body.Number("overlap_seconds", 0, (long)TimeSpan.FromDays(365).TotalSeconds);
        body.Errors.ThrowIfAny();
        var rotated = await call.Subscriptions.RotateSecretAsync(webhook.Id, secret, seconds is { } s ? TimeSpan.FromSeconds(s) : null, call.Aborted);
        await AnswerAsync(call, rotated, showsSecret: true);
    }

    private static async Task TestAsync(ApiCall call)
    {
        var webhook = await call.FindWebhookAsync();
        var sample = ReadSample(call, await call.ReadBodyAsync());
        var test = await call.Subscriptions.TestAsync(webhook.Id, sample, call.Aborted);
        await JsonAnswer.OkAsync(call, json => json.WriteData(data => DeliveryJson.Write(data, test.Attempt, more => RequestJson.WriteExchange(more, test))));
    }

    private static async Task RecoverAsync(ApiCall call)
    {
        var webhook = await call.FindWebhookAsync();
        var body = new JsonFields(await call.ReadBodyAsync());
        var since = body.Time("since");
        if (since is null && body.Errors.IsEmpty) body.Errors.Add("since", $"The since field is required. {ApiTime.Help}");
        body.Errors.ThrowIfAny();
        var recovered = await call.Deliveries.RecoverAsync(webhook.Id, since!.Value, call.Aborted);
        await JsonAnswer.OkAsync(call, json => json.WriteData(data =>
        {
            data.WriteStartObject();
            data.WriteNumber("recovered", recovered);
            data.WriteEndObject();
        }));
    }

    private static string? ReadReason(JsonElement body)
    {
        var fields = new JsonFields(body);
        var reason = fields.Text("reason");
        fields.Errors.ThrowIfAny();
        return reason;
    }

    /// <summary>The event that is to be sent as a test: of a type of the catalogue, with data of the caller's or a few words.</summary>
    private static WebhookEvent? ReadSample(ApiCall call, JsonElement body)
    {
        var fields = new JsonFields(body);
        var type = fields.Text("event");
        var data = fields.Json("data");
        if (type is null && data is not null) fields.Errors.Add("event", "The event field is required where data is given: it names the event type.");
        fields.Errors.ThrowIfAny();
        if (type is null) return null;
        var now = call.Now;
        return new WebhookEvent
        {
            Id = $"test_{Guid.CreateVersion7(now):N}",
            Type = type,
            TenantId = call.TenantId,
            OccurredAt = now,
            Data = data is { } given ? JsonMarshal.GetRawUtf8Value(given).ToArray() : "{}"u8.ToArray(),
        };
    }

    private static Task AnswerAsync(
        ApiCall call, WebhookSubscription webhook, bool showsSecret, int status = StatusCodes.Status200OK, Dictionary<string, DeliveryTotals>? health = null)
    {
        call.Context.Response.Headers.ETag = ETag.Of(webhook);
        return JsonAnswer.OkAsync(call, json => json.WriteData(data => WebhookJson.Write(data, call, webhook, showsSecret, more => WriteHealth(more, webhook, health))), status);
    }
}
