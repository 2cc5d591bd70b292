using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;
using WebhookKit.Testing;
using WebhookKit.Tests.Rules;

namespace WebhookKit.Tests.Statistics;

/// <summary>The whole engine counts what it does, and shows it.</summary>
public sealed class WebhookStatisticsTests
{
    [Test]
    public async Task Get_AfterADrain_HasWhatBecameOfThem()
    {
        await using var harness = await Engine.StartAsync(Engine.Exact with { Retry = new RetrySchedule(TimeSpan.FromMinutes(10)) });
        var subscription = await harness.SubscribeAsync();
        harness.Receiver.Reply(200, 500, 500);
        await harness.PublishAsync(1);
        await harness.DrainAsync();
        await harness.PublishAsync(2);
        await harness.DrainAsync();
        await harness.AdvanceAsync(TimeSpan.FromMinutes(10));

        foreach (var id in new[] { subscription.Id, null })
        {
            var statistics = await GetAsync(harness, new StatisticsQuery { SubscriptionId = id, From = ManualTimeProvider.DefaultStart, To = harness.Clock.GetUtcNow().AddMinutes(1), Step = TimeSpan.FromMinutes(5) });
            Assert.That(statistics.Steps.Select(s => (s.Totals.Delivered, s.Totals.FailedAttempts, s.Totals.GaveUp)), Is.EqualTo(new[] { (1L, 1L, 0L), (0, 0, 0), (0, 1, 1) }));
            Assert.That((statistics.Totals.Delivered, statistics.Totals.FailedAttempts, statistics.Totals.GaveUp), Is.EqualTo((1, 2, 1)));
            Assert.That(statistics.Totals.LastAttemptAt, Is.EqualTo(ManualTimeProvider.DefaultStart.AddMinutes(10)));
            Assert.That(statistics.Steps[1].Totals.Latency, Is.Null);
            Assert.That(statistics.Steps[2].Totals.Latency, Is.Not.Null);
        }
    }

    [Test]
    public async Task Get_Batch_CountsDeliveriesAndRequests()
    {
        await using var harness = await Engine.StartAsync();
        await harness.SubscribeAsync(s => s with { Batching = new BatchingOptions { MaxEvents = 10, MaxDelay = TimeSpan.Zero } });
        harness.Receiver.Reply(500, 200);
        await harness.Publisher.PublishManyAsync("a.b", Enumerable.Range(0, 10));
        await harness.DrainAsync();
        await harness.AdvanceAsync(TimeSpan.FromMinutes(1));

        var totals = (await GetAsync(harness)).Totals;
        Assert.That((totals.Delivered, totals.FailedAttempts), Is.EqualTo((10, 1)));
    }

    [Test]
    public async Task Get_ExpiredWithoutAnAttempt_GaveUp()
    {
        await using var harness = await Engine.StartAsync();
        var subscription = await harness.SubscribeAsync(s => s with { Status = SubscriptionStatus.Paused });
        await harness.PublishAsync(options: new PublishOptions { TimeToLive = TimeSpan.FromMinutes(1) });
        await harness.AdvanceAsync(TimeSpan.FromMinutes(2));
        await harness.Subscriptions.EnableAsync(subscription.Id);
        await harness.DrainAsync();

        var totals = (await GetAsync(harness)).Totals;
        Assert.That((totals.Delivered, totals.FailedAttempts, totals.GaveUp, totals.Latency, totals.LastAttemptAt), Is.EqualTo((0, 0, 1, (LatencySummary?)null, (DateTimeOffset?)null)));
    }

    [Test]
    public async Task Get_FaultsOfOurs_AreNotCounted()
    {
        await using var harness = await Engine.StartAsync(Engine.Exact with { Signer = new FaultySigner() });
        await harness.SubscribeAsync();
        await harness.PublishAsync();
        await harness.DrainAsync();
        Assert.That((await GetAsync(harness)).Totals, Is.EqualTo(new DeliveryTotals()));
    }

    [Test]
    public async Task List_SomeOrAll_HasEachTotal()
    {
        await using var harness = await Engine.StartAsync();
        var one = await harness.SubscribeAsync();
        var two = await harness.SubscribeAsync();
        await harness.SubscribeAsync(s => s with { EventTypes = ["idle.*"] });
        await harness.PublishAsync();
        await harness.DrainAsync();

        var query = new SubscriptionStatisticsQuery { From = harness.Clock.GetUtcNow().AddHours(-1), To = harness.Clock.GetUtcNow().AddHours(1) };
        var statistics = harness.Services.GetRequiredService<IWebhookStatistics>();
        Assert.That((await statistics.ListAsync(query)).Select(s => (s.SubscriptionId, s.Totals.Delivered)), Is.EquivalentTo(new[] { (one.Id, 1L), (two.Id, 1L) }));
        Assert.That((await statistics.ListAsync(query with { SubscriptionIds = [two.Id, two.Id] })).Select(s => s.SubscriptionId), Is.EqualTo(new[] { two.Id }));
        Assert.That(await statistics.ListAsync(query with { TenantId = "other" }), Is.Empty);
        Assert.That(await statistics.ListAsync(query with { TenantId = "other", SubscriptionIds = [one.Id] }), Is.Empty);
        Assert.That((await statistics.ListAsync(query with { From = query.From.AddDays(-100) })).Count, Is.EqualTo(2), "by days");
        var refused = await Assert.ThrowsAsync<WebhookValidationException>(
            async () => await statistics.ListAsync(query with { To = query.From, SubscriptionIds = [.. Enumerable.Range(0, 1001).Select(i => $"{i}")] }));
        Assert.That(refused!.Errors.Select(e => e.Field), Is.EqualTo(new[] { "To", "SubscriptionIds" }));
    }

