using WebhookKit;

namespace QuickStart;

/// <summary>Standard Webhooks with a retry schedule of seconds instead of days, so that the sample ends soon.</summary>
internal static class QuickStartProfile
{
    public static WebhookProfile Value { get; } = WebhookProfiles.StandardWebhooks with
    {
        Name = "quickstart",
        Retry = new RetrySchedule(TimeSpan.FromMilliseconds(200), TimeSpan.FromMilliseconds(500), TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2)) { Jitter = 0.1 },
    };
}
