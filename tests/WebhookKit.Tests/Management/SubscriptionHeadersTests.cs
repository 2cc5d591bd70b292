using NUnit.Framework;
using WebhookKit.Tests.Rules;

namespace WebhookKit.Tests.Management;

/// <summary>Headers of a subscription's own: what goes out, and what is refused when it is saved.</summary>
public sealed class SubscriptionHeadersTests
{
    [TestCase("Host")]
    [TestCase("content-length")]
    [TestCase("Content-Type")]
    [TestCase("Transfer-Encoding")]
    [TestCase("Connection")]
    [TestCase("TE")]
    [TestCase("Upgrade")]
    [TestCase("Proxy-Authorization")]
    [TestCase("Cookie")]
    [TestCase("baggage")]
    public Task CreateAsync_ReservedHeader_IsRefused(string name) => AssertRefusedAsync(name, "x", $"The header '{name}' is reserved.");

    [TestCase("webhook-id")]
    [TestCase("Webhook-Signature")]
    public Task CreateAsync_HeaderOfTheProfile_IsRefused(string name) => AssertRefusedAsync(name, "x", "is set by the profile 'exact'");

    [TestCase("", "is not a header name")]
    [TestCase("X Key", "'X Key' is not a header name")]
    [TestCase("X-Key:", "'X-Key:' is not a header name")]
    [TestCase("X-Schlüssel", "is not a header name")]
    public Task CreateAsync_BadName_IsRefused(string name, string message) => AssertRefusedAsync(name, "x", message);

    [TestCase("a\r\nEvil: 1")]
    [TestCase("a\nb")]
    [TestCase("a\0b")]
    [TestCase("é")]
    public Task CreateAsync_BadValue_IsRefusedWithoutRepeatingIt(string value) =>
        AssertRefusedAsync("X-Key", value, "The value of header 'X-Key' has a control or non-ASCII character.");

    [Test]
    public async Task CreateAsync_TooManyOrTooLong_IsRefused()
    {
        await AssertRefusedAsync(Enumerable.Range(0, 21).ToDictionary(i => $"X-{i}", _ => "x"), "There are 21 headers. Use 20");
        await AssertRefusedAsync("X-Key", new string('x', 4097), "has 4097 characters");
        await AssertRefusedAsync(new string('x', 129), "x", "129 characters");
        await AssertRefusedAsync(null!, "The headers are null.");
    }

    [Test]
    public async Task Deliver_OwnHeaders_GoBesideTheProfilesAndShowNowhere()
    {
        await using var harness = await Engine.StartAsync();
        var subscription = await Engine.SubscribeAsync(harness, s => s with { Headers = new Dictionary<string, string> { ["Authorization"] = "Bearer geheim" } });
        await harness.PublishAsync();
        await harness.DrainAsync();
        await harness.Subscriptions.SendTestEventAsync(subscription.Id);
        Assert.That(harness.Requests.Select(r => r.Headers["Authorization"]), Is.EqualTo(new[] { "Bearer geheim", "Bearer geheim" }));
        Assert.That(harness.Requests[0].Headers, Contains.Key("webhook-signature"));
        Assert.That(subscription.ToString(), Does.Not.Contain("geheim"));
    }

    [Test]
    public async Task Mailjet_AuthorizationOfTheProfile_IsRefusedOnlyWhereItIsSent()
    {
        await using var harness = await Engine.StartAsync(WebhookProfiles.Mailjet);
        var headers = new Dictionary<string, string> { ["Authorization"] = "Bearer geheim" };
        Assert.That((await Engine.SubscribeAsync(harness, s => s with { Headers = headers })).Headers, Is.EquivalentTo(headers));
        await Assert.ThatAsync(
            async () => await Engine.SubscribeAsync(harness, s => s with { Url = new Uri("https://ada:geheim@example.com/"), Headers = headers }),
            Throws.TypeOf<WebhookValidationException>().With.Message.Contains("'Authorization' is set by the profile"));
    }

    private static Task AssertRefusedAsync(string name, string value, string message) => AssertRefusedAsync(new Dictionary<string, string> { [name] = value }, message);

    private static async Task AssertRefusedAsync(Dictionary<string, string> headers, string message)
    {
        await using var harness = await Engine.StartAsync();
        var refused = await Assert.ThrowsAsync<WebhookValidationException>(async () => await Engine.SubscribeAsync(harness, s => s with { Headers = headers }));
        Assert.That(refused!.Errors.Single().Field, Is.EqualTo("Headers"));
        Assert.That(refused.Message, Does.Contain(message).And.Not.Contain("Evil"));
    }

    [Test]
    public async Task CreateAsync_OneNameInTwoCases_IsRefused() =>
        await AssertRefusedAsync(new Dictionary<string, string> { ["X-A"] = "1", ["x-a"] = "2" }, "Two headers have one name");

    [Test]
    public async Task Deliver_HeaderThatTheProfileSetsByNow_WaitsInsteadOfGoingTwice()
    {
        await using var harness = await Engine.StartAsync(WebhookProfiles.Mailjet);
        var subscription = await Engine.SubscribeAsync(harness, s => s with { Headers = new Dictionary<string, string> { ["Authorization"] = "Bearer x" } });
        await harness.Subscriptions.RotateSecretAsync(subscription.Id, "user:password");
        await harness.PublishAsync();
        await harness.AdvanceAsync(TimeSpan.FromMinutes(5));
        Assert.That(harness.Requests, Is.Empty);
        Assert.That((await harness.DeliveryAsync()).AttemptCount, Is.Zero);
    }
}
