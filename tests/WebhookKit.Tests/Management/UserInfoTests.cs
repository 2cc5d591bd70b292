using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using NUnit.Framework;
using WebhookKit.Testing;
using WebhookKit.Tests.Diagnostics;

namespace WebhookKit.Tests.Management;

/// <summary>A user name and a password in a URL are kept as a secret and sent as HTTP Basic, and show nowhere.</summary>
public sealed class UserInfoTests
{
    private static readonly Uri Url = new("https://user:p%40ss@example.com/hooks?a=%2Fb");

    [Test]
    public async Task CreateAsync_UrlWithPassword_KeepsItAsTheSecretAndSendsIt()
    {
        await using var engine = await StartAsync();

        var subscription = await engine.SubscribeAsync(s => s with { Profile = "Mailjet", Url = Url });
        await engine.PublishAsync();
        await engine.AdvanceAsync(TimeSpan.FromSeconds(1));

        Assert.That(subscription.Url, Is.EqualTo(new Uri("https://example.com/hooks?a=%2Fb")));
        Assert.That(subscription.Url.UserInfo, Is.Empty);
        Assert.That(subscription.Secrets.Single().Value, Is.EqualTo("user:p@ss"));
        Assert.That(engine.Requests.Single().Headers["Authorization"], Is.EqualTo("Basic " + Convert.ToBase64String("user:p@ss"u8)));
        Assert.That(engine.Requests.Single().Uri.AbsoluteUri, Is.EqualTo("https://example.com/hooks?a=%2Fb"));
    }

