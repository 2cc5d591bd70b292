using NUnit.Framework;
using WebhookKit.Dispatching;
using WebhookKit.Testing;

namespace WebhookKit.Tests.Dispatching;

public sealed class FairSchedulerTests
{
    [Test]
    public async Task NextAsync_ManyLanesOfOneTenant_DoNotStarveAnother()
    {
        using var scheduler = new FairScheduler(new ManualTimeProvider());
        DeliveryLane[] busy = [.. Enumerable.Range(0, 5).Select(i => new DeliveryLane($"busy{i}", "busy"))];
        var quiet = new DeliveryLane("quiet", "quiet");
        foreach (var lane in busy) scheduler.Schedule(lane, default);
        scheduler.Schedule(quiet, default);

        List<DeliveryLane> turns = [await scheduler.NextAsync(default), await scheduler.NextAsync(default)];
        Assert.That(turns, Does.Contain(quiet));
    }

    [Test]
    public async Task NextAsync_LaneThatIsAlwaysDue_TakesTurnsWithTheOthers()
    {
        using var scheduler = new FairScheduler(new ManualTimeProvider());
        DeliveryLane[] lanes = [new("a", null), new("b", null), new("c", null)];
        foreach (var lane in lanes) scheduler.Schedule(lane, default);
        List<string> turns = [];
        for (var i = 0; i < 6; i++)
        {
            var lane = await scheduler.NextAsync(default);
            turns.Add(lane.SubscriptionId);
            scheduler.Schedule(lane, default);
        }

        Assert.That(turns, Is.EqualTo(new[] { "a", "b", "c", "a", "b", "c" }));
    }

    [Test]
    public async Task Schedule_Twice_TheEarlierCountsAndTheLaneComesOnce()
    {
        var clock = new ManualTimeProvider();
        using var scheduler = new FairScheduler(clock);
        var lane = new DeliveryLane("a", null);
        scheduler.Schedule(lane, clock.GetUtcNow().AddSeconds(10));
        scheduler.Schedule(lane, clock.GetUtcNow().AddSeconds(5));
        scheduler.Schedule(lane, clock.GetUtcNow().AddSeconds(20));

        var next = scheduler.NextAsync(default).AsTask();
        clock.Advance(TimeSpan.FromSeconds(4));
        Assert.That(next.IsCompleted, Is.False);
        clock.Advance(TimeSpan.FromSeconds(2));
        Assert.That(await next, Is.SameAs(lane));

        var another = scheduler.NextAsync(default).AsTask();
        clock.Advance(TimeSpan.FromMinutes(1));
        Assert.That(another.IsCompleted, Is.False);
    }

    [Test]
    public async Task Schedule_NowAfterLater_ComesNow()
    {
        var clock = new ManualTimeProvider();
        using var scheduler = new FairScheduler(clock);
        var lane = new DeliveryLane("a", null);
        scheduler.Schedule(lane, clock.GetUtcNow().AddHours(1));
        scheduler.Schedule(lane, clock.GetUtcNow());
        Assert.That(await scheduler.NextAsync(default), Is.SameAs(lane));
    }

    [Test]
    public async Task Schedule_LaterThanATimerCanWait_ComesThen()
    {
        var clock = new ManualTimeProvider();
        using var scheduler = new FairScheduler(clock);
        var lane = new DeliveryLane("a", null);
        scheduler.Schedule(lane, clock.GetUtcNow().AddDays(365));
        var next = scheduler.NextAsync(default).AsTask();

        clock.Advance(TimeSpan.FromDays(364));
        Assert.That(next.IsCompleted, Is.False);
        clock.Advance(TimeSpan.FromDays(1));
        Assert.That(await next, Is.SameAs(lane));
    }

    [Test]
    public void NextAsync_Canceled_StopsWaiting()
    {
        using var scheduler = new FairScheduler(new ManualTimeProvider());
        using var stop = new CancellationTokenSource();
        var next = scheduler.NextAsync(stop.Token).AsTask();
        stop.Cancel();
        Assert.That(async () => await next, Throws.InstanceOf<OperationCanceledException>());
    }

