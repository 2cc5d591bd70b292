using System.Globalization;
using System.Text;

namespace WebhookKit.Formats.CloudEvents;

/// <summary>An event's data as it is, with its attributes in <c>ce-</c> headers (CloudEvents 1.0, HTTP Protocol Binding, section 3.1).</summary>
internal static class BinaryMode
{
    private const string Prefix = "ce-";

    public static WebhookContent Format(WebhookEvent webhookEvent, string source, Uri url)
    {
        var headers = new WebhookHeaders();
        foreach (var (name, value) in CloudEventAttributes.Of(webhookEvent, source)) headers.Add(Prefix + name, Encode(value));
        return new WebhookContent { Uri = url, ContentType = EventData.MediaType(webhookEvent), Body = webhookEvent.Data, Headers = headers };
    }

    public static WebhookReading Read(in VerificationContext context, string contentType)
    {
        var attributes = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in context.Headers)
        {
            // Judged in lower case: HTTP/1.1 leaves the case open.
            if (name is null || value is null) continue;
            if (name.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase) && !attributes.TryAdd(name[Prefix.Length..].ToLowerInvariant(), Decode(value)))
                return WebhookReading.Malformed("A 'ce-' header is there more than once.");
        }

        return CloudEventAttributes.Read(attributes, contentType.Length > 0 ? contentType : WebhookEvent.JsonContentType, context.Body) is { } webhookEvent
            ? WebhookReading.Of(webhookEvent)
            : WebhookReading.Malformed("The request is no CloudEvent: it has neither a content type of CloudEvents nor the headers ce-specversion, ce-id, ce-source and ce-type.");
    }

    /// <summary>Percent-encodes what section 3.1.3.2 names: all but visible ASCII, and the double quote and the percent sign.</summary>
    private static string Encode(string value)
    {
        var encoded = new StringBuilder(value.Length);
        Span<byte> bytes = stackalloc byte[4];
        foreach (var rune in value.EnumerateRunes())
        {
            if (rune.Value is > ' ' and <= '~' and not ('"' or '%'))
            {
                encoded.Append((char)rune.Value);
                continue;
            }

            foreach (var b in bytes[..rune.EncodeToUtf8(bytes)]) encoded.Append(CultureInfo.InvariantCulture, $"%{b:X2}");
        }

        return encoded.ToString();
    }

    private static string Decode(string value) => Uri.UnescapeDataString(value);
}
