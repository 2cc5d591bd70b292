using System.Security.Cryptography;
using NUnit.Framework;
using WebhookKit.Testing;
using WebhookKit.Tests.Rules;

namespace WebhookKit.Tests.Profiles;

/// <summary>A dialect of the host's own is a built-in profile <c>with { … }</c>, registered and named by a subscription.</summary>
public sealed class OwnProfileTests
{
    [Test]
    public async Task AddProfile_WithChanges_IsSentSignedRetriedAndVerified()
    {
        var acme = WebhookProfiles.MailerLite with
        {
            Name = "Acme",
            Format = WebhookFormats.MailerLite("kind"),
            Signer = WebhookSigners.Hmac("X-Acme", SignatureEncoding.Base64, "sha512=", HashAlgorithmName.SHA512),
            Retry = new RetrySchedule(TimeSpan.FromSeconds(7)),
            Success = new StatusCodeRange(202, 202),
        };
        await using var harness = await Engine.StartAsync(configure: w => w.AddProfile(acme));
        var subscription = await harness.SubscribeAsync(s => s with { Profile = "Acme" });
        harness.Receiver.Reply(200, 202);

        await harness.PublishAsync(5);
        await harness.AdvanceAsync(TimeSpan.FromSeconds(7));

        await harness.AssertDeliveredAsync("a.b", Engine.Url, 1);
        Assert.That(harness.Requests.Select(r => r.BodyText), Is.All.EqualTo("""{"kind":"a.b","number":5}""").And.Exactly(2).Items);
        var received = new WebhookVerifier(acme, [subscription.Secrets.Single().Value], harness.Clock).Receive(harness.Requests[0].Headers, harness.Requests[0].Body);
        Assert.That((received.IsValid, received.Events.Single().Type), Is.EqualTo((true, "a.b")));
    }

    [Test]
    public async Task AddProfile_NameOfABuiltIn_TakesItsPlace()
    {
        await using var harness = await Engine.StartAsync(configure: w => w.AddProfile(WebhookProfiles.GitHub with { Signer = null }));
        await harness.SubscribeAsync(s => s with { Profile = "GitHub" });

        await harness.PublishAsync();
        await harness.DrainAsync();

        Assert.That(harness.Requests.Single().Headers.Keys, Has.None.EqualTo("X-Hub-Signature-256").And.Some.EqualTo("X-GitHub-Event"));
    }

    [Test]
    public async Task All_DuringAMigration_AddsTheNewHeaderWithTheNewSecretAndKeepsTheOld()
    {
        var moving = WebhookProfiles.MailerLite with { Signer = WebhookSigners.Combine(WebhookProfiles.MailerLite.Signer!, WebhookSigners.StandardWebhooks) };
        await using var harness = await Engine.StartAsync(moving);
        var subscription = await harness.SubscribeAsync(s => s with { Secret = "4jQ3Y4UlLI" });
        await SendAsync(harness);
        Assert.That(Proofs(harness), Is.EqualTo(new[] { "Signature" }), "the old secret suits the old header only");

        var secret = (await harness.Subscriptions.RotateSecretAsync(subscription.Id)).Secrets[0].Value;
        await SendAsync(harness);
        Assert.That(secret, Does.StartWith("whsec_"));
        Assert.That(Proofs(harness), Is.EqualTo(new[] { "Signature", "webhook-id", "webhook-signature", "webhook-timestamp" }));
        Assert.That(Holds(WebhookProfiles.MailerLite, "4jQ3Y4UlLI"), "who has not moved");
        Assert.That(Holds(WebhookProfiles.MailerLite with { Signer = WebhookSigners.StandardWebhooks }, secret), "who has");
        Assert.That(Holds(moving, secret) && Holds(moving, "4jQ3Y4UlLI"), "who takes either");

        await harness.AdvanceAsync(TimeSpan.FromDays(1));
        await SendAsync(harness);
        Assert.That(Proofs(harness), Is.EqualTo(new[] { "Signature", "webhook-id", "webhook-signature", "webhook-timestamp" }));
        Assert.That(Holds(WebhookProfiles.MailerLite, "4jQ3Y4UlLI"), Is.False, "the old secret has ended");

        bool Holds(WebhookProfile profile, string with) => new WebhookVerifier(profile, [with], harness.Clock).Verify(harness.Requests[^1].Headers, harness.Requests[^1].Body).IsValid;
    }

    private static async Task SendAsync(WebhookTestHarness harness)
    {
        await harness.PublishAsync();
        await harness.DrainAsync();
    }

    private static IEnumerable<string> Proofs(WebhookTestHarness harness) =>
        harness.Requests[^1].Headers.Keys.Where(k => k == "Signature" || k.StartsWith("webhook-", StringComparison.Ordinal)).Order(StringComparer.Ordinal);
}
