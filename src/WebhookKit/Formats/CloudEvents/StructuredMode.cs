using System.Globalization;
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
            .Select(name => KeyValuePair.Create(name, members.GetText(name) ?? (CloudEventAttributes.IsText(name) ? null : Canonical(members[name].Span))))
            .Where(a => a.Value is not null)
            .ToDictionary(a => a.Key, a => a.Value!, StringComparer.Ordinal);
        var contentType = attributes.GetValueOrDefault("datacontenttype") ?? WebhookEvent.JsonContentType;
        return TryReadData(members, contentType, out var data) ? CloudEventAttributes.Read(attributes, contentType, data) : null;
    }

    private static void WriteData(JsonBody body, WebhookEvent webhookEvent)
    {
        var data = webhookEvent.Data.Span;
        body.Raw(",\"datacontenttype\":"u8).Text(EventData.MediaType(webhookEvent));
        if (EventEnvelope.IsJson(webhookEvent.ContentType))
            body.Raw(",\"data\":"u8).Raw(data);
        else if (Utf8.IsValid(data))
            body.Raw(",\"data\":"u8).Text(Encoding.UTF8.GetString(data));
        else
            body.Raw(",\"data_base64\":"u8).Text(Convert.ToBase64String(data));
    }

    /// <summary>An integer or a Boolean as text (CloudEvents 1.0, "Type System"); <see langword="null"/> for what no attribute can be.</summary>
    private static string? Canonical(ReadOnlySpan<byte> json) =>
        json.SequenceEqual("true"u8) || json.SequenceEqual("false"u8) || int.TryParse(json, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _)
            ? Encoding.ASCII.GetString(json)
            : null;

    private static bool TryReadData(IReadOnlyDictionary<string, ReadOnlyMemory<byte>> members, string contentType, out ReadOnlyMemory<byte> data)
    {
        data = default;
        if (members.ContainsKey("data") && members.ContainsKey("data_base64")) return false;
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
