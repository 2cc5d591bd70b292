using System.Text;
using NUnit.Framework;
using WebhookKit.Tests.Formats;
using WebhookKit.Tests.Rules;

namespace WebhookKit.Tests.Profiles;

/// <summary>What reaches the receiver through the whole engine: every byte of the host's JSON, exact content types, no body where there is none.</summary>
public sealed class WireTests
{
    private static IEnumerable<TestCaseData> Carrying => WebhookProfiles.All.Where(p => p.Name != "MailUp").ToCases();

    [TestCaseSource(nameof(Carrying))]
    public async Task Data_Delicate_ReachesTheReceiverByteForByte(WebhookProfile profile)
    {
        foreach (var isBatch in profile.Format.CanBatch(FormatSample.Subscription()) ? new[] { false, true } : [false])
        {
            await using var harness = await Engine.StartAsync(profile);
            await harness.SubscribeAsync(s => s with { Batching = isBatch ? new BatchingOptions { MaxDelay = TimeSpan.Zero } : null });

            await harness.Publisher.PublishJsonAsync("a.b", Encoding.UTF8.GetBytes(FormatSample.Delicate));
            await harness.AdvanceAsync(TimeSpan.FromSeconds(1));

            Assert.That(harness.Requests.Single().BodyText, Does.Contain(FormatSample.Delicate[1..^1].Trim()));
        }
    }

    [TestCase("CloudEvents", false, "application/cloudevents+json; charset=utf-8")]
    [TestCase("CloudEvents", true, "application/cloudevents-batch+json; charset=utf-8")]
    [TestCase("StandardWebhooks", true, "application/json")]
    [TestCase("MailerLite", false, "application/json")]
    [TestCase("MailerLiteClassic", false, "application/json")]
    [TestCase("Mailjet", true, "application/json")]
    [TestCase("MailUp", false, "application/x-www-form-urlencoded")]
    [TestCase("Raw", false, "application/json")]
    public async Task ContentType_OnTheWire_IsExact(string name, bool isBatch, string contentType)
    {
        await using var harness = await Engine.StartAsync(WebhookProfiles.All.Single(p => p.Name == name));
        await harness.SubscribeAsync(s => s with { Batching = isBatch ? new BatchingOptions { MaxDelay = TimeSpan.Zero } : null });

        await harness.PublishAsync();
        await harness.AdvanceAsync(TimeSpan.FromSeconds(1));

        Assert.That(harness.Requests.Single().Headers["Content-Type"], Is.EqualTo(contentType));
    }

    [Test]
    public async Task MailUp_Get_HasNoBodyAndAllInTheQuery()
    {
        await using var harness = await Engine.StartAsync(WebhookProfiles.MailUp);
        await harness.SubscribeAsync(s => s with { Settings = new Dictionary<string, string> { ["method"] = "GET", ["parameters"] = "e=[Email]&t=[EventType]" } });

        await harness.Publisher.PublishAsync("subscribe", new { Email = "a+b@example.com" });
        await harness.DrainAsync();

        var request = harness.Requests.Single();
        Assert.That((request.Method, request.Uri.AbsoluteUri, request.Body.Length), Is.EqualTo((HttpMethod.Get, Engine.Url + "?e=a%2Bb%40example.com&t=subscribe", 0)));
        Assert.That(request.Headers.Keys, Has.None.EqualTo("Content-Type").And.None.EqualTo("Content-Length"));
    }

    [Test]
    public async Task CloudEvents_Binary_HasItsAttributesInHeaders()
    {
        await using var harness = await Engine.StartAsync(WebhookProfiles.CloudEvents);
        await harness.SubscribeAsync(s => s with { Settings = new Dictionary<string, string> { ["mode"] = "binary" } });

        await harness.Publisher.PublishAsync("a.b", new { n = 1 }, new PublishOptions { EventId = "e-1", Attributes = new Dictionary<string, string> { ["subject"] = "ä b" } });
        await harness.DrainAsync();

        var headers = harness.Requests.Single().Headers;
        Assert.That((headers["ce-id"], headers["ce-type"], headers["ce-subject"], headers["ce-specversion"]), Is.EqualTo(("e-1", "a.b", "%C3%A4%20b", "1.0")));
        Assert.That(harness.Requests.Single().BodyText, Is.EqualTo("""{"n":1}"""));
    }

    [Test]
    public async Task MailerLiteClassic_Gone_UnsubscribesAtOnce()
    {
        await using var harness = await Engine.StartAsync(WebhookProfiles.MailerLiteClassic);
        var subscription = await harness.SubscribeAsync();
        harness.Receiver.Reply(410);

        await harness.PublishAsync();
        await harness.AdvanceAsync(TimeSpan.FromHours(5));

        Assert.That(harness.Requests, Has.Count.EqualTo(1));
        Assert.That((await harness.Subscriptions.GetAsync(subscription.Id))!.Status, Is.EqualTo(SubscriptionStatus.Disabled));
    }

    [Test]
    public async Task MailerLiteClassic_GatheredForAMinute_IsOneList()
    {
        await using var harness = await Engine.StartAsync(WebhookProfiles.MailerLiteClassic);
        await harness.SubscribeAsync(s => s with { Batching = new BatchingOptions { MaxDelay = TimeSpan.FromMinutes(1) } });
        await harness.PublishAsync(1);
        await harness.AdvanceAsync(TimeSpan.FromSeconds(59));
        await harness.PublishAsync(2);
        Assert.That(harness.Requests, Is.Empty);

        await harness.AdvanceAsync(TimeSpan.FromSeconds(1));

        Assert.That(harness.Requests.Single().BodyText, Does.Contain("\"data\":{\"number\":1}").And.Contain("\"data\":{\"number\":2}"));
    }

    [TestCase("MailerLite")]
    [TestCase("Mailjet")]
    [TestCase("Stripe")]
    [TestCase("Slack")]
    public async Task Gone_WhereItMeansNothing_IsRetried(string name)
    {
        await using var harness = await Engine.StartAsync(WebhookProfiles.All.Single(p => p.Name == name));
        var subscription = await harness.SubscribeAsync();
        harness.Receiver.Reply(410, 200);

        await harness.PublishAsync();
        await harness.AdvanceAsync(TimeSpan.FromMinutes(10));

        Assert.That(harness.Requests, Has.Count.EqualTo(2));
        Assert.That((await harness.Subscriptions.GetAsync(subscription.Id))!.Status, Is.EqualTo(SubscriptionStatus.Enabled));
    }
}
