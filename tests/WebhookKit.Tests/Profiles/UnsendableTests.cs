using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;
using WebhookKit.Testing;
using WebhookKit.Tests.Rules;
using TestEngine = WebhookKit.Tests.Management.TestEngine;

namespace WebhookKit.Tests.Profiles;

/// <summary>What a dialect can never carry ends at once, with the reason in its history, and says nothing of the endpoint.</summary>
public sealed class UnsendableTests
{
    private const string Good = """{"a":1}""";
    private const string Bad = "[1]";

    private static readonly BatchingOptions Batching = new() { MaxDelay = TimeSpan.FromSeconds(1) };

    private static IEnumerable<TestCaseData> Cases =>
    [
        Case("MailerLite", Bad, "is no JSON object"),
        Case("MailerLite", """{"event":"mine"}""", "has a member 'event' of its own"),
        Case("MailerLite", "a=b", "has data of the type 'text/plain'", "text/plain"),
        Case("MailerLiteClassic", "a=b", "has data of the type 'text/plain'", "text/plain"),
        Case("Mailjet", Bad, "is no JSON object"),
        Case("Mailjet", """{"event":"mine"}""", "has a member 'event' of its own"),
        Case("Mailjet", "a=b", "has data of the type 'text/plain'", "text/plain"),
        Case("MailUp", Bad, "is no JSON object"),
        Case("MailUp", "a=b", "is no JSON object", "text/plain"),
        Case("MailUp", $$"""{"Email":"{{new string('x', 9000)}}"}""", "8192 are the most. Send fewer parameters, or use POST.", settings: ("method", "GET")),
        Case("Raw", "a", "'nonsense', which is no media type", "nonsense"),
    ];

    [TestCaseSource(nameof(Cases))]
    public async Task Unsendable_Alone_EndsAtOnceWithTheReason(WebhookProfile profile, string data, string contentType, Dictionary<string, string> settings, string reason)
    {
        await using var harness = await Engine.StartAsync(profile with { Disable = new DisableRule { OnExhausted = true, OnGone = true, FailingFor = TimeSpan.FromTicks(1) } });
        var subscription = await harness.SubscribeAsync(s => s with { Settings = settings });
        await PublishAsync(harness, "evt-bad", data, contentType);

        await harness.AdvanceAsync(TimeSpan.FromSeconds(1));

        var delivery = await harness.DeliveryAsync();
        var attempt = (await harness.Deliveries.GetAttemptsAsync(delivery.Id)).Single();
        Assert.That((delivery.Status, delivery.AttemptCount, delivery.LastOutcome), Is.EqualTo((DeliveryStatus.Exhausted, 1, (AttemptOutcome?)AttemptOutcome.Unsendable)));
        Assert.That((attempt.Number, attempt.Outcome, attempt.StatusCode, attempt.Duration), Is.EqualTo((1, AttemptOutcome.Unsendable, (int?)null, TimeSpan.Zero)));
        Assert.That(attempt.Error, Does.Contain(reason).And.Contain("'evt-bad'"));
        Assert.That(harness.Requests, Is.Empty);
        await AssertUntouchedAsync(harness, subscription);
    }

    [Test]
    public async Task Unsendable_MoreThanTheBreakerBears_TheNextGoodOneGoesAtOnce()
    {
        await using var harness = await Engine.StartAsync(WebhookProfiles.MailerLite);
        var subscription = await harness.SubscribeAsync(s => s with { MaxConcurrency = 1 });
        for (var i = 0; i < 50; i++) await PublishAsync(harness, $"bad-{i}", Bad);
        await PublishAsync(harness, "good", Good);

        await harness.DrainAsync();

        Assert.That(harness.Requests, Has.Count.EqualTo(1));
        Assert.That((await harness.DeliveriesAsync()).Select(d => d.Status), Has.Exactly(50).EqualTo(DeliveryStatus.Exhausted).And.Exactly(1).EqualTo(DeliveryStatus.Succeeded));
        await AssertUntouchedAsync(harness, subscription);
    }

