using Microsoft.AspNetCore.Http;

namespace WebhookKit.AspNetCore.Api;

/// <summary>Where webhooks can be copied to, and the copying.</summary>
internal static class ScopeRoutes
{
    public static void Map(ApiRoutes api)
    {
        api.Get("/scopes", ListAsync);
        api.Post("/{id}/copy", CopyAsync);
    }

    private static async Task ListAsync(ApiCall call)
    {
        var scopes = await FindAllAsync(call);
        await JsonAnswer.OkAsync(call, json => json.WriteData(data =>
        {
            data.WriteStartArray();
            foreach (var scope in scopes)
            {
                data.WriteStartObject();
                data.WriteString("id", scope.Id);
                data.WriteString("name", scope.Name);
                data.WriteEndObject();
            }

            data.WriteEndArray();
        }));
    }

    private static async Task CopyAsync(ApiCall call)
    {
        var webhook = await call.FindWebhookAsync();
        var body = new JsonFields(await call.ReadBodyAsync());
        var id = body.Text("scope");
        var name = body.Text("name");
        if (id is null && body.Json("scope") is null) body.Errors.Add("scope", "The scope field is required: one of those that GET /scopes lists.");
        var scope = id is null ? null : (await FindAllAsync(call)).FirstOrDefault(s => s.Id == id);
        if (id is not null && scope is null) body.Errors.Add("scope", "There is no such scope. Use one of those that GET /scopes lists.");

        var makesSecret = call.Catalog.Profiles.FirstOrDefault(p => p.Name == webhook.Profile)?.Signer is { SecretUse: SecretUse.Required };
        var copy = CopyOf(webhook, scope?.Id ?? call.TenantId, body.Has("name") ? name : webhook.Name, makesSecret);
        body.Errors.AddOthers(await call.Subscriptions.CheckAsync(copy, call.Aborted));
        body.Errors.ThrowIfAny();
        var created = await call.CreateAsync(copy, isUnbatched: webhook.Batching is null);
        call.Context.Response.Headers.ETag = ETag.Of(created);
        await JsonAnswer.OkAsync(call, json => json.WriteData(data => WebhookJson.Write(data, call, created, showsSecret: makesSecret)), StatusCodes.Status201Created);
    }

    /// <summary>A secret that cannot be made is a password or a key that the endpoint knows: the copy has it too, and does not show it.</summary>
    private static NewWebhookSubscription CopyOf(WebhookSubscription webhook, string? tenantId, string? name, bool makesSecret) => new()
    {
        TenantId = tenantId,
        Name = name,
        Url = webhook.Url,
        EventTypes = webhook.EventTypes,
        Filter = webhook.Filter,
        Profile = webhook.Profile,
        Settings = webhook.Settings,
        Headers = webhook.Headers,
        Secret = makesSecret || webhook.Secrets.Count == 0 ? null : webhook.Secrets[0].Value,
        HttpClient = webhook.HttpClient,
        Batching = webhook.Batching,
        Order = webhook.Order,
        MaxConcurrency = webhook.MaxConcurrency,
        RateLimit = webhook.RateLimit,
        Status = webhook.Status,
    };

    private static async ValueTask<IReadOnlyList<WebhookScope>> FindAllAsync(ApiCall call) =>
        call.Options.ListScopes is { } list ? await list(call.Context) : [];
}
