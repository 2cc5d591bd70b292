using NUnit.Framework;
using WebhookKit.Testing;
using static WebhookKit.Tests.Management.TestEngine;

namespace WebhookKit.Tests.Management;

public sealed class SecretRotationTests
{
    [Test]
    public async Task RotateSecretAsync_DuringTheOverlap_BothSign()
    {
        await using var engine = await StartAsync();
        var before = await engine.SubscribeAsync();
        var old = before.Secrets[0].Value;

        var after = await engine.Subscriptions.RotateSecretAsync(before.Id);
        var @new = after.Secrets[0].Value;

        Assert.That(after.Secrets, Is.EqualTo(new[]
        {
            new WebhookSecret { Value = @new },
            new WebhookSecret { Value = old, ExpiresAt = ManualTimeProvider.DefaultStart + TimeSpan.FromHours(24) },
        }));
        Assert.That(@new, Is.Not.EqualTo(old));
        Assert.That(await SignersAsync(engine, old, @new), Is.EqualTo((true, true)));
        await engine.AdvanceAsync(TimeSpan.FromHours(24) - TimeSpan.FromTicks(1));
        Assert.That(await SignersAsync(engine, old, @new), Is.EqualTo((true, true)));
        await engine.AdvanceAsync(TimeSpan.FromTicks(1));
        Assert.That(await SignersAsync(engine, old, @new), Is.EqualTo((false, true)), "the overlap has ended");
    }

    [Test]
    public async Task RotateSecretAsync_ZeroOverlap_EndsTheOldAtOnce()
    {
        await using var engine = await StartAsync();
        var old = (await engine.SubscribeAsync(s => s with { Id = "s" })).Secrets[0].Value;

        var after = await engine.Subscriptions.RotateSecretAsync("s", GoodSecret, TimeSpan.Zero);

        Assert.That(after.Secrets, Is.EqualTo(new[] { new WebhookSecret { Value = GoodSecret } }));
        Assert.That(await SignersAsync(engine, old, GoodSecret), Is.EqualTo((false, true)));
    }

    [Test]
    public async Task RotateSecretAsync_Pending_IsSignedWithTheNewSecretToo()
    {
        await using var engine = await StartAsync();
        engine.Receiver.Reply(500, 200);
        await engine.SubscribeAsync(s => s with { Id = "s" });
        await engine.PublishAsync();
        await engine.DrainAsync();

        await engine.Subscriptions.RotateSecretAsync("s", GoodSecret, TimeSpan.Zero);
        await engine.AdvanceAsync(TimeSpan.FromSeconds(10));

        Assert.That(engine.Requests.Select(r => r.IsVerifiedBy(GoodSecret, engine.Clock)), Is.EqualTo(new[] { false, true }));
    }

    [Test]
    public async Task RotateSecretAsync_DefaultOverlap_ComesFromTheOptions()
    {
        await using var engine = await StartAsync(o => o.SecretOverlap = TimeSpan.FromMinutes(7));
        await engine.SubscribeAsync(s => s with { Id = "s" });

        var after = await engine.Subscriptions.RotateSecretAsync("s");

        Assert.That(after.Secrets[1].ExpiresAt, Is.EqualTo(ManualTimeProvider.DefaultStart + TimeSpan.FromMinutes(7)));
    }

    [Test]
    public async Task RotateSecretAsync_TwiceWithinTheOverlap_NeverLengthensAnEarlierEnd()
    {
        await using var engine = await StartAsync();
        await engine.SubscribeAsync(s => s with { Id = "s" });
        await engine.Subscriptions.RotateSecretAsync("s", overlap: TimeSpan.FromHours(1));

        var long_ = await engine.Subscriptions.RotateSecretAsync("s", overlap: TimeSpan.FromHours(2));
        Assert.That(HoursLeft(long_), Is.EqualTo(new double?[] { null, 2, 1 }));

        var brief = await engine.Subscriptions.RotateSecretAsync("s", overlap: TimeSpan.FromMinutes(30));
        Assert.That(HoursLeft(brief), Is.EqualTo(new double?[] { null, 0.5, 0.5, 0.5 }));

        engine.Clock.Advance(TimeSpan.FromMinutes(30));
        Assert.That(HoursLeft(await engine.Subscriptions.RotateSecretAsync("s", overlap: TimeSpan.Zero)), Is.EqualTo(new double?[] { null }));

        double?[] HoursLeft(WebhookSubscription s) => [.. s.Secrets.Select(x => (x.ExpiresAt - engine.Clock.GetUtcNow())?.TotalHours)];
    }