    [Test]
    public async Task Unsendable_AsTheProbeOfAnOpenBreaker_LetsTheNextOneProbe()
    {
        await using var harness = await Engine.StartAsync(WebhookProfiles.MailerLite, options: o => o.Breaker.Failures = 1);
        await harness.SubscribeAsync(s => s with { MaxConcurrency = 1 });
        harness.Receiver.Reply(500, 200);
        await PublishAsync(harness, "first", Good);
        await harness.DrainAsync();
        await PublishAsync(harness, "bad", Bad);
        await PublishAsync(harness, "second", Good);
        await harness.DrainAsync();
        Assert.That(harness.Requests, Has.Count.EqualTo(1), "the breaker is open");

        await harness.AdvanceAsync(TimeSpan.FromSeconds(10));

        Assert.That(harness.Requests, Has.Count.EqualTo(3));
        Assert.That((await harness.DeliveriesAsync()).Select(d => d.Status), Is.EqualTo(new[] { DeliveryStatus.Succeeded, DeliveryStatus.Exhausted, DeliveryStatus.Succeeded }));
    }

    [TestCase("MailerLite", DeliveryOrder.None)]
    [TestCase("MailerLite", DeliveryOrder.PerKey)]
    [TestCase("MailerLite", DeliveryOrder.Strict)]
    [TestCase("Mailjet", DeliveryOrder.None)]
    [TestCase("Mailjet", DeliveryOrder.Strict)]
    public async Task Unsendable_InABatch_OnlyItEndsAndTheOthersAreDelivered(string profile, DeliveryOrder order)
    {
        await using var harness = await Engine.StartAsync(Named(profile));
        var subscription = await harness.SubscribeAsync(s => s with { Batching = Batching, Order = order });
        foreach (var (id, data) in new[] { ("a", Good), ("b", Bad), ("c", Good), ("d", Bad), ("e", Good) }) await PublishAsync(harness, id, data);

        await harness.AdvanceAsync(TimeSpan.FromSeconds(3));

        var deliveries = await harness.DeliveriesAsync();
        Assert.That(deliveries.Select(d => (d.EventId, d.Status == DeliveryStatus.Succeeded)), Is.EqualTo(new[] { ("a", true), ("b", false), ("c", true), ("d", false), ("e", true) }));
        Assert.That(deliveries.Where(d => d.EventId is "b" or "d").Select(d => (d.Status, d.LastOutcome)), Is.All.EqualTo((DeliveryStatus.Exhausted, (AttemptOutcome?)AttemptOutcome.Unsendable)));
        Assert.That(deliveries.Select(d => d.AttemptCount), Is.All.EqualTo(1));
        Assert.That(harness.Requests.Single().BodyText.Split("\"a\":1"), Has.Length.EqualTo(4), "the good ones go together");
        foreach (var bad in deliveries.Where(d => d.EventId is "b" or "d"))
            Assert.That((await harness.Deliveries.GetAttemptsAsync(bad.Id)).Single().Error, Does.Contain($"'{bad.EventId}' is no JSON object"));
        await AssertUntouchedAsync(harness, subscription);
    }

    [Test]
    public async Task Unsendable_NothingElseInTheBatch_EndsAndNothingIsSent()
    {
        await using var harness = await Engine.StartAsync(WebhookProfiles.Mailjet);
        var subscription = await harness.SubscribeAsync();
        foreach (var id in new[] { "a", "b" }) await PublishAsync(harness, id, Bad);

        await harness.AdvanceAsync(TimeSpan.FromHours(1));

        Assert.That((await harness.DeliveriesAsync()).Select(d => (d.Status, d.AttemptCount)), Is.All.EqualTo((DeliveryStatus.Exhausted, 1)).And.Exactly(2).Items);
        Assert.That(harness.Requests, Is.Empty);
        await AssertUntouchedAsync(harness, subscription);
    }

