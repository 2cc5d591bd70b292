using System.Globalization;
using System.Text.Json;

namespace WebhookKit.Formats;

/// <summary>Times in ISO 8601 and UTC, with six digits: stores keep no more, and a retry must send the same bytes as the first attempt.</summary>
internal static class IsoTime
{
    // RFC 3339, with a fraction or without.
    private static readonly string[] Forms = ["yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", "yyyy-MM-dd'T'HH:mm:ssK"];

    public static string Format(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);

    /// <summary>Reads what a sender wrote; <see langword="default"/> when it is no time.</summary>
    public static DateTimeOffset Parse(string? text) =>
        DateTimeOffset.TryParseExact(text, Forms, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : default;

    /// <summary>Reads a time that is a JSON string.</summary>
    public static DateTimeOffset ParseJson(ReadOnlySpan<byte> json)
    {
        // In UTC with seconds, as nearly all are: the reader does that without a text.
        var reader = new Utf8JsonReader(json);
        return json.Length > "\"2022-11-03T20:26:10Z".Length && json[^2] == 'Z' && reader.Read() && reader.TokenType == JsonTokenType.String && reader.TryGetDateTimeOffset(out var time)
            ? time
            : Parse(JsonSlices.GetText(json));
    }
}
