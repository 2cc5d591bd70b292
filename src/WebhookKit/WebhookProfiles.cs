using WebhookKit.Formats;
using WebhookKit.Signing;

namespace WebhookKit;

/// <summary>The built-in profiles. Each is registered under its name; <c>with { Name = … }</c> makes a new one.</summary>
public static class WebhookProfiles
{
    internal const string StandardWebhooksName = "StandardWebhooks";

    /// <summary>
    /// Standard Webhooks 1.0: <c>webhook-id</c>, <c>webhook-timestamp</c> and <c>webhook-signature</c>; ten attempts over 75 hours;
    /// an endpoint that answers 410, or fails for five days, is disabled.
    /// </summary>
    public static WebhookProfile StandardWebhooks { get; } = new()
    {
        Name = StandardWebhooksName,
        Format = new StandardWebhooksFormat(),
        Signer = new StandardWebhooksSigner(),
        Retry = new RetrySchedule(
            TimeSpan.FromSeconds(5),
            TimeSpan.FromMinutes(5),
            TimeSpan.FromMinutes(30),
            TimeSpan.FromHours(2),
            TimeSpan.FromHours(5),
            TimeSpan.FromHours(10),
            TimeSpan.FromHours(14),
            TimeSpan.FromHours(20),
            TimeSpan.FromHours(24))
        { Jitter = 0.1 },
        Timeout = TimeSpan.FromSeconds(15),
        Disable = new DisableRule { OnGone = true, FailingFor = TimeSpan.FromDays(5) },
    };
}