    [Test]
    public async Task Unsendable_StrictOrder_DoesNotHoldUpTheRest()
    {
        await using var harness = await Engine.StartAsync(WebhookProfiles.MailerLite);
        await harness.SubscribeAsync(s => s with { Order = DeliveryOrder.Strict });
        foreach (var (id, data) in new[] { ("a", """{"n":1}"""), ("b", Bad), ("c", """{"n":2}""") }) await PublishAsync(harness, id, data);

        await harness.DrainAsync();

        Assert.That(harness.Requests.Select(r => r.BodyText), Is.EqualTo(new[] { """{"event":"a.b","n":1}""", """{"event":"a.b","n":2}""" }));
    }

    [Test]
    public async Task ResendAsync_StillUnsendable_EndsAgainWithASecondReason()
    {
        await using var harness = await Engine.StartAsync(WebhookProfiles.MailerLite);
        await harness.SubscribeAsync();
        await PublishAsync(harness, "bad", Bad);
        await harness.DrainAsync();

        await harness.Deliveries.ResendAsync((await harness.DeliveryAsync()).Id);
        await harness.DrainAsync();

        var delivery = await harness.DeliveryAsync();
        Assert.That((delivery.Status, delivery.AttemptCount), Is.EqualTo((DeliveryStatus.Exhausted, 2)));
        Assert.That((await harness.Deliveries.GetAttemptsAsync(delivery.Id)).Select(a => (a.Number, a.Outcome)), Is.EqualTo(new[] { (1, AttemptOutcome.Unsendable), (2, AttemptOutcome.Unsendable) }));
    }

    [TestCase(DeliveryOrder.None)]
    [TestCase(DeliveryOrder.Strict)]
    public async Task Unsendable_ManyAmongManyInSmallBatches_EveryGoodOneIsDeliveredOnceInOrder(DeliveryOrder order)
    {
        await using var harness = await Engine.StartAsync(WebhookProfiles.MailerLite);
        await harness.SubscribeAsync(s => s with { Batching = Batching with { MaxEvents = 4 }, Order = order, MaxConcurrency = 1 });
        for (var i = 0; i < 200; i++) await PublishAsync(harness, $"e{i}", i % 3 == 0 ? Bad : $$"""{"n":{{i}}}""");

        await harness.AdvanceAsync(TimeSpan.FromMinutes(1));

        var sent = harness.Requests.SelectMany(r => System.Text.Json.JsonDocument.Parse(r.Body).RootElement.GetProperty("events").EnumerateArray().Select(e => e.GetProperty("n").GetInt32())).ToArray();
        var good = Enumerable.Range(0, 200).Where(i => i % 3 != 0);
        Assert.That(sent, order == DeliveryOrder.Strict ? Is.EqualTo(good) : Is.EquivalentTo(good));
        Assert.That((await harness.DeliveriesAsync()).Count(d => d.Status == DeliveryStatus.Exhausted), Is.EqualTo(67));
    }

    [Test]
    public async Task SendTestEventAsync_Unsendable_SaysWhyAndWhatToDo()
    {
        await using var harness = await Engine.StartAsync(WebhookProfiles.MailerLite);
        var subscription = await harness.SubscribeAsync();
        var sample = new WebhookEvent { Type = "a.b", Data = Encoding.UTF8.GetBytes(Bad) };

        var refused = await TestEngine.ThrownAsync<WebhookConflictException>(async () => await harness.Subscriptions.SendTestEventAsync(subscription.Id, sample));

        Assert.That(refused.Message, Does.Contain("is no JSON object").And.Contain("Send another sample"));
        Assert.That(harness.Requests, Is.Empty);
    }

    private static async Task AssertUntouchedAsync(WebhookTestHarness harness, WebhookSubscription before)
    {
        var now = await harness.Subscriptions.GetAsync(before.Id);
        Assert.That((now!.Status, now.StatusReason, now.FailingSince), Is.EqualTo((SubscriptionStatus.Enabled, (string?)null, (DateTimeOffset?)null)));
    }

