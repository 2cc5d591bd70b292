using System.Globalization;

namespace WebhookKit.AspNetCore.Api;

/// <summary>The mark of one version of a webhook (RFC 9110, section 8.8.3).</summary>
internal static class ETag
{
    public static string Of(WebhookSubscription subscription) => string.Create(CultureInfo.InvariantCulture, $"\"{subscription.Version}\"");
}