    [Test]
    public async Task Background_EveryInterval_IsStored()
    {
        await using var engine = await BackgroundEngine.StartAsync(w => w.Services.Configure<WebhookOptions>(o => o.StatisticsInterval = TimeSpan.FromSeconds(30)));
        await engine.Subscriptions.CreateAsync(new NewWebhookSubscription { Url = new Uri(Engine.Url), EventTypes = ["*"] });
        await engine.Publisher.PublishAsync("a.b", 1);
        await engine.AdvanceUntilAsync(() => DeliveredAsync(engine).GetAwaiter().GetResult() == 1, TimeSpan.FromSeconds(1));
    }

    [Test]
    public async Task Stop_CountsNotStoredYet_StoresThem()
    {
        await using var engine = await BackgroundEngine.StartAsync();
        await engine.Subscriptions.CreateAsync(new NewWebhookSubscription { Url = new Uri(Engine.Url), EventTypes = ["*"] });
        await engine.Publisher.PublishAsync("a.b", 1);
        await engine.Deliveries.DrainAsync();
        Assert.That(await DeliveredAsync(engine), Is.EqualTo(1), "a drain beside the loops stores them");
        await engine.Publisher.PublishAsync("a.b", 2);
        await engine.AdvanceUntilAsync(() => engine.Receiver.Requests.Count == 2, TimeSpan.FromMilliseconds(1));
        await engine.StopAsync(CancellationToken.None);
        Assert.That(await DeliveredAsync(engine), Is.EqualTo(2));
    }

    [Test]
    public async Task Drain_StatisticsCannotBeStored_DeliversAllTheSame()
    {
        FaultyStore store = null!;
        await using var harness = await Engine.StartAsync(configure: Engine.WithStore(s => store = s));
        await harness.SubscribeAsync();
        store.Before = method =>
        {
            if (method == nameof(IDeliveryStatistics.AddStatisticsAsync)) throw new WebhookStoreException("Away.");
        };
        await harness.PublishAsync(1);
        await harness.DrainAsync();
        Assert.That((await harness.DeliveryAsync()).Status, Is.EqualTo(DeliveryStatus.Succeeded));

        store.Before = _ => { };
        await harness.DrainAsync();
        Assert.That((await GetAsync(harness)).Totals.Delivered, Is.EqualTo(1), "the next drain stores what is left");
    }

    [Test]
    public async Task Purge_Old_ForgetsThem()
    {
        await using var harness = await Engine.StartAsync(options: o => o.Retention.Statistics = TimeSpan.FromDays(2));
        await harness.SubscribeAsync();
        await harness.PublishAsync();
        await harness.DrainAsync();
        var query = new StatisticsQuery { From = harness.Clock.GetUtcNow(), To = harness.Clock.GetUtcNow().AddHours(1) };
        await harness.AdvanceAsync(TimeSpan.FromDays(1));
        Assert.That((await GetAsync(harness, query)).Totals.Delivered, Is.EqualTo(1));
        await harness.AdvanceAsync(TimeSpan.FromDays(2));
        Assert.That((await GetAsync(harness, query)).Totals.Delivered, Is.Zero);
    }

    [Test]
    public void Options_OutOfRange_AreNamedTogether() => Assert.That(
        async () => await Engine.StartAsync(options: o => (o.StatisticsInterval, o.Retention.Statistics) = (TimeSpan.FromMilliseconds(999), TimeSpan.FromDays(-1))),
        Throws.Exception.With.Message.Contains("WebhookOptions.StatisticsInterval").And.Message.Contains("WebhookOptions.Retention.Statistics"));

    private static async Task<WebhookStatistics> GetAsync(WebhookTestHarness harness, StatisticsQuery? query = null)
    {
        var now = harness.Clock.GetUtcNow();
        return await harness.Services.GetRequiredService<IWebhookStatistics>().GetAsync(query ?? new StatisticsQuery { From = now.AddHours(-3), To = now.AddHours(1) });
    }

    private static async Task<long> DeliveredAsync(BackgroundEngine engine)
    {
        var query = new StatisticsQuery { From = ManualTimeProvider.DefaultStart, To = ManualTimeProvider.DefaultStart.AddDays(1) };
        return (await engine.Services.GetRequiredService<IWebhookStatistics>().GetAsync(query)).Totals.Delivered;
    }

    private sealed class FaultySigner : ISigner
    {
        public void Sign(in SigningContext context, WebhookHeaders headers) => throw new InvalidOperationException("Broken.");

        public string GenerateSecret() => "secret";

        public string? FindSecretFault(string secret) => null;
    }
}