    private static ValueTask<PublishReceipt> PublishAsync(WebhookTestHarness harness, string id, string data, string contentType = "application/json") =>
        harness.Publisher.PublishAsync(new WebhookEvent { Id = id, Type = "a.b", Data = Encoding.UTF8.GetBytes(data), ContentType = contentType });

    private static WebhookProfile Named(string name) => WebhookProfiles.All.Single(p => p.Name == name);

    private static TestCaseData Case(string profile, string data, string reason, string contentType = "application/json", (string Name, string Value)? settings = null) =>
        new TestCaseData(Named(profile), data, contentType, settings is { } s ? new Dictionary<string, string> { [s.Name] = s.Value } : [], reason)
            .SetArgDisplayNames(profile, reason);

    [TestCase("MailerLite")]
    [TestCase("Mailjet")]
    [TestCase("MailUp")]
    [TestCase("StandardWebhooks")]
    public async Task Publish_OwnDataNestedDeeperThanUsual_IsSentAndRead(string profile)
    {
        await using var harness = await Engine.StartAsync(options: o => o.SerializerOptions = new JsonSerializerOptions { MaxDepth = 200 });
        await Engine.SubscribeAsync(harness, s => s with { Profile = profile });
        object data = 1;
        for (var i = 0; i < 90; i++) data = new { a = data };
        await harness.Publisher.PublishAsync("a.b", data);
        await harness.AdvanceAsync(TimeSpan.FromMinutes(1));
        Assert.That((await harness.DeliveryAsync()).Status, Is.EqualTo(DeliveryStatus.Succeeded));
        if (profile == "StandardWebhooks")
        {
            var secret = (await harness.Subscriptions.ListAsync(new SubscriptionQuery { AllTenants = true })).Items.Single().Secrets[0].Value;
            Assert.That(new WebhookVerifier(WebhookProfiles.StandardWebhooks, [secret], harness.Clock).Receive(harness.Requests[0].Headers, harness.Requests[0].Body).IsValid, Is.True);
        }
    }

    [Test]
    public async Task Deliver_ProfileCannotBatchAnyMore_EachGoesAlone()
    {
        await using var harness = await Engine.StartAsync(configure: webhooks => webhooks.AddProfile(Engine.Exact with { Name = "asgiven", Format = WebhookFormats.AsGiven }));
        var store = harness.Services.GetRequiredService<IWebhookStore>();
        var subscription = await Engine.SubscribeAsync(harness, s => s with { Batching = new BatchingOptions { MaxEvents = 3 } });
        await store.UpdateSubscriptionAsync(subscription with { Profile = "asgiven" }, default);
        for (var i = 0; i < 3; i++) await harness.PublishAsync(i);
        await harness.AdvanceAsync(TimeSpan.FromMinutes(1));
        Assert.That(harness.Requests.Select(r => r.BodyText).Order(), Is.EqualTo(new[] { """{"number":0}""", """{"number":1}""", """{"number":2}""" }));
    }

    [Test]
    public async Task Format_BodyWithoutContentType_IsNotSentAsNothing()
    {
        await using var harness = await Engine.StartAsync(Engine.Exact with { Format = new Typeless() });
        await Engine.SubscribeAsync(harness);
        await harness.PublishAsync();
        await harness.AdvanceAsync(TimeSpan.FromHours(1));
        Assert.That(harness.Requests, Is.Empty);
        Assert.That((await harness.DeliveryAsync()).Status, Is.EqualTo(DeliveryStatus.Pending));
    }

    private sealed class Typeless : IWebhookFormat
    {
        public bool CanBatch(WebhookSubscription subscription) => false;

        public WebhookContent Format(in FormatContext context) => new() { Uri = context.Subscription.Url, Body = context.Events[0].Data };
    }
}
