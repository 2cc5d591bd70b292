using NUnit.Framework;
using WebhookKit.Testing;
using WebhookKit.Tests.Rules;

namespace WebhookKit.Tests.Profiles;

/// <summary>When each profile tries again, to the second, until it gives up.</summary>
public sealed class RetryTimesTests
{
    private const int Minute = 60;
    private const int Hour = 60 * Minute;

    private static IEnumerable<TestCaseData> Tables =>
    [
        Table(WebhookProfiles.StandardWebhooks, SubscriptionStatus.Enabled, 5, 5 * Minute, 30 * Minute, 2 * Hour, 5 * Hour, 10 * Hour, 14 * Hour, 20 * Hour, 24 * Hour),
        Table(WebhookProfiles.Svix, SubscriptionStatus.Enabled, 5, 5 * Minute, 30 * Minute, 2 * Hour, 5 * Hour, 10 * Hour, 10 * Hour),
        Table(WebhookProfiles.MailerLite, SubscriptionStatus.Enabled, 10, 100, 1000),
        Table(WebhookProfiles.MailerLiteClassic, SubscriptionStatus.Disabled, [.. Enumerable.Repeat(Hour, 72)]),
        Table(WebhookProfiles.Mailjet, SubscriptionStatus.Disabled, [.. Enumerable.Repeat(30, 10), .. Enumerable.Repeat(30 * Minute, 10)]),
        Table(WebhookProfiles.MailUp, SubscriptionStatus.Enabled, [.. Enumerable.Repeat(5 * Minute, 5)]),
        Table(
            WebhookProfiles.Stripe, SubscriptionStatus.Enabled,
            5 * Minute, 25 * Minute, 90 * Minute, 4 * Hour, 8 * Hour, 10 * Hour, 12 * Hour, 12 * Hour, 12 * Hour, 12 * Hour),
        Table(WebhookProfiles.GitHub, SubscriptionStatus.Enabled),
        Table(WebhookProfiles.Slack, SubscriptionStatus.Enabled, 0, Minute, 5 * Minute),
        Table(
            WebhookProfiles.Shopify, SubscriptionStatus.Enabled,
            Minute, 4 * Minute, 10 * Minute, 15 * Minute, 30 * Minute, Hour, Hour, Hour),
        Table(WebhookProfiles.CloudEvents, SubscriptionStatus.Enabled, 5, 5 * Minute, 30 * Minute, 2 * Hour, 5 * Hour, 10 * Hour, 14 * Hour, 20 * Hour, 24 * Hour),
        Table(WebhookProfiles.Raw, SubscriptionStatus.Enabled, 5, 5 * Minute, 30 * Minute, 2 * Hour, 5 * Hour, 10 * Hour, 14 * Hour, 20 * Hour, 24 * Hour),
    ];

    private static IEnumerable<TestCaseData> Timeouts =>
    [
        Timeout(WebhookProfiles.StandardWebhooks, 15),
        Timeout(WebhookProfiles.Svix, 15),
        Timeout(WebhookProfiles.MailerLite, 3),
        Timeout(WebhookProfiles.GitHub, 10),
        Timeout(WebhookProfiles.Slack, 3),
        Timeout(WebhookProfiles.Shopify, 5),
    ];

    [Test]
    public void Tables_AreOfAllProfiles() =>
        Assert.That(Tables.Select(t => ((WebhookProfile)t.Arguments[0]!).Name), Is.EquivalentTo(WebhookProfiles.All.Select(p => p.Name)));

    [TestCaseSource(nameof(Tables))]
    public async Task Failing_ToTheEnd_AttemptsComeWhenTheSystemsDo(WebhookProfile profile, int[] delays, SubscriptionStatus endsAs)
    {
        await using var harness = await Engine.StartAsync(Exact(profile));
        var subscription = await harness.SubscribeAsync(s => s with { Batching = null });
        harness.Receiver.Reply(500);
        await harness.PublishAsync();

        await harness.AdvanceAsync(TimeSpan.FromDays(30));

        var wait = subscription.Batching?.MaxDelay.TotalSeconds ?? 0;
        Assert.That(Seconds(harness), Is.EqualTo(Sums(delays).Select(s => s + wait)));
        Assert.That((await harness.DeliveryAsync()).Status, Is.EqualTo(DeliveryStatus.Exhausted));
        Assert.That((await harness.Subscriptions.GetAsync(subscription.Id))!.Status, Is.EqualTo(endsAs));
    }

