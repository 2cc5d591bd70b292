using System.Globalization;

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
}
