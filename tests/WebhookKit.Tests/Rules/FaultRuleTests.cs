using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;
using WebhookKit.Dispatching;

namespace WebhookKit.Tests.Rules;

/// <summary>Rule 7: our faults are not theirs.</summary>
public sealed class FaultRuleTests
{
    [Test]
    public async Task Format_Throws_UsesUpNoAttemptAndLeavesTheEndpointHealthy()
    {
        var format = new ThrowingFormat();
        await using var harness = await Engine.StartAsync(Engine.Exact with { Format = format });
        var subscription = await harness.SubscribeAsync();
        await harness.PublishAsync();
        await harness.AdvanceAsync(TimeSpan.FromHours(1));
        await AssertUnharmedAsync(harness, subscription.Id);

        format.Throws = false;
        await harness.AdvanceAsync(TimeSpan.FromMinutes(15));
        Assert.That((await harness.DeliveryAsync()).Status, Is.EqualTo(DeliveryStatus.Succeeded));
    }

    [TestCaseSource(nameof(Unsendable))]
    public async Task Format_GivesWhatCannotBeSent_UsesUpNoAttemptAndLeavesTheEndpointHealthy(WebhookContent content)
    {
        await using var harness = await Engine.StartAsync(Engine.Exact with { Format = new FixedFormat(content) });
        var subscription = await harness.SubscribeAsync();
        await harness.PublishAsync();
        await harness.AdvanceAsync(TimeSpan.FromHours(1));
        await AssertUnharmedAsync(harness, subscription.Id);
    }

    [Test]
    public async Task Signer_Throws_UsesUpNoAttemptAndLeavesTheEndpointHealthy()
    {
        await using var harness = await Engine.StartAsync(Engine.Exact with { Signer = new ThrowingSigner() });
        var subscription = await harness.SubscribeAsync();
        await harness.PublishAsync();
        await harness.AdvanceAsync(TimeSpan.FromHours(1));
        await AssertUnharmedAsync(harness, subscription.Id);
    }

    [Test]
    public async Task Signer_Throws_TriesAgainWithGrowingDelay()
    {
        var signer = new ThrowingSigner();
        await using var harness = await Engine.StartAsync(Engine.Exact with { Signer = signer });
        await harness.SubscribeAsync();
        await harness.PublishAsync();
        await harness.AdvanceAsync(TimeSpan.FromHours(2));
        Assert.That(signer.Calls, Is.InRange(10, 25), "after 1, 2, 4 … 900, 900 s");
    }

    [Test]
    public async Task Settle_StoreFails_IsStoredLaterWithoutSendingAgain()
    {
        FaultyStore store = null!;
        await using var harness = await Engine.StartAsync(configure: Engine.WithStore(s => store = s));
        var subscription = await harness.SubscribeAsync();
        var failures = 8;
        store.Before = method =>
        {
            if (method == nameof(IDeliveryQueue.SettleAsync) && failures-- > 0) throw new IOException("The store is away.");
        };
        await harness.PublishAsync();
        await harness.AdvanceAsync(TimeSpan.FromSeconds(30));

        var delivery = await harness.DeliveryAsync();
        Assert.Multiple(() =>
        {
            Assert.That(delivery.Status, Is.EqualTo(DeliveryStatus.Succeeded));
            Assert.That(delivery.AttemptCount, Is.EqualTo(1));
            Assert.That(harness.Requests, Has.Count.EqualTo(1));
        });
        Assert.That((await harness.Subscriptions.GetAsync(subscription.Id))!.FailingSince, Is.Null);
    }

    [Test]
    public async Task Settle_AnswerOfTheStoreIsLost_SettlingTwiceChangesNothing()
    {
        FaultyStore store = null!;
        await using var harness = await Engine.StartAsync(configure: Engine.WithStore(s => store = s));
        await harness.SubscribeAsync();
        harness.Receiver.Reply(500, 200);
        var failures = 1;
        store.After = method =>
        {
            if (method == nameof(IDeliveryQueue.SettleAsync) && failures-- > 0) throw new IOException("The answer is lost.");
        };
        await harness.PublishAsync();
        await harness.AdvanceAsync(TimeSpan.FromMinutes(1));

        var delivery = await harness.DeliveryAsync();
        Assert.Multiple(() =>
        {
            Assert.That(delivery.Status, Is.EqualTo(DeliveryStatus.Succeeded));
            Assert.That(delivery.AttemptCount, Is.EqualTo(2));
            Assert.That(harness.Requests, Has.Count.EqualTo(2));
        });
        Assert.That(await harness.Deliveries.GetAttemptsAsync(delivery.Id), Has.Count.EqualTo(2));
    }

