using NUnit.Framework;

namespace WebhookKit.Tests.Profiles;

/// <summary>What docs/profiles.md says of each profile beside its requests and retry times.</summary>
public sealed class ProfileValuesTests
{
    private static IEnumerable<TestCaseData> Profiles()
    {
        yield return Row("StandardWebhooks", Seconds(15), jitter: 0.1, failingDays: 5, onGone: true, honors: true);
        yield return Row("Svix", Seconds(15), jitter: 0, failingDays: 5, onGone: true, honors: true);
        yield return Row("MailerLite", Seconds(3));
        yield return Row("MailerLiteClassic", null, failingDays: 3, onGone: true);
        yield return Row("Mailjet", null, onExhausted: true);
        yield return Row("MailUp", null);
        yield return Row("Stripe", null);
        yield return Row("GitHub", Seconds(10));
        yield return Row("Slack", Seconds(3));
        yield return Row("Shopify", Seconds(5));
        yield return Row("CloudEvents", Seconds(15), jitter: 0.1, failingDays: 5, onGone: true, honors: true);
        yield return Row("Raw", Seconds(15), jitter: 0.1, failingDays: 5, onGone: true, honors: true);

        static TestCaseData Row(string name, TimeSpan? timeout, double jitter = 0, int? failingDays = null, bool onGone = false, bool onExhausted = false, bool honors = false) =>
            new TestCaseData(name, timeout, jitter, new DisableRule { FailingFor = failingDays is { } days ? TimeSpan.FromDays(days) : null, OnGone = onGone, OnExhausted = onExhausted }, honors)
                .SetArgDisplayNames(name);
    }

    [TestCaseSource(nameof(Profiles))]
    public void Profile_Values_AreAsTheDocsSay(string name, TimeSpan? timeout, double jitter, DisableRule disable, bool honorsRetryAfter)
    {
        var profile = WebhookProfiles.All.Single(p => p.Name == name);
        Assert.Multiple(() =>
        {
            Assert.That(profile.Timeout, Is.EqualTo(timeout));
            Assert.That(profile.Retry.Jitter, Is.EqualTo(jitter));
            Assert.That(profile.Disable, Is.EqualTo(disable));
            Assert.That(profile.HonorRetryAfter, Is.EqualTo(honorsRetryAfter));
        });
    }

    private static TimeSpan? Seconds(int seconds) => TimeSpan.FromSeconds(seconds);
}
