using System.Globalization;
using System.Text;
using System.Text.Unicode;

namespace WebhookKit.Formats.CloudEvents;

/// <summary>An event's data as it is, with its attributes in <c>ce-</c> headers (CloudEvents 1.0, HTTP Protocol Binding, section 3.1).</summary>
internal static class BinaryMode
{
    private const string Prefix = "ce-";

    /// <summary>What servers take without a setting of their own.</summary>
    private const int MaxHeadersLength = 16 * 1024;

    public static WebhookContent Format(WebhookEvent webhookEvent, string source, Uri url)
    {
        var headers = new WebhookHeaders();
        foreach (var (name, value) in CloudEventAttributes.Of(webhookEvent, source)) headers.Add(Prefix + name, Encode(value));
        var length = headers.Sum(h => h.Key.Length + h.Value.Length);
        if (length > MaxHeadersLength)
            throw new UnsendableEventException($"The attributes of event '{webhookEvent.Id}' make {length} characters of headers; {MaxHeadersLength} are the most. Use fewer or shorter ones, or the structured mode.");
        return new WebhookContent { Uri = url, ContentType = EventData.MediaType(webhookEvent), Body = webhookEvent.Data, Headers = headers };
    }

    public static WebhookReading Read(in VerificationContext context, string contentType)
    {
        var attributes = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in context.Headers)
        {
            // Judged in lower case: HTTP/1.1 leaves the case open.
            if (name is null || value is null) continue;
            if (!name.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase)) continue;
            if (Decode(value) is not { } text) return WebhookReading.Malformed("A 'ce-' header is not UTF-8 once its percent-encoding is undone.");
            if (!attributes.TryAdd(name[Prefix.Length..].ToLowerInvariant(), text)) return WebhookReading.Malformed("A 'ce-' header is there more than once.");
        }

        if (context.MessageId is { } proved) attributes["id"] = proved;
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

    /// <summary>
    /// Undoes quotes with their back slashes, then percent-encoding; <see langword="null"/> when that is no UTF-8 (section 3.1.3.2).
    /// </summary>
    private static string? Decode(string value)
    {
        if (value.Length > 1 && value[0] == '"' && value[^1] == '"') value = Unquote(value[1..^1]);
        var bytes = new byte[Encoding.UTF8.GetMaxByteCount(value.Length)];
        var length = 0;
        for (var i = 0; i < value.Length; i++)
        {
            if (value[i] == '%' && i + 2 < value.Length && byte.TryParse(value.AsSpan(i + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out bytes[length]))
            {
                length++;
                i += 2;
            }
            else
            {
                length += Encoding.UTF8.GetBytes(value.AsSpan(i, 1), bytes.AsSpan(length));
            }
        }

        return Utf8.IsValid(bytes.AsSpan(0, length)) ? Encoding.UTF8.GetString(bytes, 0, length) : null;
    }

    private static string Unquote(string quoted)
    {
        var text = new StringBuilder(quoted.Length);
        for (var i = 0; i < quoted.Length; i++)
        {
            if (quoted[i] == '\\' && i + 1 < quoted.Length) i++;
            text.Append(quoted[i]);
        }

        return text.ToString();
    }
}
