using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using NUnit.Framework;
using WebhookKit.Testing;

namespace WebhookKit.Tests.Testing;

public sealed class WebhookTestHarnessTests
{
    private const string Url = "https://example.com/hooks";
    private const string OtherUrl = "https://example.org/hooks";

    [Test]
    public async Task DrainAsync_PublishedEvent_IsDeliveredOnceAndVerifies()
    {
        await using var harness = await StartAsync();
        var subscription = await SubscribeAsync(harness, Url);

        var receipt = await harness.Publisher.PublishAsync("order.paid", new { id = 42 });
        Assert.That(harness.Requests, Is.Empty, "nothing runs in the background");
        await harness.DrainAsync();

        var request = harness.RequestsTo(Url).Single();
        var verifier = new WebhookVerifier(WebhookProfiles.StandardWebhooks, [subscription.Secrets[0].Value], harness.Clock);
        Assert.That(verifier.Verify(request.Headers, request.Body).IsValid, Is.True);
        Assert.That(request.Headers["webhook-id"], Is.EqualTo(receipt.EventId));
        Assert.That(await harness.AssertDeliveredAsync("order.paid", Url, times: 1), Has.Count.EqualTo(1));
    }

    [Test]
    public async Task AdvanceAsync_FailingEndpoint_IsRetriedAtTheTimesOfItsSchedule()
    {
        await using var harness = await StartAsync();
        await SubscribeAsync(harness, Url);
        harness.Receiver.Reply(500, 503, 200);

        await harness.Publisher.PublishAsync("order.paid", 1);
        await harness.AdvanceAsync(TimeSpan.FromHours(1));

        Assert.That(Times(harness, Url), Is.EqualTo(new[] { 0.0, 10, 110 }));
        Assert.That(harness.Clock.GetUtcNow(), Is.EqualTo(ManualTimeProvider.DefaultStart.AddHours(1)));
        await harness.AssertDeliveredAsync("order.paid");
    }

    [Test]
    public async Task AdvanceAsync_InPieces_DeliversWhatEachReaches()
    {
        await using var harness = await StartAsync();
        await SubscribeAsync(harness, Url);
        harness.Receiver.Reply(500, 500, 200);
        await harness.Publisher.PublishAsync("order.paid", 1);

        await harness.AdvanceAsync(TimeSpan.Zero);
        Assert.That(harness.Requests, Has.Count.EqualTo(1));
        await harness.AdvanceAsync(TimeSpan.FromSeconds(9.999));
        Assert.That(harness.Requests, Has.Count.EqualTo(1));
        await harness.AdvanceAsync(TimeSpan.FromSeconds(0.001));
        Assert.That(harness.Requests, Has.Count.EqualTo(2));
    }

    [Test]
    public async Task AdvanceAsync_DelayedAnswer_StaysUnderWayUntilItsTime()
    {
        await using var harness = await StartAsync();
        await SubscribeAsync(harness, Url);
        harness.Receiver.Default.ReplyAfter(TimeSpan.FromSeconds(2), 200);
        await harness.Publisher.PublishAsync("order.paid", 1);

        await harness.DrainAsync();
        await harness.AdvanceAsync(TimeSpan.FromSeconds(1));
        Assert.That(harness.Receiver.ParkedCount, Is.EqualTo(1));
        await harness.AssertNotDeliveredAsync("order.paid");

        await harness.AdvanceAsync(TimeSpan.FromSeconds(1));
        var delivery = (await harness.AssertDeliveredAsync("order.paid", Url, times: 1)).Single();
        var attempt = (await harness.Deliveries.GetAttemptsAsync(delivery.Id)).Single();
        Assert.That(attempt.Duration, Is.EqualTo(TimeSpan.FromSeconds(2)));
    }

    [Test]
    public async Task AssertDeliveredAsync_EventOfATenant_IsSeen()
    {
        await using var harness = await StartAsync();
        await harness.Subscriptions.CreateAsync(new NewWebhookSubscription { TenantId = "acme", Url = new Uri(Url), EventTypes = ["order.paid"] });
        await harness.Publisher.PublishAsync("order.paid", 1, new PublishOptions { TenantId = "acme" });
        await harness.DrainAsync();

        await harness.AssertDeliveredAsync("order.paid", Url, times: 1);
        await Assert.ThatAsync(() => harness.AssertNotDeliveredAsync("order.paid"), Throws.TypeOf<WebhookAssertionException>());
    }

