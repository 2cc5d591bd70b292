using System.Text.Json;
using System.Text.Unicode;

namespace WebhookKit.Matching;

/// <summary>
/// What filters look at: one event, its data parsed at most once and only when a filter asks for it. A struct, so that matching
/// without filters allocates nothing: pass it by reference, and dispose of it (the parsed data lies in pooled memory).
/// </summary>
internal struct FilterSubject(WebhookEvent webhookEvent) : IDisposable
{
    private JsonDocument? _document;
    private bool _parsed;

    public readonly WebhookEvent Event => webhookEvent;

    /// <summary>Gets the data's root; false when it is not JSON.</summary>
    public bool TryGetData(out JsonElement root)
    {
        if (!_parsed)
        {
            _parsed = true;
            _document = Parse(webhookEvent);
        }

        root = _document?.RootElement ?? default;
        return _document is not null;
    }

    public readonly void Dispose() => _document?.Dispose();

    internal static bool IsJson(string? contentType)
    {
        var mediaType = contentType.AsSpan();
        var parameters = mediaType.IndexOf(';');
        if (parameters >= 0) mediaType = mediaType[..parameters];
        mediaType = mediaType.Trim();
        return mediaType.Equals(WebhookEvent.JsonContentType, StringComparison.OrdinalIgnoreCase)
            || mediaType.EndsWith("+json", StringComparison.OrdinalIgnoreCase);
    }

    private static JsonDocument? Parse(WebhookEvent webhookEvent)
    {
        // The parser looks at text only when it is read, so broken UTF-8 would come to light in the middle of a comparison.
        if (!IsJson(webhookEvent.ContentType) || !Utf8.IsValid(webhookEvent.Data.Span)) return null;
        try
        {
            return JsonDocument.Parse(webhookEvent.Data);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
