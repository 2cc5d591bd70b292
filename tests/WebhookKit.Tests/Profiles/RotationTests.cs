using NUnit.Framework;
using WebhookKit.Testing;
using WebhookKit.Tests.Rules;

namespace WebhookKit.Tests.Profiles;

/// <summary>While a secret is rotated, a receiver that knows either gets each event, under every profile that signs.</summary>
public sealed class RotationTests
{
    private static IEnumerable<TestCaseData> OneSignature =>
        new[] { WebhookProfiles.MailerLite, WebhookProfiles.MailerLiteClassic, WebhookProfiles.Slack, WebhookProfiles.Shopify }.ToCases();

    private static IEnumerable<TestCaseData> ManySignatures => new[] { WebhookProfiles.StandardWebhooks, WebhookProfiles.Svix, WebhookProfiles.Stripe }.ToCases();

    [TestCaseSource(nameof(OneSignature))]
    public async Task RotateSecretAsync_HeaderOfOneSignature_AttemptsTakeTurnsNewestFirst(WebhookProfile profile)
    {
        await using var harness = await Engine.StartAsync(profile);
        var (old, current) = await RotateAsync(harness);
        harness.Receiver.Reply(500);
        await harness.PublishAsync();

        await harness.AdvanceAsync(TimeSpan.FromHours(3));

        Assert.That(harness.Requests, Has.Count.GreaterThanOrEqualTo(4));
        Assert.That(harness.Requests.Select(r => (Holds(profile, r, current), Holds(profile, r, old))), Is.EqualTo(harness.Requests.Select((_, i) => (i % 2 == 0, i % 2 == 1))));
    }

    [TestCaseSource(nameof(ManySignatures))]
    public async Task RotateSecretAsync_HeaderOfMany_EachAttemptHoldsForBoth(WebhookProfile profile)
    {
        await using var harness = await Engine.StartAsync(profile);
        var (old, current) = await RotateAsync(harness);
        await harness.PublishAsync();

        await harness.DrainAsync();

        Assert.That(Holds(profile, harness.Requests.Single(), current) && Holds(profile, harness.Requests.Single(), old));
    }

    [TestCaseSource(nameof(OneSignature))]
    [TestCaseSource(nameof(ManySignatures))]
    public async Task RotateSecretAsync_OverlapIsOver_OnlyTheNewOneSigns(WebhookProfile profile)
    {
        await using var harness = await Engine.StartAsync(profile);
        var (old, current) = await RotateAsync(harness);
        await harness.AdvanceAsync(TimeSpan.FromHours(24));
        harness.Receiver.Reply(500);
        await harness.PublishAsync();

        await harness.AdvanceAsync(TimeSpan.FromHours(3));

        Assert.That(harness.Requests.Select(r => (Holds(profile, r, current), Holds(profile, r, old))), Is.All.EqualTo((true, false)));
    }

    private static async Task<(string Old, string Current)> RotateAsync(WebhookTestHarness harness)
    {
        var before = await harness.SubscribeAsync();
        var after = await harness.Subscriptions.RotateSecretAsync(before.Id);
        return (before.Secrets.Single().Value, after.Secrets[0].Value);
    }

    private static bool Holds(WebhookProfile profile, ReceivedRequest request, string secret) =>
        new WebhookVerifier(profile, [secret], new ManualTimeProvider(request.ReceivedAt)).Verify(request.Headers, request.Body).IsValid;

    [TestCase("MailUp")]
    [TestCase("Mailjet")]
    public async Task RotateSecretAsync_ProfileNeedsNone_AsksForTheNewOne(string profile)
    {
        await using var harness = await Engine.StartAsync();
        var subscription = await harness.SubscribeAsync(s => s with { Profile = profile });
        Assert.That(
            async () => await harness.Subscriptions.RotateSecretAsync(subscription.Id),
            Throws.TypeOf<WebhookConflictException>().With.Message.Contains($"'{profile}', which needs no secret").And.Message.Contains("Pass the new secret"));
        await harness.Subscriptions.RotateSecretAsync(subscription.Id, "user:password");
        Assert.That((await harness.Subscriptions.GetAsync(subscription.Id))!.Secrets, Has.Count.EqualTo(1));
    }

    [Test]
    public async Task GitHub_WhileRotating_SignsWithTheOldSecretUntilItsOverlapEnds()
    {
        await using var harness = await Engine.StartAsync();
        var subscription = await harness.SubscribeAsync(s => s with { Profile = "GitHub", Secret = "the old one" });
        await harness.Subscriptions.RotateSecretAsync(subscription.Id, "the new one", TimeSpan.FromHours(1));
        await harness.PublishAsync();
        await harness.AdvanceAsync(TimeSpan.FromHours(1));
        await harness.PublishAsync();
        await harness.DrainAsync();
        Assert.That(Knows("the old one", 0) && Knows("the new one", 1), Is.True, "there is no retry that could carry the other");

        bool Knows(string secret, int request) => new WebhookVerifier(WebhookProfiles.GitHub, [secret]).Verify(harness.Requests[request].Headers, harness.Requests[request].Body).IsValid;
    }
}
