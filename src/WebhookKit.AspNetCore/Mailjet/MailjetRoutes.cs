using System.Globalization;
using Microsoft.AspNetCore.Http;
using WebhookKit.AspNetCore.Api;

namespace WebhookKit.AspNetCore.Mailjet;

/// <summary>Mailjet's <c>eventcallbackurl</c>: list, create, read, change and delete, and send a sample event.</summary>
internal static class MailjetRoutes
{
    private const int MaxPageSize = 1000;

    public static void Map(ApiRoutes api)
    {
        api.Get("/", ListAsync);
        api.Post("/", CreateAsync);
        api.Get("/{id}", async call => await AnswerAsync(call, await FindAsync(call)));
        api.Put("/{id}", UpdateAsync);
        api.Delete("/{id}", DeleteAsync);
        api.Post("/{id}/test", TestAsync);
    }

    private static async Task ListAsync(ApiCall call)
    {
        var limit = call.Query("Limit", 10, 1, MaxPageSize);
        var offset = call.Query("Offset", 0, 0, int.MaxValue);
        call.Errors.ThrowIfAny();
        var all = await ListAllAsync(call);
        await MailjetJson.WriteAsync(call, [.. all.Skip(offset).Take(limit)], all.Count);
    }

    private static async Task CreateAsync(ApiCall call)
    {
        var input = new CallbackUrlInput(await call.ReadBodyAsync());
        var main = (await ListAllAsync(call)).FirstOrDefault(u => !u.IsBackup && u.EventType == input.EventType)?.Webhook;
        if (input.IsBackup)
        {
            if (main is null) input.Refuse("EventType", $"There is no Url for the EventType '{input.EventType}' that this could be the backup of. Create that one first.");
            else if (CallbackUrl.HasBackup(main)) input.Refuse("EventType", $"There is a backup Url for the EventType '{input.EventType}' already.");
            else input.Refuse(await call.Subscriptions.CheckAsync(input.Apply(new CallbackUrl(main, IsBackup: true)), call.Aborted));
            input.ThrowIfFaulty(requiresUrl: true);
            await AnswerAsync(call, await StoreAsync(call, new CallbackUrl(main!, IsBackup: true), input), StatusCodes.Status201Created);
            return;
        }

        if (main is not null) input.Refuse("EventType", $"There is a Url for the EventType '{input.EventType}' already.");
        var wanted = input.ToNew(call.TenantId);
        input.Refuse(await call.Subscriptions.CheckAsync(wanted, call.Aborted));
        input.ThrowIfFaulty(requiresUrl: true);
        var created = await call.Subscriptions.CreateAsync(wanted, call.Aborted);
        await AnswerAsync(call, new CallbackUrl(created, IsBackup: false), StatusCodes.Status201Created);
    }

    private static async Task UpdateAsync(ApiCall call)
    {
        var current = await FindAsync(call);
        var input = new CallbackUrlInput(await call.ReadBodyAsync());
        if (input.IsBackupSaid && input.IsBackup != current.IsBackup) input.Refuse("IsBackup", "IsBackup cannot be changed. Delete this Url and create the other one.");
        input.Refuse(await call.Subscriptions.CheckAsync(input.Apply(current), call.Aborted));
        input.ThrowIfFaulty(requiresUrl: false);
        await AnswerAsync(call, await StoreAsync(call, current, input));
    }

    private static async Task DeleteAsync(ApiCall call)
    {
        var current = await FindAsync(call);
        if (current.IsBackup) await call.Subscriptions.UpdateAsync(CallbackUrlInput.WithoutBackup(current.Webhook), call.Aborted);
        else await call.Subscriptions.DeleteAsync(current.Webhook.Id, call.Aborted);
        call.Context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private static async Task TestAsync(ApiCall call)
    {
        var current = await FindAsync(call);
        var attempt = await call.Subscriptions.SendTestEventAsync(current.Webhook.Id, sample: null, call.Aborted);
        await JsonAnswer.OkAsync(call, json =>
        {
            json.WriteStartObject();
            json.WriteNumber("Count", 1);
            json.WriteStartArray("Data");
            DeliveryJson.Write(json, attempt);
            json.WriteEndArray();
            json.WriteNumber("Total", 1);
            json.WriteEndObject();
        });
    }

    private static async Task<CallbackUrl> StoreAsync(ApiCall call, CallbackUrl current, CallbackUrlInput input)
    {
        var webhook = await call.Subscriptions.UpdateAsync(input.Apply(current), call.Aborted);

        // A new URL brings a suspended one back.
        var isAlive = input.IsAlive ?? (input.HasUrl && !current.IsBackup ? true : current.IsAlive);
        if (isAlive && webhook.Status == SubscriptionStatus.Disabled) webhook = await call.Subscriptions.EnableAsync(webhook.Id, call.Aborted);
        else if (!isAlive && webhook.Status != SubscriptionStatus.Disabled) webhook = await call.Subscriptions.DisableAsync(webhook.Id, reason: null, call.Aborted);
        return current with { Webhook = webhook };
    }

    private static async Task<CallbackUrl> FindAsync(ApiCall call)
    {
        if (!long.TryParse(call.Route("id"), NumberStyles.None, CultureInfo.InvariantCulture, out var id)) throw ApiException.NotFound("Eventcallbackurl");
        foreach (var number in new[] { id, id - 1 })
        {
            var found = await call.Subscriptions.GetAsync(number.ToString(CultureInfo.InvariantCulture), call.Aborted);
            if (found is null || found.TenantId != call.TenantId) continue;
            if (CallbackUrl.Of(found).FirstOrDefault(u => u.Id == id) is { } url) return url;
        }

        throw ApiException.NotFound("Eventcallbackurl");
    }

    /// <summary>All of the tenant's: a few for each event type at most.</summary>
    private static async Task<List<CallbackUrl>> ListAllAsync(ApiCall call)
    {
        List<CallbackUrl> all = [];
        for (string? after = null; ;)
        {
            var page = await call.Subscriptions.ListAsync(new SubscriptionQuery { TenantId = call.TenantId, After = after, Limit = MaxPageSize }, call.Aborted);
            all.AddRange(page.Items.SelectMany(CallbackUrl.Of));
            if (page.Next is null) return all;
            after = page.Next;
        }
    }

    private static Task AnswerAsync(ApiCall call, CallbackUrl url, int status = StatusCodes.Status200OK) => MailjetJson.WriteAsync(call, [url], total: 1, status);
}
