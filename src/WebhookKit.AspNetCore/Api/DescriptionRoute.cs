using System.Text.Json.Nodes;

namespace WebhookKit.AspNetCore.Api;

/// <summary>Describes the API in OpenAPI 3.1, with the address under which the host has mapped it.</summary>
internal static class DescriptionRoute
{
    private const string Resource = "WebhookKit.AspNetCore.Api.openapi.json";
    private const string Path = "/openapi.json";

    public static void Map(ApiRoutes api) => api.Get(Path, ShowAsync);

    private static Task ShowAsync(ApiCall call) => JsonAnswer.OkAsync(call, json =>
    {
        using var stream = typeof(DescriptionRoute).Assembly.GetManifestResourceStream(Resource)!;
        var description = JsonNode.Parse(stream)!.AsObject();
        description.Insert(2, "servers", new JsonArray(new JsonObject { ["url"] = call.Url[..^Path.Length] }));
        description.WriteTo(json);
    });
}