    [Test]
    public async Task NextAsync_ManyWaiters_EachLaneGoesToOne()
    {
        using var scheduler = new FairScheduler(new ManualTimeProvider());
        var waiters = Enumerable.Range(0, 8).Select(_ => scheduler.NextAsync(default).AsTask()).ToArray();
        DeliveryLane[] lanes = [.. Enumerable.Range(0, 8).Select(i => new DeliveryLane($"{i}", $"{i % 3}"))];
        foreach (var lane in lanes) scheduler.Schedule(lane, default);
        Assert.That(await Task.WhenAll(waiters), Is.EquivalentTo(lanes));
    }

    [Test]
    public async Task Schedule_OneLaneNowAndLaterAgainAndAgain_StaysSmall()
    {
        var clock = new ManualTimeProvider();
        using var scheduler = new FairScheduler(clock);
        var lane = new DeliveryLane("a", null);
        for (var i = 0; i < 10_000; i++)
        {
            scheduler.Schedule(lane, clock.GetUtcNow().AddHours(10));
            scheduler.Schedule(lane, clock.GetUtcNow());
            await scheduler.NextAsync(default);
        }

        Assert.That(scheduler.LaterCount, Is.LessThan(100));
    }

    [Test]
    public async Task Schedule_ManyLanesLater_UsesOneTimer()
    {
        var clock = new ManualTimeProvider();
        using var scheduler = new FairScheduler(clock);
        for (var i = 0; i < 1000; i++) scheduler.Schedule(new DeliveryLane($"{i}", null), clock.GetUtcNow().AddSeconds(1 + i % 7));
        clock.Advance(TimeSpan.FromSeconds(10));
        for (var i = 0; i < 1000; i++) await scheduler.NextAsync(default);
        Assert.That(scheduler.NextAsync(default).AsTask().IsCompleted, Is.False);
    }

    [Test]
    public async Task NextAsync_ClockAtTheDueTime_GivesTheLaneThen()
    {
        var clock = new ManualTimeProvider();
        using var scheduler = new FairScheduler(clock);
        var lane = new DeliveryLane("a", null);
        scheduler.Schedule(lane, clock.GetUtcNow().AddSeconds(10));
        var next = scheduler.NextAsync(default).AsTask();

        clock.Advance(TimeSpan.FromSeconds(10));

        Assert.That(await next, Is.SameAs(lane));
    }

    [Test]
    public async Task NextAsync_LanesDueBeforeTheTimerFires_GoToWhoeverAsksAndToThoseWhoWait()
    {
        var clock = new ManualTimeProvider();
        using var scheduler = new FairScheduler(clock);
        DeliveryLane[] lanes = [new("a", null), new("b", null)];
        foreach (var lane in lanes) scheduler.Schedule(lane, clock.GetUtcNow().AddMilliseconds(0.5));
        var waiting = scheduler.NextAsync(default).AsTask();

        // The timer goes in whole milliseconds: it has not fired yet.
        clock.Advance(TimeSpan.FromMilliseconds(0.5));
        var asking = await scheduler.NextAsync(default);

        Assert.That(new[] { asking, await waiting }, Is.EquivalentTo(lanes));
        Assert.That(scheduler.NextAsync(default).AsTask().IsCompleted, Is.False, "nothing more is due");
    }

    [Test]
    public void Schedule_Now_IsDueAtOnce()
    {
        var clock = new ManualTimeProvider();
        using var scheduler = new FairScheduler(clock);
        var lane = new DeliveryLane("a", null);
        scheduler.Schedule(lane, clock.GetUtcNow());
        Assert.That(Exchange(scheduler, clock, null), Is.SameAs(lane));
    }

