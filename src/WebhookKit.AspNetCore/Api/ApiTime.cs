using System.Globalization;

namespace WebhookKit.AspNetCore.Api;

/// <summary>Times in the API: MailerLite's are UTC without a zone, the others ISO 8601.</summary>
internal static class ApiTime
{
    public const string Help = "Use a time such as 2030-01-31T12:00:00Z.";

    private const string OfMailerLite = "yyyy-MM-dd HH:mm:ss";

    public static string ToMailerLite(DateTimeOffset time) => time.UtcDateTime.ToString(OfMailerLite, CultureInfo.InvariantCulture);

    public static bool TryParse(string text, out DateTimeOffset time) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out time);
}
