using NUnit.Framework;

namespace WebhookKit.Tests.Rules;

/// <summary>Rule 3: a stored delivery is attempted until it ends, under one message id.</summary>
public sealed class AtLeastOnceRuleTests
{
    private static readonly TimeSpan[] Schedule =
    [
        TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(30), TimeSpan.FromHours(2), TimeSpan.FromHours(5),
        TimeSpan.FromHours(10), TimeSpan.FromHours(14), TimeSpan.FromHours(20), TimeSpan.FromHours(24),
    ];

    [Test]
    public async Task Schedule_WholeStandardWebhooks_EachAttemptAtItsExactTimeUnderOneId()
    {
        await using var harness = await Engine.StartAsync();
        await harness.SubscribeAsync();
        harness.Receiver.Reply(500);
        var start = harness.Clock.GetUtcNow();
        var receipt = await harness.PublishAsync();
        await harness.AdvanceAsync(TimeSpan.FromHours(80));

        var expected = new List<DateTimeOffset> { start };
        foreach (var delay in Schedule) expected.Add(expected[^1] + delay);
        var delivery = await harness.DeliveryAsync();
        Assert.Multiple(() =>
        {
            Assert.That(harness.Requests.Select(r => r.ReceivedAt), Is.EqualTo(expected));
            Assert.That(expected[^1] - start, Is.EqualTo(new TimeSpan(75, 35, 5)));
            Assert.That(harness.Requests.Select(r => r.MessageId()), Is.All.EqualTo(receipt.EventId));
            Assert.That(harness.Requests.Select(r => r.BodyText).Distinct().Count(), Is.EqualTo(1), "every attempt carries the same bytes");
            Assert.That(delivery.Status, Is.EqualTo(DeliveryStatus.Exhausted));
            Assert.That(delivery.AttemptCount, Is.EqualTo(10));
        });
    }

    [Test]
    public async Task Answer_Lost_IsSentAgainUnderTheSameId()
    {
        await using var harness = await Engine.StartAsync();
        await harness.SubscribeAsync();
        harness.Receiver.Default.Drop(HttpRequestError.ResponseEnded).Reply(200);
        await harness.PublishAsync();
        await harness.AdvanceAsync(TimeSpan.FromMinutes(1));

        Assert.Multiple(() =>
        {
            Assert.That(harness.Requests, Has.Count.EqualTo(2));
            Assert.That(harness.Requests.Select(r => r.MessageId()).Distinct().Count(), Is.EqualTo(1));
        });
    }

    [Test]
    public async Task TimeToLive_EndsBeforeTheNextAttempt_Expires()
    {
        await using var harness = await Engine.StartAsync();
        await harness.SubscribeAsync();
        harness.Receiver.Reply(500);
        await harness.PublishAsync(options: new PublishOptions { TimeToLive = TimeSpan.FromMinutes(1) });
        await harness.AdvanceAsync(TimeSpan.FromHours(1));

        var delivery = await harness.DeliveryAsync();
        Assert.Multiple(() =>
        {
            Assert.That(delivery.Status, Is.EqualTo(DeliveryStatus.Expired));
            Assert.That(harness.Requests, Has.Count.EqualTo(2), "at once and after 5 s; the next would come after 5 minutes");
        });
    }

    [Test]
    public async Task TimeToLive_EndsWhilePaused_ExpiresWithoutAnAttempt()
    {
        await using var harness = await Engine.StartAsync();
        var subscription = await harness.SubscribeAsync(s => s with { Status = SubscriptionStatus.Paused });
        await harness.PublishAsync(options: new PublishOptions { TimeToLive = TimeSpan.FromMinutes(1) });
        await harness.AdvanceAsync(TimeSpan.FromMinutes(2));
        await harness.Subscriptions.EnableAsync(subscription.Id);
        await harness.DrainAsync();

        var delivery = await harness.DeliveryAsync();
        Assert.Multiple(() =>
        {
            Assert.That(delivery.Status, Is.EqualTo(DeliveryStatus.Expired));
            Assert.That(delivery.AttemptCount, Is.Zero);
            Assert.That(harness.Requests, Is.Empty);
        });
    }

    [Test]
    public async Task TimeToLive_EndsWhileTheRequestHasToWait_ExpiresWithoutAnAttempt([Values] DeliveryOrder order)
    {
        // A new lane asks first since when its endpoint is failing.
        FaultyStore store = null!;
        await using var harness = await Engine.StartAsync(configure: Engine.WithStore(s => store = s));
        await harness.SubscribeAsync(s => s with { Order = order });
        store.Wait = method => method == nameof(ISubscriptionStore.ListFailingAsync) ? Task.Delay(TimeSpan.FromSeconds(10), harness.Clock) : Task.CompletedTask;
        await harness.PublishAsync(1, options: new PublishOptions { TimeToLive = TimeSpan.FromSeconds(5) });
        await harness.PublishAsync(2);
        await harness.AdvanceAsync(TimeSpan.FromMinutes(1));

        var deliveries = await harness.DeliveriesAsync();
        Assert.That(deliveries.Select(d => (d.Status, d.AttemptCount)), Is.EquivalentTo(new[] { (DeliveryStatus.Expired, 0), (DeliveryStatus.Succeeded, 1) }));
        Assert.That(harness.Requests, Has.Count.EqualTo(1));
    }

    [Test]
    public async Task Subscription_Deleted_ItsPendingDeliveriesAreCanceled()
    {
        await using var harness = await Engine.StartAsync();
        var subscription = await harness.SubscribeAsync();
        harness.Receiver.Reply(500);
        await harness.PublishAsync();
        await harness.DrainAsync();
        await harness.Subscriptions.DeleteAsync(subscription.Id);
        await harness.AdvanceAsync(TimeSpan.FromHours(1));

        Assert.That((await harness.DeliveryAsync()).Status, Is.EqualTo(DeliveryStatus.Canceled));
        Assert.That(harness.Requests, Has.Count.EqualTo(1));
    }

    [Test]
    public async Task JitterAndIds_SameSeed_RepeatTheRun()
    {
        var first = await RunAsync(1);
        var again = await RunAsync(1);
        var other = await RunAsync(2);
        Assert.Multiple(() =>
        {
            Assert.That(again, Is.EqualTo(first));
            Assert.That(other.Select(r => r.At), Is.Not.EqualTo(first.Select(r => r.At)));
        });
    }

    private static async Task<List<(DateTimeOffset At, string MessageId)>> RunAsync(int seed)
    {
        await using var harness = await Engine.StartAsync(WebhookProfiles.StandardWebhooks, Seeds.Use(seed));
        await harness.SubscribeAsync();
        harness.Receiver.Reply(500);
        await harness.PublishAsync();
        await harness.AdvanceAsync(TimeSpan.FromHours(90));
        return [.. harness.Requests.Select(r => (r.ReceivedAt, r.MessageId()))];
    }
}