    [Test]
    public void Schedule_NowAfterLater_DoesNotComeThenToo()
    {
        var clock = new ManualTimeProvider();
        using var scheduler = new FairScheduler(clock);
        var lane = new DeliveryLane("a", null);
        scheduler.Schedule(lane, clock.GetUtcNow().AddSeconds(5));
        scheduler.Schedule(lane, clock.GetUtcNow());
        Assert.That(Exchange(scheduler, clock, null), Is.SameAs(lane));
        clock.Advance(TimeSpan.FromSeconds(5));
        Assert.That(Exchange(scheduler, clock, null), Is.Null);
    }

    [Test]
    public void Schedule_LaterAfterItHasComeEarlier_ComesAtThatTimeOnly()
    {
        var clock = new ManualTimeProvider();
        using var scheduler = new FairScheduler(clock);
        var lane = new DeliveryLane("a", null);
        scheduler.Schedule(lane, clock.GetUtcNow().AddSeconds(10));
        scheduler.Schedule(lane, clock.GetUtcNow().AddSeconds(5));
        clock.Advance(TimeSpan.FromSeconds(5));
        Assert.That(Exchange(scheduler, clock, null), Is.SameAs(lane));

        scheduler.Schedule(lane, clock.GetUtcNow().AddSeconds(15));
        clock.Advance(TimeSpan.FromSeconds(14));
        Assert.That(Exchange(scheduler, clock, null), Is.Null);
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.That(Exchange(scheduler, clock, null), Is.SameAs(lane));
    }

    [TestCase(66, 66)]
    [TestCase(67, 1)]
    public void Schedule_EarlierAgainAndAgain_DropsVoidEntriesOnceTheyAreMost(int times, int left)
    {
        var clock = new ManualTimeProvider();
        using var scheduler = new FairScheduler(clock);
        var lane = new DeliveryLane("a", null);
        for (var i = times; i > 0; i--) scheduler.Schedule(lane, clock.GetUtcNow().AddSeconds(i));
        Assert.That(scheduler.LaterCount, Is.EqualTo(left));
    }

    [Test]
    public void Schedule_EarlierAgainAndAgain_LosesNoOtherLane()
    {
        var clock = new ManualTimeProvider();
        using var scheduler = new FairScheduler(clock);
        DeliveryLane[] lanes = [.. Enumerable.Range(0, 10).Select(i => new DeliveryLane($"{i}", null))];
        foreach (var lane in lanes) scheduler.Schedule(lane, clock.GetUtcNow().AddHours(1));
        for (var i = 500; i > 0; i--) scheduler.Schedule(lanes[0], clock.GetUtcNow().AddSeconds(i));
        clock.Advance(TimeSpan.FromHours(1));
        Assert.That(lanes.Select(_ => Exchange(scheduler, clock, null)), Is.EquivalentTo(lanes));
        Assert.That(Exchange(scheduler, clock, null), Is.Null);
    }

    [Test]
    public void Schedule_ForTheSameTimeAgain_WaitsOnce()
    {
        var clock = new ManualTimeProvider();
        using var scheduler = new FairScheduler(clock);
        var lane = new DeliveryLane("a", null);
        for (var i = 0; i < 3; i++) scheduler.Schedule(lane, clock.GetUtcNow().AddSeconds(5));
        Assert.That(scheduler.LaterCount, Is.EqualTo(1));
    }

    [Test]
    public async Task NextAsync_CanceledBeforeAndALaneIsDue_LeavesItToAnother()
    {
        using var scheduler = new FairScheduler(new ManualTimeProvider());
        var lane = new DeliveryLane("a", null);
        scheduler.Schedule(lane, default);
        Assert.That(async () => await scheduler.NextAsync(new CancellationToken(canceled: true)), Throws.InstanceOf<OperationCanceledException>());
        Assert.That(await scheduler.NextAsync(default), Is.SameAs(lane));
    }

    [Test]
    public void TryExchange_NobodyElseIsDue_GoesOnWithTheSame()
    {
        var clock = new ManualTimeProvider();
        using var scheduler = new FairScheduler(clock);
        var lane = new DeliveryLane("a", null);
        scheduler.Schedule(lane, clock.GetUtcNow().AddSeconds(5));

        Assert.That(Exchange(scheduler, clock, lane), Is.SameAs(lane));
        clock.Advance(TimeSpan.FromSeconds(5));
        Assert.That(Exchange(scheduler, clock, null), Is.Null, "its later turn has come already");
    }

