using System.Text.Json;

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
            data.WriteString("description", profile.Description);
            data.WriteBoolean("signs", profile.Signer is not null);
            WriteSettings(data, profile.Format.Settings);
            data.WriteEndObject();
        }

        data.WriteEndArray();
    }));

    private static void WriteSettings(Utf8JsonWriter json, IReadOnlyList<ProfileSetting> settings)
    {
        json.WriteStartArray("settings");
        foreach (var setting in settings)
        {
            json.WriteStartObject();
            json.WriteString("name", setting.Name);
            json.WriteString("label", setting.Label);
            json.WriteString("description", setting.Description);
            json.WriteString("type", SnakeCase.Of(setting.Type));
            WriteChoices(json, setting);
            json.WriteBoolean("required", setting.IsRequired);
            json.WriteString("default", setting.Default);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteChoices(Utf8JsonWriter json, ProfileSetting setting)
    {
        if (setting.Type != ProfileSettingType.Choice)
        {
            json.WriteNull("choices");
            return;
        }

        json.WriteStartArray("choices");
        foreach (var choice in setting.Choices)
        {
            json.WriteStartObject();
            json.WriteString("value", choice.Value);
            json.WriteString("label", choice.Label);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
