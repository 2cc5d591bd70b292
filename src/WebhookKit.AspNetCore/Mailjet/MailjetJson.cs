using System.Text.Json;
using Microsoft.AspNetCore.Http;
using WebhookKit.AspNetCore.Api;

namespace WebhookKit.AspNetCore.Mailjet;

/// <summary>Answers in Mailjet's shapes.</summary>
internal static class MailjetJson
{
    public static Task WriteAsync(ApiCall call, IReadOnlyList<CallbackUrl> urls, int total, int status = StatusCodes.Status200OK) => JsonAnswer.OkAsync(
        call,
        json =>
        {
            json.WriteStartObject();
            json.WriteNumber("Count", urls.Count);
            json.WriteStartArray("Data");
            foreach (var url in urls) Write(json, url);
            json.WriteEndArray();
            json.WriteNumber("Total", total);
            json.WriteEndObject();
        },
        status);

    public static Task WriteErrorAsync(HttpContext context, ApiException problem)
    {
        // Mailjet knows one kind of bad request only.
        var status = problem.Status == StatusCodes.Status422UnprocessableEntity ? StatusCodes.Status400BadRequest : problem.Status;
        return JsonAnswer.WriteAsync(context, status, "application/json", json =>
        {
            json.WriteStartObject();
            json.WriteString("ErrorInfo", "");
            json.WriteString("ErrorMessage", problem.Errors is { Count: > 0 } errors ? string.Join(' ', errors.SelectMany(e => e.Value)) : problem.Message);
            json.WriteNumber("StatusCode", status);
            json.WriteEndObject();
        });
    }

    private static void Write(Utf8JsonWriter json, CallbackUrl url)
    {
        json.WriteStartObject();
        json.WriteNumber("ID", url.Id);
        json.WriteString("EventType", url.EventType);
        json.WriteString("Url", url.Url);
        json.WriteNumber("Version", url.Version);
        json.WriteBoolean("IsBackup", url.IsBackup);
        json.WriteString("Status", url.IsAlive ? "alive" : "dead");
        json.WriteEndObject();
    }
}