    [Test]
    public async Task AdvanceAsync_HangingEndpoint_TimesOutAndIsRetried()
    {
        await using var harness = await StartAsync();
        await SubscribeAsync(harness, Url);
        harness.Receiver.Default.Hang().Reply(200);
        await harness.Publisher.PublishAsync("order.paid", 1);

        await harness.AdvanceAsync(TimeSpan.FromMinutes(1));

        var delivery = (await harness.AssertDeliveredAsync("order.paid", Url, times: 1)).Single();
        var attempts = await harness.Deliveries.GetAttemptsAsync(delivery.Id);
        Assert.That(attempts.Select(attempt => attempt.Outcome), Is.EqualTo(new[] { AttemptOutcome.TimedOut, AttemptOutcome.Succeeded }));
        Assert.That(Times(harness, Url), Is.EqualTo(new[] { 0.0, 25 }).Within(0.002), "a deadline of 15 s, then a pause of 10 s");
    }

    [Test]
    public async Task AdvanceAsync_OneEndpointHangs_AnotherKeepsItsTimes()
    {
        await using var harness = await StartAsync();
        await SubscribeAsync(harness, Url);
        await SubscribeAsync(harness, OtherUrl);
        harness.Receiver.For(Url).Hang();
        harness.Receiver.For(OtherUrl).Reply(500, 500, 200);
        await harness.Publisher.PublishAsync("order.paid", 1);

        await harness.AdvanceAsync(TimeSpan.FromMinutes(2));

        Assert.That(Times(harness, OtherUrl), Is.EqualTo(new[] { 0.0, 10, 110 }).Within(0.005));
        Assert.That(Times(harness, Url), Is.EqualTo(new[] { 0.0, 25 }).Within(0.005));
        await harness.AssertDeliveredAsync("order.paid", OtherUrl, times: 1);
        await harness.AssertNotDeliveredAsync("order.paid", Url);
    }

    [Test]
    [Repeat(5)]
    public async Task AdvanceAsync_ManySlowAnswers_ComeInWavesOfTheConcurrencyLimit()
    {
        await using var harness = await StartAsync();
        await SubscribeAsync(harness, Url, maxConcurrency: 4);
        harness.Receiver.Default.ReplyAfter(TimeSpan.FromSeconds(2), 200);
        for (var i = 0; i < 12; i++) await harness.Publisher.PublishAsync("order.paid", i);

        await harness.AdvanceAsync(TimeSpan.FromSeconds(30));

        Assert.That(Times(harness, Url), Is.EqualTo(new double[] { 0, 0, 0, 0, 2, 2, 2, 2, 4, 4, 4, 4 }));
        await harness.AssertDeliveredAsync("order.paid", Url, times: 12);
    }

    [Test]
    public async Task AdvanceAsync_BatchWindow_GathersUntilItEnds()
    {
        await using var harness = await StartAsync();
        await SubscribeAsync(harness, Url, batching: new BatchingOptions { MaxDelay = TimeSpan.FromMinutes(1) });
        await harness.Publisher.PublishAsync("order.paid", 1);
        await harness.AdvanceAsync(TimeSpan.FromSeconds(20));
        await harness.Publisher.PublishAsync("order.paid", 2);
        await harness.AdvanceAsync(TimeSpan.FromSeconds(20));
        Assert.That(harness.Requests, Is.Empty);

        await harness.AdvanceAsync(TimeSpan.FromSeconds(20));

        Assert.That(harness.Requests, Has.Count.EqualTo(1));
        await harness.AssertDeliveredAsync("order.paid", Url, times: 2);
    }

    [Test]
    public async Task AdvanceAsync_StandardSchedule_EndsAfterThreeDays()
    {
        await using var harness = await StartAsync(WebhookProfiles.StandardWebhooks);
        await SubscribeAsync(harness, Url);
        harness.Receiver.Reply(500);
        await harness.Publisher.PublishAsync("order.paid", 1);

        await harness.AdvanceAsync(TimeSpan.FromHours(90));

        Assert.That(harness.Requests, Has.Count.EqualTo(10));
        var delivery = (await harness.Deliveries.ListAsync(new DeliveryQuery())).Items.Single();
        Assert.That(delivery.Status, Is.EqualTo(DeliveryStatus.Exhausted));
    }