    [Test]
    public async Task HealthRead_StoreFails_SendsNothingTwice()
    {
        FaultyStore store = null!;
        await using var harness = await Engine.StartAsync(configure: Engine.WithStore(s => store = s));
        await harness.SubscribeAsync();
        var failures = 3;
        store.Before = method =>
        {
            if (method == nameof(ISubscriptionStore.ListFailingAsync) && failures-- > 0) throw new IOException("The store is away.");
        };
        await harness.PublishAsync();
        await harness.AdvanceAsync(TimeSpan.FromMinutes(1));

        var delivery = await harness.DeliveryAsync();
        Assert.Multiple(() =>
        {
            Assert.That(delivery.Status, Is.EqualTo(DeliveryStatus.Succeeded));
            Assert.That(delivery.AttemptCount, Is.EqualTo(1));
            Assert.That(harness.Requests, Has.Count.EqualTo(1));
        });
    }

    [Test]
    public async Task Observer_Throws_ChangesNothing()
    {
        await using var harness = await Engine.StartAsync(configure: webhooks => webhooks.AddObserver<ThrowingObserver>());
        await harness.SubscribeAsync();
        harness.Receiver.Reply(500, 200);
        await harness.PublishAsync();
        await harness.AdvanceAsync(TimeSpan.FromMinutes(1));
        Assert.That((await harness.DeliveryAsync()).Status, Is.EqualTo(DeliveryStatus.Succeeded));
    }

    [Test]
    public async Task Paused_ForDays_UsesUpNoAttempt()
    {
        await using var harness = await Engine.StartAsync();
        var subscription = await harness.SubscribeAsync(s => s with { Status = SubscriptionStatus.Paused });
        await harness.PublishAsync();
        await harness.AdvanceAsync(TimeSpan.FromDays(3));
        Assert.That((await harness.DeliveryAsync()).AttemptCount, Is.Zero);

        await harness.Subscriptions.EnableAsync(subscription.Id);
        await harness.DrainAsync();
        Assert.That((await harness.DeliveryAsync()).Status, Is.EqualTo(DeliveryStatus.Succeeded));
    }

    [Test]
    public async Task BreakerOpen_ManyDeliveries_UseUpNoAttemptWhileItIs()
    {
        await using var harness = await Engine.StartAsync(options: o => o.Breaker = new BreakerOptions
        {
            Failures = 5,
            OpenFor = TimeSpan.FromMinutes(10),
            MaxOpenFor = TimeSpan.FromMinutes(10),
        });
        await harness.SubscribeAsync();
        harness.Receiver.Reply(500);
        for (var i = 0; i < 50; i++) await harness.PublishAsync(i);
        await harness.AdvanceAsync(TimeSpan.FromMinutes(9));
        Assert.That(harness.Requests, Has.Count.LessThanOrEqualTo(8), "five failures and what was under way beside them");

        harness.Receiver.Reply(200);
        await harness.AdvanceAsync(TimeSpan.FromMinutes(31));
        var deliveries = await harness.DeliveriesAsync();
        Assert.That(deliveries, Has.All.Property("Status").EqualTo(DeliveryStatus.Succeeded));
    }

    private static IEnumerable<TestCaseData> Unsendable()
    {
        var content = new WebhookContent { Uri = new Uri(Engine.Url) };
        yield return new TestCaseData(content with { Uri = new Uri("/hooks", UriKind.Relative) }).SetArgDisplayNames("relative URI");
        yield return new TestCaseData(content with { Method = null! }).SetArgDisplayNames("no method");
        yield return new TestCaseData(content with { ContentType = "no media type" }).SetArgDisplayNames("bad content type");
    }

