using NUnit.Framework;
using WebhookKit.Testing;
using static WebhookKit.Tests.Management.TestEngine;

namespace WebhookKit.Tests.Management;

/// <summary>What could not work is refused when it is created, all at once, and nothing is stored.</summary>
public sealed class SubscriptionRefusalTests
{
    [Test]
    public async Task CreateAsync_EveryValueBad_NamesAllAtOnce()
    {
        await using var engine = await StartAsync();

        var refused = await ThrownAsync<WebhookValidationException>(async () => await engine.SubscribeAsync(s => s with
        {
            Id = "no spaces",
            Url = new Uri("ftp://ada@example.com:0/#part"),
            EventTypes = ["subscriber.craeted", "order.*"],
            Filter = WebhookFilter.Data("plan").Exists() & WebhookFilter.Data("$.a[").Exists(),
            Secret = "whsec_short",
            Batching = new BatchingOptions { MaxEvents = 0, MaxBytes = -1, MaxDelay = TimeSpan.FromTicks(-1) },
            Order = (DeliveryOrder)9,
            MaxConcurrency = -1,
            RateLimit = new RateLimit(0, TimeSpan.Zero),
            Status = (SubscriptionStatus)9,
        }));

        Assert.That(refused.Errors.GroupBy(e => e.Field).ToDictionary(g => g.Key, g => g.Count()), Is.EquivalentTo(new Dictionary<string, int>
        {
            ["Id"] = 1,
            ["Url"] = 4,
            ["EventTypes"] = 2,
            ["Filter"] = 2,
            ["Secrets"] = 1,
            ["Batching"] = 3,
            ["Order"] = 1,
            ["MaxConcurrency"] = 1,
            ["RateLimit"] = 2,
            ["Status"] = 1,
        }));
        foreach (var error in refused.Errors) Assert.That(refused.Message, Does.Contain(error.Message));
        await AssertNothingIsStoredAsync(engine);
    }

    [TestCase("/hooks", "'/hooks' is not absolute")]
    [TestCase("ftp://example.com/", "has the scheme 'ftp'")]
    [TestCase("//example.com/hooks", "'//example.com/hooks' is not absolute")]
    [TestCase("mailto:ada@example.com", "has the scheme 'mailto'")]
    [TestCase("https://example.com/hooks#part", "Leave out '#part'")]
    [TestCase("https://example.com:0/hooks", "port 0")]
    public async Task CreateAsync_BadUrl_IsRefused(string url, string message) =>
        await AssertRefusedAsync(s => s with { Url = new Uri(url, UriKind.RelativeOrAbsolute) }, "Url", message);

    [Test]
    public async Task CreateAsync_NoUrl_IsRefused() => await AssertRefusedAsync(s => s with { Url = null! }, "Url", "The URL is missing");

    [Test]
    public async Task CreateAsync_LongUrl_IsRefused() =>
        await AssertRefusedAsync(s => s with { Url = new Uri("https://example.com/" + new string('a', 1981)) }, "Url", "2001 characters. Use 2000");

    [TestCase("https://ada:geheim@example.com/")]
    [TestCase("ftp://ada:geheim@example.com/")]
    [TestCase("https://ada:geheim@example.com/#part")]
    public async Task CreateAsync_UrlWithPassword_IsRefusedWithoutRepeatingIt(string url)
    {
        var refused = await AssertRefusedAsync(s => s with { Url = new Uri(url) }, "Url", "user name or password");
        Assert.That(refused.Message, Does.Not.Contain("geheim"));
    }

    [TestCase("https://example.com:8443/a/b?c=d")]
    [TestCase("https://xn--r8jz45g.jp/")]
    public async Task CreateAsync_GoodUrl_IsTaken(string url)
    {
        await using var engine = await StartAsync();
        Assert.That((await engine.SubscribeAsync(s => s with { Url = new Uri(url) })).Url, Is.EqualTo(new Uri(url)));
    }

    [TestCase("subscriber.craeted", "The nearest known one is 'subscriber.created'")]
    [TestCase("order.*", "can match nothing in the catalogue")]
    [TestCase("sub*", "has '*' at character 4")]
    [TestCase("", "is empty")]
    [TestCase(null, "is empty")]
    public async Task CreateAsync_BadPattern_IsRefused(string? pattern, string message) =>
        await AssertRefusedAsync(s => s with { EventTypes = [Created, pattern!] }, "EventTypes", message);

    [Test]
    public async Task CreateAsync_NoOrTooManyPatterns_IsRefused()
    {
        await AssertRefusedAsync(s => s with { EventTypes = null! }, "EventTypes", "are null");
        await AssertRefusedAsync(s => s with { EventTypes = [.. Enumerable.Repeat("*", 201)] }, "EventTypes", "201 event type patterns. Use 200");
    }

    [TestCase(0)]
    [TestCase(-5)]
    [TestCase(10_001)]
    public async Task CreateAsync_BadConcurrency_IsRefused(int concurrency) =>
        await AssertRefusedAsync(s => s with { MaxConcurrency = concurrency }, "MaxConcurrency", $"{concurrency} is out of range. Use 1 to 10,000");