    [Test]
    public async Task AssertDeliveredAsync_StillPending_SaysWhatHappenedInstead()
    {
        await using var harness = await StartAsync();
        await SubscribeAsync(harness, Url);
        harness.Receiver.Reply(503);
        await harness.Publisher.PublishAsync("order.paid", 1, new PublishOptions { EventId = "evt_1" });
        await harness.DrainAsync();

        Assert.That(
            async () => await harness.AssertDeliveredAsync("order.paid", Url),
            Throws.TypeOf<WebhookAssertionException>().With.Message.EqualTo(
                $"Expected at least one delivery of 'order.paid' to {Url}, but there are 0.{Environment.NewLine}" +
                $"  evt_1 to {Url}: Pending, attempts: 1, last: ErrorStatus (503), due at 2030-01-01T00:00:10.0000000+00:00"));
    }

    [Test]
    public async Task AssertDeliveredAsync_OtherTypeOnly_NamesTheTypesThatThereAre()
    {
        await using var harness = await StartAsync();
        await SubscribeAsync(harness, Url);
        await harness.Publisher.PublishAsync("order.paid", 1);
        await harness.DrainAsync();

        Assert.That(
            async () => await harness.AssertDeliveredAsync("order.sent"),
            Throws.TypeOf<WebhookAssertionException>().With.Message.Contains("No subscription matched").And.Message.Contains("order.paid"));
    }

    [Test]
    public async Task AssertNotDeliveredAsync_Delivered_Throws()
    {
        await using var harness = await StartAsync();
        await SubscribeAsync(harness, Url);
        await harness.Publisher.PublishAsync("order.paid", 1);
        await harness.DrainAsync();

        Assert.That(async () => await harness.AssertNotDeliveredAsync("order.paid"), Throws.TypeOf<WebhookAssertionException>());
        Assert.That(async () => await harness.AssertNotDeliveredAsync("order.paid", OtherUrl), Throws.Nothing);
    }

    [Test]
    public async Task StartAsync_BadOption_FailsAsAHostWould()
    {
        Assert.That(
            async () => await WebhookTestHarness.StartAsync(webhooks => webhooks.Services.Configure<WebhookOptions>(options => options.MaxConcurrency = 0)),
            Throws.TypeOf<OptionsValidationException>());
        await Task.CompletedTask;
    }

    [Test]
    public async Task DisposeAsync_RequestHangs_InterruptsIt()
    {
        var harness = await StartAsync();
        await SubscribeAsync(harness, Url);
        harness.Receiver.Default.Hang();
        await harness.Publisher.PublishAsync("order.paid", 1);
        await harness.DrainAsync();
        Assert.That(harness.Receiver.ParkedCount, Is.EqualTo(1));

        await harness.DisposeAsync();

        Assert.That(harness.Receiver.ParkedCount, Is.Zero);
    }

    // Round numbers and no jitter, so that every time can be told exactly.
    private static Task<WebhookTestHarness> StartAsync(WebhookProfile? profile = null) => WebhookTestHarness.StartAsync(webhooks => webhooks
        .AddEventType("order.paid", "Fires when an order is paid.")
        .AddEventType("order.sent", "Fires when an order is sent.")
        .AddProfile((profile ?? WebhookProfiles.StandardWebhooks with { Retry = new RetrySchedule(TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(100)) }) with { Name = "test" }));

    private static async Task<WebhookSubscription> SubscribeAsync(
        WebhookTestHarness harness, string url, int? maxConcurrency = null, BatchingOptions? batching = null) =>
        await harness.Subscriptions.CreateAsync(new NewWebhookSubscription
        {
            Url = new Uri(url),
            EventTypes = ["order.*"],
            Profile = "test",
            MaxConcurrency = maxConcurrency,
            Batching = batching,
        });

    private static IEnumerable<double> Times(WebhookTestHarness harness, string url) =>
        harness.RequestsTo(url).Select(request => (request.ReceivedAt - ManualTimeProvider.DefaultStart).TotalSeconds);
}