    [TestCase("https://user@example.com/", "user:")]
    [TestCase("https://user:@example.com/", "user:")]
    [TestCase("https://:pass@example.com/", ":pass")]
    [TestCase("https://u:a:b@example.com/", "u:a:b")]
    [TestCase("https://%C3%A4:%F0%9F%98%80@example.com:8443/", "ä:😀")]
    public async Task CreateAsync_AnyUserInfo_IsDecoded(string url, string secret)
    {
        await using var engine = await StartAsync();

        var subscription = await engine.SubscribeAsync(s => s with { Profile = "Mailjet", Url = new Uri(url) });
        await engine.PublishAsync();
        await engine.AdvanceAsync(TimeSpan.FromSeconds(1));

        Assert.That(subscription.Secrets.Single().Value, Is.EqualTo(secret));
        Assert.That(subscription.Url.Authority, Is.EqualTo(new Uri(url).Authority));
        Assert.That(engine.Requests.Single().Headers["Authorization"], Is.EqualTo("Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes(secret))));
    }

    [Test]
    public async Task CreateAsync_NoUserInfo_SendsNoAuthorization()
    {
        await using var engine = await StartAsync();

        var subscription = await engine.SubscribeAsync(s => s with { Profile = "Mailjet" });
        await engine.PublishAsync();
        await engine.AdvanceAsync(TimeSpan.FromSeconds(1));

        Assert.That(subscription.Secrets, Is.Empty);
        Assert.That(engine.Requests.Single().Headers.Keys, Has.None.EqualTo("Authorization"));
    }

    [Test]
    public async Task CreateAsync_UserInfoThatHttpBasicCannotCarry_IsRefusedWithoutRepeatingIt()
    {
        await using var engine = await StartAsync();

        var refused = await TestEngine.ThrownAsync<WebhookValidationException>(async () => await engine.SubscribeAsync(s => s with { Profile = "Mailjet", Url = new Uri("https://user:geheim%0A@example.com/") }));

        Assert.That(refused.Message, Does.Contain("control character").And.Not.Contain("geheim"));
    }

    [Test]
    public async Task UpdateAsync_UrlWithPassword_TakesThePlaceOfTheOldOne()
    {
        await using var engine = await StartAsync();
        var before = await engine.SubscribeAsync(s => s with { Profile = "Mailjet", Url = Url });

        var after = await engine.Subscriptions.UpdateAsync(before with { Url = new Uri("https://other:word@example.org/") });
        await engine.PublishAsync();
        await engine.AdvanceAsync(TimeSpan.FromSeconds(1));

        Assert.That((after.Url, after.Secrets.Single().Value), Is.EqualTo((new Uri("https://example.org/"), "other:word")));
        Assert.That(engine.Requests.Single().Headers["Authorization"], Is.EqualTo("Basic " + Convert.ToBase64String("other:word"u8)));
    }

    [TestCase("https://example.com/hooks?a=%2Fb", true)]
    [TestCase("https://EXAMPLE.com:443/other", true)]
    [TestCase("https://example.org/hooks", false)]
    [TestCase("https://example.com:8443/hooks", false)]
    public async Task UpdateAsync_WithoutUserInfo_KeepsThePasswordForTheSameServerOnly(string url, bool keeps)
    {
        await using var engine = await StartAsync();
        var before = await engine.SubscribeAsync(s => s with { Profile = "Mailjet", Url = Url });

        var after = await engine.Subscriptions.UpdateAsync(before with { Url = new Uri(url) });

        Assert.That(after.Secrets.Select(s => s.Value), Is.EqualTo(keeps ? new[] { "user:p@ss" } : []), "a password is for the server it was given for");
    }

    [TestCase("StandardWebhooks", null)]
    [TestCase("MailerLite", "signing:key")]
    public async Task UpdateAsync_FromAProfileThatSigned_DoesNotSendItsKeyAsAPassword(string profile, string? key)
    {
        await using var engine = await StartAsync();
        var before = await engine.SubscribeAsync(s => s with { Profile = profile, Secret = key });

        var after = await engine.Subscriptions.UpdateAsync(before with { Profile = "Mailjet" });

        Assert.That(after.Secrets, Is.Empty);
    }

    [TestCase("StandardWebhooks")]
    [TestCase("Svix")]
    [TestCase("MailerLite")]
    [TestCase("MailerLiteClassic")]
    [TestCase("MailUp")]
    [TestCase("Stripe")]
    [TestCase("GitHub")]
    [TestCase("Slack")]
    [TestCase("Shopify")]
    [TestCase("CloudEvents")]
    [TestCase("Raw")]
    public async Task CreateAsync_ProfileThatSendsNone_RefusesUserInfo(string profile)
    {
        await using var engine = await StartAsync();

        var refused = await TestEngine.ThrownAsync<WebhookValidationException>(async () => await engine.SubscribeAsync(s => s with { Profile = profile, Url = Url }));

        Assert.That(refused.Errors.Select(e => e.Field), Is.EqualTo(new[] { "Url" }));
        Assert.That(refused.Message, Does.Contain("which this profile does not send. Leave them out").And.Not.Contain("p@ss").And.Not.Contain("p%40ss"));
    }

    [TestCase("user:geheim@example.com/hooks")]
    [TestCase("//user:geheim@example.com/hooks")]
    [TestCase("ftp://user:geheim@example.com/hooks")]
    [TestCase("https://user:geheim@example.com/hooks#part")]
    [TestCase("https://user:geheim@example.com:0/hooks")]
    public async Task CreateAsync_BadUrlWithPassword_IsRefusedWithoutRepeatingIt(string url)
    {
        await using var engine = await StartAsync();

        var refused = await TestEngine.ThrownAsync<WebhookValidationException>(async () => await engine.SubscribeAsync(s => s with { Profile = "Mailjet", Url = new Uri(url, UriKind.RelativeOrAbsolute) }));

        Assert.That(refused.Message, Does.Not.Contain("geheim"));
    }

    [Test]
    public async Task Everything_LoggedThrownOrPrinted_IsWithoutThePassword()
    {
        using var log = new LogCapture();
        await using var engine = await StartAsync(w => w.Services.AddLogging(l => l.AddProvider(log).SetMinimumLevel(LogLevel.Trace)));
        var wanted = new NewWebhookSubscription { Id = "s", Url = Url, EventTypes = ["*"], Profile = "Mailjet" };
        var stored = await engine.Subscriptions.CreateAsync(wanted);
        engine.Receiver.Default.Drop(HttpRequestError.NameResolutionError).Hang().Reply(500, 200);
        await engine.PublishAsync();
        await engine.AdvanceAsync(TimeSpan.FromHours(1));

        var taken = await TestEngine.ThrownAsync<WebhookConflictException>(async () => await engine.Subscriptions.CreateAsync(wanted));
        var stale = await TestEngine.ThrownAsync<WebhookConflictException>(async () => await engine.Subscriptions.UpdateAsync(stored with { Url = Url, Version = 0 }));
        var attempts = await engine.Deliveries.GetAttemptsAsync((await engine.DeliveryAsync()).Id);
        string[] texts = [$"{wanted}", $"{stored}", $"{stored with { Url = Url }}", $"{taken}", $"{stale}", .. attempts.Select(a => $"{a}"), .. log.Lines.Select(l => l.Everything)];

        Assert.That(texts, Has.None.Contains("p@ss").And.None.Contains("p%40ss").And.None.Contains(Convert.ToBase64String("user:p@ss"u8)));
        Assert.That(log.Lines, Is.Not.Empty);
        Assert.That($"{wanted}", Does.Contain("example.com/hooks"));
    }

    private static Task<WebhookTestHarness> StartAsync(Action<IWebhooksBuilder>? configure = null) => TestEngine.StartAsync(configure: configure);

    [Test]
    public async Task Declared_ProfileChangedToBasic_DoesNotSendTheSigningKeyAsAPassword()
    {
        var declared = new NewWebhookSubscription { Id = "declared", Url = new Uri("https://example.com/") };
        var store = new WebhookKit.Storage.InMemory.InMemoryWebhookStore(new InMemoryStoreOptions(), new WebhookKit.Testing.ManualTimeProvider());
        foreach (var profile in (string[])["StandardWebhooks", "Mailjet"])
        {
            await using var harness = await WebhookKit.Testing.WebhookTestHarness.StartAsync(webhooks => webhooks.UseStore(_ => store).AddSubscription(declared with { Profile = profile }));
            var subscription = (await harness.Subscriptions.GetAsync("declared"))!;
            Assert.That(subscription.Profile, Is.EqualTo(profile));
            Assert.That(subscription.Secrets, Has.Count.EqualTo(profile == "Mailjet" ? 0 : 1));
        }
    }
}