    [Test]
    public async Task RotateSecretAsync_OverAndOverWithinTheOverlap_IsRefusedBeforeTheHeaderIsTooLong()
    {
        await using var engine = await StartAsync();
        await engine.SubscribeAsync(s => s with { Id = "s" });
        WebhookSubscription last = null!;
        for (var i = 0; i < 9; i++) last = await engine.Subscriptions.RotateSecretAsync("s");

        var refused = await ThrownAsync<WebhookConflictException>(async () => await engine.Subscriptions.RotateSecretAsync("s"));
        await engine.PublishAsync();
        await engine.DrainAsync();

        Assert.That(last.Secrets, Has.Count.EqualTo(10));
        Assert.That(refused.Message, Does.Contain("'s'").And.Contain("overlap of zero"));
        Assert.That(last.Secrets.Select(s => engine.Requests.Single().IsVerifiedBy(s.Value, engine.Clock)), Is.All.True);
        Assert.That((await engine.Subscriptions.RotateSecretAsync("s", overlap: TimeSpan.Zero)).Secrets, Has.Count.EqualTo(1));
    }

    [TestCase("whsec_AAECAwQFBgcICQoLDA0ODw==")]
    [TestCase("hunter2")]
    public async Task RotateSecretAsync_Malformed_IsRefusedWithoutRepeatingIt(string secret)
    {
        await using var engine = await StartAsync();
        var before = await engine.SubscribeAsync();

        var refused = await ThrownAsync<WebhookValidationException>(async () => await engine.Subscriptions.RotateSecretAsync(before.Id, secret));

        Assert.That(refused.ToString(), Does.Not.Contain(secret).And.Contain("or leave the secret out to have one made"));
        Assert.That(await engine.Subscriptions.GetAsync(before.Id), Is.EqualTo(before));
    }

    [TestCase(-1)]
    [TestCase(long.MaxValue)]
    public async Task RotateSecretAsync_OverlapOutOfRange_IsRefused(long ticks)
    {
        await using var engine = await StartAsync();
        var before = await engine.SubscribeAsync();

        var refused = await ThrownAsync<WebhookValidationException>(
            async () => await engine.Subscriptions.RotateSecretAsync(before.Id, overlap: TimeSpan.FromTicks(ticks)));

        Assert.That(refused.Errors.Single().Field, Is.EqualTo("overlap"));
        Assert.That(refused.Message, Does.Contain($"{TimeSpan.FromTicks(ticks)}").And.Contain("zero"));
        Assert.That(await engine.Subscriptions.GetAsync(before.Id), Is.EqualTo(before));
    }

    [Test]
    public async Task RotateSecretAsync_ProfileThatSignsNothing_IsRefused()
    {
        await using var engine = await StartAsync(configure: w => w.AddProfile(Brief with { Name = "plain", Signer = null }));
        var plain = await engine.SubscribeAsync(s => s with { Profile = "plain" });

        var refused = await ThrownAsync<WebhookConflictException>(async () => await engine.Subscriptions.RotateSecretAsync(plain.Id));

        Assert.That(refused.Message, Does.Contain("'plain', which needs no secret"));
        Assert.That(plain.Secrets, Is.Empty);
    }

    [Test]
    public async Task RotateSecretAsync_AtOnceWithOtherChanges_LosesNone()
    {
        await using var engine = await StartAsync();
        var before = await engine.SubscribeAsync();

        await Task.WhenAll(
            Task.Run(async () => await engine.Subscriptions.RotateSecretAsync(before.Id, GoodSecret)),
            Task.Run(async () => await engine.Subscriptions.PauseAsync(before.Id)));

        var after = (await engine.Subscriptions.GetAsync(before.Id))!;
        Assert.That(after.Status, Is.EqualTo(SubscriptionStatus.Paused));
        Assert.That(after.Secrets.Select(s => s.Value), Is.EqualTo(new[] { GoodSecret, before.Secrets[0].Value }));
    }

    /// <summary>Whose signatures a request carries that is sent now.</summary>
    private static async Task<(bool Old, bool New)> SignersAsync(WebhookTestHarness engine, string old, string @new)
    {
        await engine.PublishAsync();
        await engine.DrainAsync();
        var request = engine.Requests[^1];
        return (request.IsVerifiedBy(old, engine.Clock), request.IsVerifiedBy(@new, engine.Clock));
    }
}
