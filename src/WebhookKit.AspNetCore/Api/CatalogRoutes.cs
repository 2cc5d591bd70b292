namespace WebhookKit.AspNetCore.Api;

/// <summary>What webhooks can choose from.</summary>
internal static class CatalogRoutes
{
    public static void Map(ApiRoutes api)
    {
        api.Get("/event-types", ListEventTypesAsync);
        api.Get("/profiles", ListProfilesAsync);
    }

    private static Task ListEventTypesAsync(ApiCall call) => JsonAnswer.OkAsync(call, json => json.WriteData(data =>
    {
        data.WriteStartArray();
        foreach (var type in call.Catalog.EventTypes)
        {
            data.WriteStartObject();
            data.WriteString("name", type.Name);
            data.WriteString("description", type.Description);
            data.WriteBoolean("batching_required", type.BatchingRequired);
            data.WriteEndObject();
        }

        data.WriteEndArray();
    }));

    private static Task ListProfilesAsync(ApiCall call) => JsonAnswer.OkAsync(call, json => json.WriteData(data =>
    {
        data.WriteStartArray();
        foreach (var profile in call.Catalog.Profiles.Where(p => call.Options.Profiles?.Contains(p.Name) != false))
        {
            data.WriteStartObject();
            data.WriteString("name", profile.Name);
            data.WriteBoolean("default", profile.Name == call.Catalog.DefaultProfile);
            data.WriteBoolean("signs", profile.Signer is not null);
            data.WriteEndObject();
        }

        data.WriteEndArray();
    }));
}