    private static async Task AssertUnharmedAsync(WebhookKit.Testing.WebhookTestHarness harness, string subscriptionId)
    {
        var delivery = await harness.DeliveryAsync();
        var subscription = await harness.Subscriptions.GetAsync(subscriptionId);
        var lane = harness.Services.GetRequiredService<LaneTable>().Find(subscriptionId);
        Assert.Multiple(() =>
        {
            Assert.That(delivery.Status, Is.EqualTo(DeliveryStatus.Pending));
            Assert.That(delivery.AttemptCount, Is.Zero);
            Assert.That(subscription!.FailingSince, Is.Null);
            Assert.That(subscription.Status, Is.EqualTo(SubscriptionStatus.Enabled));
            Assert.That(lane?.IsBreakerOpen, Is.Not.True);
            Assert.That(harness.Requests, Is.Empty);
        });
    }

    private sealed class ThrowingFormat : IWebhookFormat
    {
        public bool Throws { get; set; } = true;

        public bool CanBatch(WebhookSubscription subscription) => false;

        public WebhookContent Format(in FormatContext context) =>
            Throws ? throw new InvalidOperationException("A bug of the host's.") : WebhookProfiles.StandardWebhooks.Format.Format(context);
    }

    private sealed class FixedFormat(WebhookContent content) : IWebhookFormat
    {
        public bool CanBatch(WebhookSubscription subscription) => false;

        public WebhookContent Format(in FormatContext context) => content;
    }

    private sealed class ThrowingSigner : ISigner
    {
        public int Calls { get; private set; }

        public void Sign(in SigningContext context, WebhookHeaders headers)
        {
            Calls++;
            throw new InvalidOperationException("A bug of the host's.");
        }

        public string? FindSecretFault(string secret) => null;

        public string GenerateSecret() => "secret";
    }

    private sealed class ThrowingObserver : IWebhookObserver
    {
        public void OnAttempt(WebhookSubscription subscription, IReadOnlyList<WebhookDelivery> deliveries, DeliveryAttempt attempt) =>
            throw new InvalidOperationException("A bug of the host's.");

        public void OnEndpointRecovered(WebhookSubscription subscription, DateTimeOffset failingSince) =>
            throw new InvalidOperationException("A bug of the host's.");
    }

    [TestCase(DeliveryOrder.None, 3)]
    [TestCase(DeliveryOrder.Strict, 2)]
    public async Task Format_ThrowsForOneEventOfABatch_OthersGoWithoutIt(DeliveryOrder order, int delivered)
    {
        await using var harness = await Engine.StartAsync(Engine.Exact with { Format = new PoisonedFormat() });
        await harness.SubscribeAsync(s => s with { Batching = new BatchingOptions { MaxEvents = 10, MaxDelay = TimeSpan.FromSeconds(1) }, Order = order });
        await harness.PublishAsync(1);
        await harness.PublishAsync(2);
        await harness.Publisher.PublishAsync("poisoned.one", new { });
        await harness.PublishAsync(3);
        await harness.AdvanceAsync(TimeSpan.FromMinutes(1));

        var deliveries = await harness.DeliveriesAsync();
        Assert.That(deliveries.Count(d => d.Status == DeliveryStatus.Succeeded), Is.EqualTo(delivered), "in strict order what came after it waits");
        Assert.That(deliveries.Single(d => d.EventType == "poisoned.one").AttemptCount, Is.Zero);
    }

    [Test]
    public async Task MeterListener_Throws_ChangesNothing()
    {
        await using var harness = await Engine.StartAsync();
        await harness.SubscribeAsync();
        var meters = harness.Services.GetRequiredService<IMeterFactory>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, l) =>
        {
            if (ReferenceEquals(instrument.Meter.Scope, meters)) l.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((_, _, _, _) => throw new InvalidOperationException("A bug of the host's."));
        listener.SetMeasurementEventCallback<double>((_, _, _, _) => throw new InvalidOperationException("A bug of the host's."));
        listener.Start();
        var receipt = await harness.PublishAsync();
        await harness.DrainAsync();
        Assert.That(receipt.Deliveries, Is.EqualTo(1));
        Assert.That((await harness.DeliveryAsync()).Status, Is.EqualTo(DeliveryStatus.Succeeded));
    }

    private sealed class PoisonedFormat : IWebhookFormat
    {
        public bool CanBatch(WebhookSubscription subscription) => true;

        public WebhookContent Format(in FormatContext context) => context.Events.Any(e => e.Type == "poisoned.one")
            ? throw new InvalidOperationException("A bug of the host's.")
            : WebhookProfiles.StandardWebhooks.Format.Format(context);
    }
}