    [TestCase(0, 1, "0 requests is out of range")]
    [TestCase(-1, 1, "-1 requests is out of range")]
    [TestCase(10_001, 1, "10001 requests is out of range")]
    [TestCase(1, 0, "window 00:00:00 is out of range")]
    [TestCase(1, -1, "window -00:00:01 is out of range")]
    [TestCase(1, 86_401, "window 1.00:00:01 is out of range")]
    public async Task CreateAsync_BadRateLimit_IsRefused(int requests, int seconds, string message) =>
        await AssertRefusedAsync(s => s with { RateLimit = new RateLimit(requests, TimeSpan.FromSeconds(seconds)) }, "RateLimit", message);

    [TestCase(0, 1, 1, "Batches of 0 events")]
    [TestCase(1001, 1, 1, "Batches of 1001 events")]
    [TestCase(1, 0, 1, "Batches of 0 bytes")]
    [TestCase(1, int.MaxValue, 1, "Batches of 2147483647 bytes")]
    [TestCase(1, 1, -1, "batch delay of -00:00:01")]
    [TestCase(1, 1, 86_401, "batch delay of 1.00:00:01")]
    public async Task CreateAsync_BadBatching_IsRefused(int events, int bytes, int seconds, string message) => await AssertRefusedAsync(
        s => s with { Batching = new BatchingOptions { MaxEvents = events, MaxBytes = bytes, MaxDelay = TimeSpan.FromSeconds(seconds) } }, "Batching", message);

    [Test]
    public async Task CreateAsync_BatchingWithAProfileThatCannot_IsRefused()
    {
        var single = Brief with { Name = "single", Format = Moq.Mock.Of<IWebhookFormat>() };
        await AssertRefusedAsync(s => s with { Profile = "single", Batching = new BatchingOptions() }, "Batching", "'single' cannot send batches", w => w.AddProfile(single));
    }

    [Test]
    public async Task CreateAsync_UnknownProfile_NamesThoseThatThereAre() =>
        await AssertRefusedAsync(s => s with { Profile = "svyx" }, "Profile", "'svyx' does not exist. Use one of StandardWebhooks, Svix, MailerLite,");

    [TestCase("", "is empty")]
    [TestCase("top secret", "does not begin with 'whsec_'")]
    [TestCase("whsec_AAECAwQFBgcICQoLDA0ODw==", "has 16 bytes, fewer than 24")]
    [TestCase("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS!", "not base64")]
    public async Task CreateAsync_BadSecret_IsRefusedWithoutRepeatingIt(string secret, string message)
    {
        var refused = await AssertRefusedAsync(s => s with { Secret = secret }, "Secrets", message);
        if (secret.Length > 0) Assert.That(refused.ToString(), Does.Not.Contain(secret));
    }

    [TestCase("")]
    [TestCase("a b")]
    [TestCase("a.b")]
    [TestCase("a/b")]
    [TestCase("ä")]
    public async Task CreateAsync_BadId_IsRefused(string id) => await AssertRefusedAsync(s => s with { Id = id }, "Id", $"'{id}' is refused. Use 1 to 64 letters");

    [Test]
    public async Task CreateAsync_LongId_IsRefused() => await AssertRefusedAsync(s => s with { Id = new string('a', 65) }, "Id", "1 to 64");

    [Test]
    public async Task CreateAsync_BadFilterPath_SaysWhichAndWhere() =>
        await AssertRefusedAsync(s => s with { Filter = WebhookFilter.Data("customer.email").Exists() }, "Filter", "a path begins with '$'");

    private static async Task<WebhookValidationException> AssertRefusedAsync(
        Func<NewWebhookSubscription, NewWebhookSubscription> change, string field, string message, Action<IWebhooksBuilder>? configure = null)
    {
        await using var engine = await StartAsync(configure: configure);

        var refused = await ThrownAsync<WebhookValidationException>(async () => await engine.SubscribeAsync(change));

        Assert.That(refused.Errors.Select(e => e.Field), Is.Not.Empty.And.All.EqualTo(field));
        Assert.That(refused.Message, Does.Contain(message));
        await AssertNothingIsStoredAsync(engine);
        return refused;
    }

    private static async Task AssertNothingIsStoredAsync(WebhookTestHarness engine) =>
        Assert.That((await engine.Subscriptions.ListAsync(new SubscriptionQuery { AllTenants = true })).Items, Is.Empty);

    [Test]
    public async Task CreateAsync_LongTexts_AreRefused()
    {
        await AssertRefusedAsync(s => s with { Name = new string('n', 201) }, "Name", "The name has 201 characters. Use 200");
        await AssertRefusedAsync(s => s with { Name = "a\ud800" }, "Name", "half a character");
        await AssertRefusedAsync(s => s with { TenantId = "\udc00" }, "TenantId", "half a character");
        await AssertRefusedAsync(s => s with { TenantId = "" }, "TenantId", "The tenant id is empty.");
        await AssertRefusedAsync(s => s with { Settings = null! }, "Settings", "The settings are null.");
    }
}
