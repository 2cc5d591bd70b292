using NUnit.Framework;
using WebhookKit.Testing;

namespace WebhookKit.Tests.Rules;

/// <summary>Rule 8 for the history: what is older than it need be kept is removed in steps, by one node.</summary>
public sealed class RetentionRuleTests
{
    [Test]
    public async Task Drain_HistoryTooOld_IsPurged()
    {
        await using var harness = await Engine.StartAsync(options: o => o.Retention = new RetentionOptions
        {
            Succeeded = TimeSpan.FromDays(1),
            Failed = TimeSpan.FromDays(3),
            Attempts = TimeSpan.FromDays(2),
            Events = TimeSpan.FromDays(2),
        });
        await harness.SubscribeAsync();
        harness.Receiver.Default.Reply(200, 410);
        await harness.PublishAsync(1, new PublishOptions { EventId = "good" });
        await harness.DrainAsync();
        await harness.PublishAsync(2, new PublishOptions { EventId = "bad" });
        await harness.DrainAsync();

        Assert.That(await LeftAsync(harness), Is.EqualTo("bad 1, good 1; event of good"));
        await harness.AdvanceAsync(TimeSpan.FromDays(1) + TimeSpan.FromSeconds(1));
        Assert.That(await LeftAsync(harness), Is.EqualTo("bad 1; event of good"));
        await harness.AdvanceAsync(TimeSpan.FromDays(1));
        Assert.That(await LeftAsync(harness), Is.EqualTo("bad 1; "), "The last attempt goes with its delivery.");
        await harness.AdvanceAsync(TimeSpan.FromDays(1));
        Assert.That(await LeftAsync(harness), Is.EqualTo("; "));
    }

    [Test]
    public async Task Drain_SucceededKeptForNoTime_RemovesThemAsTheySucceed()
    {
        await using var harness = await Engine.StartAsync(options: o => o.Retention.Succeeded = TimeSpan.Zero);
        await harness.SubscribeAsync();
        await harness.PublishAsync(options: new PublishOptions { EventId = "e" });
        await harness.DrainAsync();

        Assert.That(harness.Requests, Has.Count.EqualTo(1));
        Assert.That(await harness.DeliveriesAsync(), Is.Empty);
        Assert.That((await harness.PublishAsync(options: new PublishOptions { EventId = "e" })).IsDuplicate, Is.True, "the event is known for longer");
    }

    [Test]
    public async Task Drain_MoreThanOneStep_TakesSeveral()
    {
        FaultyStore store = null!;
        await using var harness = await Engine.StartAsync(configure: Engine.WithStore(s => store = s));
        await harness.Publisher.PublishManyAsync("a.b", Enumerable.Range(0, 1200));
        var steps = 0;
        store.Before = method => steps += method == nameof(IDeliveryHistory.PurgeAsync) ? 1 : 0;
        harness.Clock.Advance(TimeSpan.FromDays(8));
        await harness.DrainAsync();

        Assert.That(steps, Is.EqualTo(3));
        Assert.That((await store.ListMissedEventsAsync(null, "nobody", default, null, 10, default)).Items, Is.Empty);
    }

    [Test]
    public async Task Drain_AnotherNodeOwnsTheFirstPartition_LeavesThePurgeToIt()
    {
        FaultyStore store = null!;
        await using var harness = await Engine.StartAsync(configure: Engine.WithStore(s => store = s));
        var purges = 0;
        store.Before = method => purges += method == nameof(IDeliveryHistory.PurgeAsync) ? 1 : 0;
        await store.HeartbeatAsync("other", TimeSpan.FromHours(1), default);
        await store.AcquireAsync("other", [0], TimeSpan.FromHours(1), default);
        await harness.DrainAsync();
        Assert.That(purges, Is.Zero);

        await store.LeaveAsync("other", default);
        await harness.DrainAsync();
        Assert.That(purges, Is.EqualTo(1));
    }

    [Test]
    public async Task Background_StoreFailsAtTimes_PurgesAgainAfterAMinute()
    {
        FaultyStore store = null!;
        var times = new List<DateTimeOffset>();
        await using var background = BackgroundEngine.Create(Engine.WithStore(s => store = s));
        _ = background.Publisher;
        store.Before = method =>
        {
            if (method != nameof(IDeliveryHistory.PurgeAsync)) return;
            times.Add(background.Clock.GetUtcNow());
            if (times.Count <= 2) throw new IOException("The store is away.");
        };
        await background.StartAsync();
        await background.AdvanceUntilAsync(() => times.Count >= 5, TimeSpan.FromSeconds(1));

        // The first two failed, and were tried again after a short delay.
        Assert.That(times[1] - times[0], Is.LessThan(TimeSpan.FromMinutes(1)));
        Assert.That(times[2] - times[1], Is.LessThan(TimeSpan.FromMinutes(1)));
        Assert.That(times.Skip(3).Zip(times.Skip(2), (later, earlier) => later - earlier), Is.All.GreaterThanOrEqualTo(TimeSpan.FromMinutes(1)));
    }

    /// <summary>The deliveries with how many attempts of each are kept, and the event of the one that succeeded.</summary>
    private static async Task<string> LeftAsync(WebhookTestHarness harness)
    {
        var deliveries = new List<string>();
        foreach (var delivery in (await harness.DeliveriesAsync()).Reverse())
            deliveries.Add($"{delivery.EventId} {(await harness.Deliveries.GetAttemptsAsync(delivery.Id)).Count}");
        var hasEvent = await harness.Deliveries.GetEventAsync(null, "good") is not null;
        return $"{string.Join(", ", deliveries)}; {(hasEvent ? "event of good" : "")}";
    }
}
