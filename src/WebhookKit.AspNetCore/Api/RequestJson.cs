using System.Text.Json;

namespace WebhookKit.AspNetCore.Api;

/// <summary>Requests and their answers.</summary>
internal static class RequestJson
{
    public static void Write(Utf8JsonWriter json, WebhookRequest request)
    {
        json.WriteStartObject();
        json.WriteString("method", request.Method);
        json.WriteString("url", request.Url);
        WriteHeaders(json, request.Headers);
        json.WriteString("body", request.Body);
        json.WriteEndObject();
    }

    /// <summary>The request of a test event, and what came back.</summary>
    public static void WriteExchange(Utf8JsonWriter json, WebhookTestResult test)
    {
        json.WritePropertyName("request");
        Write(json, test.Request);
        if (test.Attempt.StatusCode is not { } status)
        {
            json.WriteNull("response");
            return;
        }

        json.WriteStartObject("response");
        json.WriteNumber("status_code", status);
        WriteHeaders(json, test.ResponseHeaders);
        json.WriteString("body", test.Attempt.ResponseBody);
        json.WriteEndObject();
    }

    private static void WriteHeaders(Utf8JsonWriter json, IReadOnlyDictionary<string, string> headers)
    {
        json.WriteStartObject("headers");
        foreach (var (name, value) in headers.OrderBy(h => h.Key, StringComparer.OrdinalIgnoreCase)) json.WriteString(name, value);
        json.WriteEndObject();
    }
}
