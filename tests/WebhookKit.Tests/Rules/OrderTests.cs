using NUnit.Framework;
using WebhookKit.Testing;

namespace WebhookKit.Tests.Rules;

/// <summary>Order: none, per key, strict.</summary>
public sealed class OrderTests
{
    [Test]
    public async Task Strict_OneFails_TheRestWaitsForIt()
    {
        await using var harness = await Engine.StartAsync();
        await harness.SubscribeAsync(s => s with { Order = DeliveryOrder.Strict });
        harness.Receiver.Reply(200, 500, 500, 200);
        for (var i = 0; i < 5; i++) await harness.PublishAsync(i);
        await harness.DrainAsync();
        Assert.That(Numbers(harness), Is.EqualTo(new[] { 0, 1 }));

        await harness.AdvanceAsync(TimeSpan.FromMinutes(6));
        Assert.That(Numbers(harness), Is.EqualTo(new[] { 0, 1, 1, 1, 2, 3, 4 }));
    }

    [Test]
    public async Task Strict_ManyFailures_NoEventOvertakesAnother()
    {
        await using var harness = await Engine.StartAsync();
        await harness.SubscribeAsync(s => s with { Order = DeliveryOrder.Strict });
        var random = new Random(3);
        harness.Receiver.Default.Answer(_ => new HttpResponseMessage(random.Next(3) == 0 ? System.Net.HttpStatusCode.InternalServerError : System.Net.HttpStatusCode.OK));
        for (var i = 0; i < 600; i++) await harness.PublishAsync(i);
        await harness.AdvanceAsync(TimeSpan.FromDays(5));

        Assert.That(Numbers(harness), Is.Ordered.Ascending);
        Assert.That(Numbers(harness).Distinct().Count(), Is.EqualTo(600));
    }

    [Test]
    public async Task Strict_TurnIsExhausted_TheNextGoesOn()
    {
        await using var harness = await Engine.StartAsync(Engine.Exact with { Retry = new RetrySchedule(TimeSpan.FromSeconds(1)) });
        await harness.SubscribeAsync(s => s with { Order = DeliveryOrder.Strict });
        harness.Receiver.Reply(500, 500, 200);
        await harness.PublishAsync(1);
        await harness.PublishAsync(2);
        await harness.AdvanceAsync(TimeSpan.FromSeconds(2));
        Assert.That(Numbers(harness), Is.EqualTo(new[] { 1, 1, 2 }));
    }

    [Test]
    public async Task PerKey_OneKeyFails_OthersGoOnAndEachKeyKeepsItsOrder()
    {
        await using var harness = await Engine.StartAsync();
        await harness.SubscribeAsync(s => s with { Order = DeliveryOrder.PerKey });
        var failures = 3;
        harness.Receiver.Default.Answer(request => new HttpResponseMessage(
            Number(request) % 3 == 0 && failures-- > 0 ? System.Net.HttpStatusCode.InternalServerError : System.Net.HttpStatusCode.OK));
        for (var i = 0; i < 30; i++) await harness.PublishAsync(i, new PublishOptions { OrderingKey = $"k{i % 3}" });
        await harness.DrainAsync();
        Assert.That(Numbers(harness).Where(n => n % 3 != 0), Has.Exactly(20).Items);

        await harness.AdvanceAsync(TimeSpan.FromHours(2));
        foreach (var key in Numbers(harness).GroupBy(n => n % 3))
            Assert.That(key, Is.Ordered.Ascending);
        Assert.That(Numbers(harness).Distinct().Count(), Is.EqualTo(30));
    }

    [Test]
    public async Task PerKey_LongBacklogOfAFailingKey_HoldsBackItsOwnOnly()
    {
        await using var harness = await Engine.StartAsync(options: o => o.LaneBufferSize = 16);
        await harness.SubscribeAsync(s => s with { Order = DeliveryOrder.PerKey });
        var isFailing = true;
        harness.Receiver.Default.Answer(request => new HttpResponseMessage(
            isFailing && Number(request) < 500 ? System.Net.HttpStatusCode.InternalServerError : System.Net.HttpStatusCode.OK));
        for (var i = 0; i < 500; i++) await harness.PublishAsync(i, new PublishOptions { OrderingKey = "failing" });
        for (var i = 500; i < 700; i++) await harness.PublishAsync(i, new PublishOptions { OrderingKey = i % 5 == 0 ? null : $"k{i % 5}" });
        await harness.DrainAsync();
        Assert.That(Numbers(harness).Distinct().Count(), Is.EqualTo(1 + 200), "the first of the key that fails, and all of the others");

        isFailing = false;
        await harness.AdvanceAsync(TimeSpan.FromHours(1));
        Assert.That(Numbers(harness).Distinct().Count(), Is.EqualTo(700));
        foreach (var key in Numbers(harness).GroupBy(n => n < 500 ? -1 : n % 5).Where(g => g.Key != 0))
            Assert.That(key.ToArray(), Is.Ordered.Ascending);
    }

