using NUnit.Framework;
using WebhookKit.Testing;
using WebhookKit.Tests.Rules;

namespace WebhookKit.Tests.Management;

/// <summary>The validation handshake of CloudEvents' HTTP 1.1 Web Hooks, section 4.</summary>
public sealed class EndpointHandshakeTests
{
    private static readonly WebhookProfile Asking = WebhookProfiles.CloudEvents with
    {
        Name = "asking",
        Handshake = new WebhookHandshake("events.example.com") { RequestsPerMinute = 600 },
    };

    [TestCase("events.example.com")]
    [TestCase("EVENTS.example.com")]
    [TestCase("*")]
    public async Task CreateAsync_EndpointAllows_IsStored(string allowed)
    {
        await using var harness = await Engine.StartAsync(Asking);
        harness.Receiver.Default.Reply(Allowing(allowed));
        var subscription = await Engine.SubscribeAsync(harness);
        var request = harness.Requests.Single();
        Assert.Multiple(() =>
        {
            Assert.That(request.Method, Is.EqualTo(HttpMethod.Options));
            Assert.That(request.Uri, Is.EqualTo(subscription.Url));
            Assert.That(request.Headers["WebHook-Request-Origin"], Is.EqualTo("events.example.com"));
            Assert.That(request.Headers["WebHook-Request-Rate"], Is.EqualTo("600"));
            Assert.That(request.Body.Length, Is.Zero);
            Assert.That(subscription.RateLimit, Is.Null);
        });
    }

    [TestCase("120", null, 120)]
    [TestCase("120", 60, 60)]
    [TestCase("120", 300, 120)]
    [TestCase("999999999", null, 10_000)]
    [TestCase("*", 300, 300)]
    [TestCase("0", 300, 300)]
    public async Task CreateAsync_EndpointAllowsARate_TheLowerOneHolds(string allowed, int? own, int expected)
    {
        await using var harness = await Engine.StartAsync(Asking);
        harness.Receiver.Default.Reply(Allowing("*", allowed));
        var subscription = await Engine.SubscribeAsync(harness, s => s with { RateLimit = own is { } rate ? new RateLimit(rate, TimeSpan.FromMinutes(1)) : null });
        Assert.That(subscription.RateLimit, Is.EqualTo(new RateLimit(expected, TimeSpan.FromMinutes(1))));
    }

    [TestCase(200, null, "has no header 'WebHook-Allowed-Origin'")]
    [TestCase(200, "other.example.com", "allows webhooks from 'other.example.com' only")]
    [TestCase(405, "*", "did not take the handshake (OPTIONS): The endpoint answered 405.")]
    public async Task CreateAsync_EndpointDoesNotAllow_IsRefusedAndNothingIsStored(int status, string? allowed, string message)
    {
        await using var harness = await Engine.StartAsync(Asking);
        harness.Receiver.Default.Reply(Allowing(allowed, status: status));
        var refused = await Assert.ThrowsAsync<WebhookValidationException>(async () => await Engine.SubscribeAsync(harness));
        Assert.That(refused!.Errors.Single().Field, Is.EqualTo("Url"));
        Assert.That(refused.Message, Does.Contain(message));
        Assert.That((await harness.Subscriptions.ListAsync(new SubscriptionQuery { AllTenants = true })).Items, Is.Empty);
    }

    [Test]
    public async Task UpdateAsync_UrlChanged_AsksTheNewOneOnly()
    {
        await using var harness = await Engine.StartAsync(Asking);
        harness.Receiver.Default.Reply(Allowing("*"));
        harness.Receiver.For("https://new.example.com/").Reply(Allowing(null));
        var subscription = await Engine.SubscribeAsync(harness);
        subscription = await harness.Subscriptions.UpdateAsync(subscription with { Name = "renamed" });
        Assert.That(harness.Requests, Has.Count.EqualTo(1), "another name needs no question");

        var changed = subscription with { Url = new Uri("https://new.example.com/") };
        await Assert.ThrowsAsync<WebhookValidationException>(async () => await harness.Subscriptions.UpdateAsync(changed));
        Assert.That((await harness.Subscriptions.GetAsync(subscription.Id))!.Url, Is.EqualTo(subscription.Url));
    }

    [Test]
    public async Task CreateAsync_ProfileWithoutHandshake_AsksNothing()
    {
        await using var harness = await Engine.StartAsync(WebhookProfiles.CloudEvents with { Name = "plain" });
        await Engine.SubscribeAsync(harness);
        Assert.That(harness.Requests, Is.Empty);
    }

    [Test]
    public void Start_OriginIsNoName_IsRefused() => Assert.That(
        async () => await Engine.StartAsync(Asking with { Handshake = new WebhookHandshake("https://events.example.com/") }),
        Throws.Exception.With.Message.Contains("which is no DNS name"));

    private static ScriptedReply Allowing(string? origin, string? rate = null, int status = 200)
    {
        var headers = new Dictionary<string, string>();
        if (origin is not null) headers["WebHook-Allowed-Origin"] = origin;
        if (rate is not null) headers["WebHook-Allowed-Rate"] = rate;
        return new ScriptedReply(status) { Headers = headers };
    }

    [Test]
    public async Task Deliver_ProfileWithHandshake_NamesTheOrigin()
    {
        await using var harness = await Engine.StartAsync(Asking);
        harness.Receiver.Default.Reply(Allowing("*"));
        await Engine.SubscribeAsync(harness);
        await harness.Publisher.PublishAsync("a.b", 1);
        await harness.DrainAsync();
        Assert.That(harness.Requests[1].Headers["WebHook-Request-Origin"], Is.EqualTo("events.example.com"));
    }
}