    [TestCaseSource(nameof(Tables))]
    public async Task Recovering_AtTheLastAttempt_Succeeds(WebhookProfile profile, int[] delays, SubscriptionStatus endsAs)
    {
        await using var harness = await Engine.StartAsync(Exact(profile));
        var subscription = await harness.SubscribeAsync();
        harness.Receiver.Reply([.. Enumerable.Repeat(500, delays.Length), 200]);
        await harness.PublishAsync();

        // Longer than any schedule, and shorter than what has succeeded is kept.
        await harness.AdvanceAsync(TimeSpan.FromDays(6));

        Assert.That((await harness.DeliveryAsync()).Status, Is.EqualTo(DeliveryStatus.Succeeded));
        Assert.That((await harness.Subscriptions.GetAsync(subscription.Id))!.Status, Is.EqualTo(SubscriptionStatus.Enabled), $"though it would have been {endsAs}");
    }

    [TestCaseSource(nameof(Timeouts))]
    public async Task Timeout_NoAnswer_FailsAfterExactlyThat(WebhookProfile profile, TimeSpan timeout)
    {
        await using var harness = await Engine.StartAsync(Exact(profile));
        await harness.SubscribeAsync();
        harness.Receiver.Default.Hang().Reply(200);
        await harness.PublishAsync();
        await harness.AdvanceAsync(timeout - TimeSpan.FromMilliseconds(1));
        Assert.That((await harness.DeliveryAsync()).AttemptCount, Is.Zero);

        await harness.AdvanceAsync(TimeSpan.FromMilliseconds(1));
        var attempt = (await harness.Deliveries.GetAttemptsAsync((await harness.DeliveryAsync()).Id))[0];
        Assert.That((attempt.Outcome, attempt.Duration), Is.EqualTo((AttemptOutcome.TimedOut, timeout)));
    }

    [Test]
    public async Task MailerLite_TimedOut_WaitsFromTheEndOfTheAttempt()
    {
        await using var harness = await Engine.StartAsync(WebhookProfiles.MailerLite);
        await harness.SubscribeAsync();
        harness.Receiver.Default.Hang().Reply(500, 200);
        await harness.PublishAsync();

        await harness.AdvanceAsync(TimeSpan.FromHours(1));

        Assert.That(Seconds(harness), Is.EqualTo(new[] { 0, 13, 113 }));
    }

    [Test]
    public async Task Slack_Retries_SayWhichTheyAre()
    {
        await using var harness = await Engine.StartAsync(WebhookProfiles.Slack);
        await harness.SubscribeAsync();
        harness.Receiver.Reply(500);
        await harness.PublishAsync();

        await harness.AdvanceAsync(TimeSpan.FromHours(1));

        Assert.That(harness.Requests.Select(r => r.Headers.GetValueOrDefault("X-Slack-Retry-Num")), Is.EqualTo(new[] { null, "1", "2", "3" }));
    }

    [TestCase("Stripe", 72 * Hour)]
    [TestCase("Shopify", 4 * Hour)]
    [TestCase("MailerLiteClassic", 72 * Hour)]
    public void Retry_InAll_TakesWhatTheSystemSays(string name, int seconds) =>
        Assert.That(WebhookProfiles.All.Single(p => p.Name == name).Retry.Delays.Sum(d => d.TotalSeconds), Is.EqualTo(seconds));

    [TestCase("MailerLite")]
    [TestCase("MailerLiteClassic")]
    [TestCase("Mailjet")]
    [TestCase("MailUp")]
    [TestCase("Stripe")]
    [TestCase("Slack")]
    [TestCase("Shopify")]
    public async Task RetryAfter_InTheAnswer_DoesNotChangeTheTimes(string name)
    {
        var profile = WebhookProfiles.All.Single(p => p.Name == name);
        await using var harness = await Engine.StartAsync(profile);
        var subscription = await harness.SubscribeAsync();
        harness.Receiver.Default.Reply(new ScriptedReply(503) { Headers = new Dictionary<string, string> { ["Retry-After"] = "3600" } }).Reply(200);
        await harness.PublishAsync();

        await harness.AdvanceAsync(TimeSpan.FromHours(2));

        var wait = subscription.Batching?.MaxDelay.TotalSeconds ?? 0;
        Assert.That(Seconds(harness), Is.EqualTo(new[] { wait, wait + profile.Retry.Delays[0].TotalSeconds }));
    }

    private static WebhookProfile Exact(WebhookProfile profile) => profile with { Retry = profile.Retry with { Jitter = 0 } };

    private static TestCaseData Table(WebhookProfile profile, SubscriptionStatus endsAs, params int[] delays) =>
        new TestCaseData(profile, delays, endsAs).SetArgDisplayNames(profile.Name);

    private static TestCaseData Timeout(WebhookProfile profile, int seconds) =>
        new TestCaseData(profile, TimeSpan.FromSeconds(seconds)).SetArgDisplayNames(profile.Name);

    private static IEnumerable<double> Sums(int[] delays)
    {
        var sum = 0.0;
        yield return sum;
        foreach (var delay in delays) yield return sum += delay;
    }

    private static IEnumerable<double> Seconds(WebhookTestHarness harness) =>
        harness.Requests.Select(r => (r.ReceivedAt - ManualTimeProvider.DefaultStart).TotalSeconds);
}