    [Test]
    public async Task PerKey_LongBacklogOfASlowKey_HoldsBackItsOwnOnly()
    {
        await using var harness = await Engine.StartAsync(options: o => o.LaneBufferSize = 16);
        await harness.SubscribeAsync(s => s with { Order = DeliveryOrder.PerKey });
        var allQuick = new TaskCompletionSource();
        var quick = 0;
        harness.Receiver.Default.Answer(async (request, token) =>
        {
            // The slow key's first request ends only after all of the other key have come.
            if (Number(request) < 200) await allQuick.Task.WaitAsync(token);
            else if (Interlocked.Increment(ref quick) == 100) allQuick.SetResult();
            return new HttpResponseMessage(System.Net.HttpStatusCode.OK);
        });
        for (var i = 0; i < 200; i++) await harness.PublishAsync(i, new PublishOptions { OrderingKey = "slow" });
        for (var i = 200; i < 300; i++) await harness.PublishAsync(i, new PublishOptions { OrderingKey = "quick" });
        await harness.DrainAsync();
        Assert.That(Numbers(harness).Where(n => n < 200), Is.EqualTo(Enumerable.Range(0, 200)));
    }

    [Test]
    public async Task PerKey_ManyFailWithoutAKey_AreEachTriedAgainInTime()
    {
        await using var harness = await Engine.StartAsync(options: o => o.LaneBufferSize = 16);
        await harness.SubscribeAsync(s => s with { Order = DeliveryOrder.PerKey });
        var isFailing = true;
        harness.Receiver.Default.Answer(_ => new HttpResponseMessage(isFailing ? System.Net.HttpStatusCode.InternalServerError : System.Net.HttpStatusCode.OK));
        for (var i = 0; i < 60; i++) await harness.PublishAsync(i);
        await harness.AdvanceAsync(TimeSpan.FromMinutes(2));
        isFailing = false;
        await harness.AdvanceAsync(TimeSpan.FromHours(1));
        Assert.That((await harness.DeliveriesAsync()).Count(d => d.Status == DeliveryStatus.Succeeded), Is.EqualTo(60));
    }

    [Test]
    public async Task PerKey_ManyFailWithoutAKey_HoldBackNoOther()
    {
        await using var harness = await Engine.StartAsync(options: o =>
        {
            o.LaneBufferSize = 16;
            o.Breaker = new BreakerOptions { Failures = 1000 };
        });
        await harness.SubscribeAsync(s => s with { Order = DeliveryOrder.PerKey });
        harness.Receiver.Default.Answer(request => new HttpResponseMessage(
            Number(request) < 300 ? System.Net.HttpStatusCode.InternalServerError : System.Net.HttpStatusCode.OK));
        for (var i = 0; i < 300; i++) await harness.PublishAsync(i);
        await harness.DrainAsync();
        for (var i = 300; i < 400; i++) await harness.PublishAsync(i, new PublishOptions { OrderingKey = $"k{i % 5}" });
        await harness.DrainAsync();
        Assert.That(Numbers(harness).Where(n => n >= 300), Has.Exactly(100).Items);
    }

    [Test]
    public async Task Strict_LongBacklog_IsReadInOrder()
    {
        await using var harness = await Engine.StartAsync(options: o => o.LaneBufferSize = 16);
        var subscription = await harness.SubscribeAsync(s => s with { Order = DeliveryOrder.Strict, Status = SubscriptionStatus.Paused });
        for (var i = 0; i < 500; i++) await harness.PublishAsync(i);
        await harness.Subscriptions.EnableAsync(subscription.Id);
        await harness.DrainAsync();
        Assert.That(Numbers(harness), Is.EqualTo(Enumerable.Range(0, 500)));
    }

    [Test]
    public async Task Strict_CanceledWhileUnderWay_IsNotTriedAgainAndHoldsNothingBack()
    {
        await using var harness = await Engine.StartAsync();
        await harness.SubscribeAsync(s => s with { Order = DeliveryOrder.Strict });
        var first = await harness.PublishAsync(1);
        await harness.PublishAsync(2);
        harness.Receiver.Default.Answer(async (request, token) =>
        {
            if (Number(request) == 2) return new HttpResponseMessage(System.Net.HttpStatusCode.OK);
            var underWay = (await harness.Deliveries.ListAsync(new DeliveryQuery { EventId = first.EventId }, token)).Items.Single();
            await harness.Deliveries.CancelAsync(underWay.Id, token);
            return new HttpResponseMessage(System.Net.HttpStatusCode.InternalServerError);
        });
        await harness.AdvanceAsync(TimeSpan.FromHours(1));
        Assert.That(Numbers(harness), Is.EqualTo(new[] { 1, 2 }));
    }

    [Test]
    public async Task Strict_HeadIsCanceledWhileItWaits_TheNextGoesAtOnce()
    {
        await using var harness = await Engine.StartAsync();
        await harness.SubscribeAsync(s => s with { Order = DeliveryOrder.Strict });
        harness.Receiver.Reply(500, 200);
        var first = await harness.PublishAsync(1);
        await harness.PublishAsync(2);
        await harness.DrainAsync();
        await harness.Deliveries.CancelAsync((await harness.Deliveries.ListAsync(new DeliveryQuery { EventId = first.EventId })).Items.Single().Id);
        await harness.DrainAsync();
        Assert.That(Numbers(harness), Is.EqualTo(new[] { 1, 2 }));
    }

    private static List<int> Numbers(WebhookTestHarness harness) => [.. harness.Requests.Select(Number)];

    private static int Number(ReceivedRequest request) =>
        System.Text.Json.JsonDocument.Parse(request.Body).RootElement.GetProperty("data").GetProperty("number").GetInt32();
}
