using System.Buffers;
using System.Text.Json;

namespace WebhookKit.AspNetCore.Inspecting;

/// <summary>What the page is told. Secrets never are.</summary>
internal static class InspectorJson
{
    public static ReadOnlyMemory<byte> Of(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer)) write(json);
        return buffer.WrittenMemory;
    }

    public static void Write(Utf8JsonWriter json, CapturedRequest request)
    {
        json.WriteStartObject();
        json.WriteNumber("number", request.Number);
        json.WriteString("at", request.At);
        json.WriteString("method", request.Method);
        json.WriteString("path", request.Path);
        json.WriteNumber("answer", request.Answer);
        json.WriteStartArray("headers");
        foreach (var (name, value) in request.Headers)
        {
            json.WriteStartArray();
            json.WriteStringValue(name);
            json.WriteStringValue(value);
            json.WriteEndArray();
        }

        json.WriteEndArray();
        var (kind, text) = BodyText.Show(request.Body);
        json.WriteString("body_kind", kind);
        json.WriteString("body", text);
        json.WriteNumber("body_length", request.BodyLength);
        json.WriteBoolean("body_cut", request.BodyLength > request.Body.Length);
        Write(json, request.Inspection);
        json.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter json, BinSettings settings, IEnumerable<string> profiles)
    {
        json.WriteStartObject();
        json.WriteNumber("status", settings.Status);
        json.WriteNumber("delay_ms", settings.DelayMilliseconds);
        json.WriteString("profile", settings.Profile?.Name);
        json.WriteBoolean("has_secret", settings.Secrets.Count > 0);
        json.WriteStartArray("profiles");
        foreach (var profile in profiles) json.WriteStringValue(profile);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, Inspection inspection)
    {
        json.WriteStartObject("verification");
        json.WriteString("status", inspection.Status);
        json.WriteString("profile", inspection.Profile);
        json.WriteString("message", inspection.Message);
        json.WriteString("message_id", inspection.MessageId);
        json.WriteStartArray("events");
        foreach (var webhookEvent in inspection.Events.Take(100))
        {
            json.WriteStartObject();
            json.WriteString("id", webhookEvent.Id);
            json.WriteString("type", webhookEvent.Type);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}
