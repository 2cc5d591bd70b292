using System.Text;
using System.Text.Unicode;

namespace WebhookKit.Formats.CloudEvents;

/// <summary>An event as one JSON object (CloudEvents 1.0, JSON Event Format).</summary>
internal static class StructuredMode
{
    public static void Write(JsonBody body, WebhookEvent webhookEvent, string source)
    {
        var isFirst = true;
        foreach (var (name, value) in CloudEventAttributes.Of(webhookEvent, source))
        {
            body.Raw(isFirst ? "{"u8 : ","u8).Text(name).Raw(":"u8).Text(value);
            isFirst = false;
        }

        if (!webhookEvent.Data.IsEmpty) WriteData(body, webhookEvent);
        body.Raw("}"u8);
    }

    public static WebhookEvent? Read(ReadOnlyMemory<byte> json)
    {
        if (!JsonSlices.TryReadObject(json, out var members)) return null;
        var attributes = members.Keys
            .Where(name => name is not ("data" or "data_base64"))
            .Select(name => KeyValuePair.Create(name, members.GetText(name)))
            .Where(a => a.Value is not null)
            .ToDictionary(a => a.Key, a => a.Value!, StringComparer.Ordinal);
        var contentType = attributes.GetValueOrDefault("datacontenttype") ?? WebhookEvent.JsonContentType;
        return TryReadData(members, contentType, out var data) ? CloudEventAttributes.Read(attributes, contentType, data) : null;
    }

    private static void WriteData(JsonBody body, WebhookEvent webhookEvent)
    {
        var data = webhookEvent.Data.Span;
        body.Raw(",\"datacontenttype\":"u8).Text(webhookEvent.ContentType);
        if (EventEnvelope.IsJson(webhookEvent.ContentType))
            body.Raw(",\"data\":"u8).Raw(data);
        else if (Utf8.IsValid(data))
            body.Raw(",\"data\":"u8).Text(Encoding.UTF8.GetString(data));
        else
            body.Raw(",\"data_base64\":"u8).Text(Convert.ToBase64String(data));
    }

    private static bool TryReadData(IReadOnlyDictionary<string, ReadOnlyMemory<byte>> members, string contentType, out ReadOnlyMemory<byte> data)
    {
        data = default;
        if (members.ContainsKey("data_base64"))
        {
            if (members.GetText("data_base64") is not { } text) return false;
            var bytes = new byte[text.Length / 4 * 3 + 3];
            if (!Convert.TryFromBase64String(text, bytes, out var length)) return false;
            data = bytes.AsMemory(0, length);
            return true;
        }

        if (members.TryGetValue("data", out data) && !EventEnvelope.IsJson(contentType) && members.GetText("data") is { } plain) data = Encoding.UTF8.GetBytes(plain);
        return true;
    }
}