    [Test]
    public void TryExchange_OthersAreDue_QueuesBehindThem()
    {
        var clock = new ManualTimeProvider();
        using var scheduler = new FairScheduler(clock);
        DeliveryLane[] lanes = [new("a", null), new("b", null)];
        scheduler.Schedule(lanes[1], default);

        Assert.That(Exchange(scheduler, clock, lanes[0]), Is.SameAs(lanes[1]));
        Assert.That(Exchange(scheduler, clock, null), Is.SameAs(lanes[0]));
        Assert.That(Exchange(scheduler, clock, null), Is.Null);
    }

    [Test]
    public void TryExchange_LaneIsDueAlready_ComesOnce()
    {
        var clock = new ManualTimeProvider();
        using var scheduler = new FairScheduler(clock);
        var lane = new DeliveryLane("a", null);
        scheduler.Schedule(lane, default);
        Assert.That(Exchange(scheduler, clock, lane), Is.SameAs(lane));
        Assert.That(Exchange(scheduler, clock, null), Is.Null);
    }

    [TestCase(0, true)]
    [TestCase(1, false)]
    public void TryExchange_DueLater_WaitsForItsTime(int dueIn, bool isNow)
    {
        var clock = new ManualTimeProvider();
        using var scheduler = new FairScheduler(clock);
        var lane = new DeliveryLane("a", null);
        var now = clock.GetUtcNow();

        Assert.That(scheduler.TryExchange(lane, now.AddMilliseconds(dueIn), now, out var next), Is.EqualTo(isNow));
        Assert.That(next, isNow ? Is.SameAs(lane) : Is.Null);
        clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.That(Exchange(scheduler, clock, null), isNow ? Is.Null : Is.SameAs(lane));
    }

    [Test]
    public async Task Schedule_EarlierThanTheTimerIsSet_SetsItEarlier()
    {
        var clock = new ManualTimeProvider();
        using var scheduler = new FairScheduler(clock);
        Assert.That(clock.NextTimerAt, Is.Null);
        var times = new[] { 10, 20, 5 }.Select(s => clock.GetUtcNow().AddSeconds(s)).ToArray();
        List<DateTimeOffset?> timers = [];
        for (var i = 0; i < times.Length; i++)
        {
            scheduler.Schedule(new DeliveryLane($"{i}", null), times[i]);
            timers.Add(clock.NextTimerAt);
        }

        Assert.That(timers, Is.EqualTo(new DateTimeOffset?[] { times[0], times[0], times[2] }));
        clock.Advance(TimeSpan.FromSeconds(5));
        Assert.That((await scheduler.NextAsync(default)).SubscriptionId, Is.EqualTo("2"));
        Assert.That(clock.NextTimerAt, Is.EqualTo(times[0]));
    }

    [Test]
    public void Schedule_FractionOfAMillisecond_SetsTheTimerAfterIt()
    {
        var clock = new ManualTimeProvider();
        using var scheduler = new FairScheduler(clock);
        scheduler.Schedule(new DeliveryLane("a", null), clock.GetUtcNow().AddMilliseconds(1.2));
        Assert.That(clock.NextTimerAt, Is.EqualTo(clock.GetUtcNow().AddMilliseconds(2)));
    }

    [Test]
    public void Dispose_ATimerIsSet_EndsIt()
    {
        var clock = new ManualTimeProvider();
        var scheduler = new FairScheduler(clock);
        scheduler.Schedule(new DeliveryLane("a", null), clock.GetUtcNow().AddSeconds(1));
        scheduler.Dispose();
        Assert.That(clock.TimerCount, Is.Zero);
    }

    private static DeliveryLane? Exchange(FairScheduler scheduler, ManualTimeProvider clock, DeliveryLane? lane)
    {
        var now = clock.GetUtcNow();
        scheduler.TryExchange(lane, now, now, out var next);
        return next;
    }
}
