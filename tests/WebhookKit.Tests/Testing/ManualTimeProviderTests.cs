using NUnit.Framework;
using WebhookKit.Testing;

namespace WebhookKit.Tests.Testing;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class ManualTimeProviderTests
{
    private static readonly DateTimeOffset Start = ManualTimeProvider.DefaultStart;

    private readonly ManualTimeProvider _clock = new();
    private readonly List<string> _fired = [];

    [Test]
    public void GetUtcNow_NewClock_IsTheFixedStartInUtc()
    {
        Assert.That(_clock.GetUtcNow(), Is.EqualTo(new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero)));
        Assert.That(_clock.GetLocalNow().Offset, Is.EqualTo(TimeSpan.Zero));
    }

    [Test]
    public void GetTimestamp_AfterAdvance_AgreesWithGetUtcNow()
    {
        var before = _clock.GetTimestamp();

        _clock.Advance(TimeSpan.FromMilliseconds(1234.5678));

        Assert.That(_clock.TimestampFrequency, Is.EqualTo(10_000_000));
        Assert.That(_clock.GetElapsedTime(before), Is.EqualTo(TimeSpan.FromMilliseconds(1234.5678)));
        Assert.That(_clock.GetUtcNow() - Start, Is.EqualTo(TimeSpan.FromMilliseconds(1234.5678)));
    }

    [Test]
    public void Advance_SeveralTimers_FiresInOrderOfTimeEachAtItsOwn()
    {
        using var second = Log("b", 2);
        using var first = Log("a", 1);
        using var alsoSecond = Log("c", 2);
        using var late = Log("late", 4);

        _clock.Advance(TimeSpan.FromSeconds(3));

        Assert.That(_fired, Is.EqualTo(new[] { "a@1", "b@2", "c@2" }));
        Assert.That(_clock.GetUtcNow(), Is.EqualTo(Start.AddSeconds(3)));
        Assert.That(_clock.NextTimerAt, Is.EqualTo(Start.AddSeconds(4)));
    }

    [Test]
    public void Advance_OneShotTimer_FiresOnce()
    {
        using var timer = Log("a", 1);

        _clock.Advance(TimeSpan.FromHours(1));
        _clock.Advance(TimeSpan.FromHours(1));

        Assert.That(_fired, Is.EqualTo(new[] { "a@1" }));
        Assert.That(_clock.NextTimerAt, Is.Null);
        Assert.That(_clock.TimerCount, Is.Zero);
    }

    [Test]
    public void Advance_PeriodicTimer_FiresAtEachPeriod()
    {
        using var timer = Log("a", 1, period: 2);

        _clock.Advance(TimeSpan.FromSeconds(6));

        Assert.That(_fired, Is.EqualTo(new[] { "a@1", "a@3", "a@5" }));
        Assert.That(_clock.NextTimerAt, Is.EqualTo(Start.AddSeconds(7)));
    }

    [Test]
    public void Advance_TimerSetByACallback_FiresWithinTheRange()
    {
        var timers = new List<ITimer>();
        using var first = _clock.CreateTimer(_ =>
        {
            timers.Add(Log("inner", 2));
            timers.Add(Log("beyond", 9));
        }, null, TimeSpan.FromSeconds(1), Timeout.InfiniteTimeSpan);

        _clock.Advance(TimeSpan.FromSeconds(5));

        Assert.That(_fired, Is.EqualTo(new[] { "inner@3" }));
        Assert.That(_clock.NextTimerAt, Is.EqualTo(Start.AddSeconds(10)));
        timers.ForEach(timer => timer.Dispose());
    }

    [Test]
    public void Advance_CallbackThatAdvances_NeverTurnsTheClockBack()
    {
        using var outer = _clock.CreateTimer(_ => _clock.Advance(TimeSpan.FromSeconds(10)), null, TimeSpan.FromSeconds(1), Timeout.InfiniteTimeSpan);
        using var passed = Log("passed", 5);

        _clock.Advance(TimeSpan.FromSeconds(2));

        Assert.That(_fired, Is.EqualTo(new[] { "passed@5" }));
        Assert.That(_clock.GetUtcNow(), Is.EqualTo(Start.AddSeconds(11)));
    }

    [Test]
    public void Advance_CallbackThatTakesALockOfAnAdvancingThread_DoesNotDeadlock()
    {
        using var timer = _clock.CreateTimer(_ =>
        {
            // Another thread uses the _clock while the callback runs: possible only when no lock is held.
            var other = Task.Run(() => _clock.NextTimerAt);
            Assert.That(other.Wait(TimeSpan.FromSeconds(30)), Is.True);
        }, null, TimeSpan.FromSeconds(1), Timeout.InfiniteTimeSpan);

        _clock.Advance(TimeSpan.FromSeconds(1));
    }

    [Test]
    public void Advance_CallbackThatThrows_ComesOutAndLosesNoOtherTimer()
    {
        using var bad = _clock.CreateTimer(_ => throw new InvalidOperationException("bad"), null, TimeSpan.FromSeconds(1), Timeout.InfiniteTimeSpan);
        using var good = Log("good", 2);

        Assert.That(() => _clock.Advance(TimeSpan.FromSeconds(3)), Throws.InvalidOperationException);
        _clock.Advance(TimeSpan.FromSeconds(2));

        Assert.That(_fired, Is.EqualTo(new[] { "good@2" }));
    }

    [Test]
    public void Advance_Negative_IsRefused()
    {
        Assert.That(() => new ManualTimeProvider().Advance(TimeSpan.FromTicks(-1)), Throws.TypeOf<ArgumentOutOfRangeException>());
        Assert.That(() => new ManualTimeProvider().AdvanceTo(Start.AddTicks(-1)), Throws.TypeOf<ArgumentOutOfRangeException>());
    }

    [Test]
    public void AdvanceToNextTimer_SeveralDueThen_FiresThemAndStops()
    {
        using var a = Log("a", 60);
        using var b = Log("b", 60);
        using var c = Log("c", 61);

        Assert.That(_clock.AdvanceToNextTimer(), Is.True);

        Assert.That(_fired, Is.EqualTo(new[] { "a@60", "b@60" }));
        Assert.That(_clock.GetUtcNow(), Is.EqualTo(Start.AddSeconds(60)));
    }

    [Test]
    public void AdvanceToNextTimer_NoTimer_StandsStill()
    {
        Assert.That(_clock.AdvanceToNextTimer(), Is.False);
        Assert.That(_clock.GetUtcNow(), Is.EqualTo(Start));
    }

    [Test]
    public void Change_SetTimer_MovesItAndFiresOnce()
    {
        using var timer = Log("a", 1);

        Assert.That(timer.Change(TimeSpan.FromSeconds(5), Timeout.InfiniteTimeSpan), Is.True);
        _clock.Advance(TimeSpan.FromSeconds(10));

        Assert.That(_fired, Is.EqualTo(new[] { "a@5" }));
    }

    [Test]
    public void Change_ToInfinite_StopsIt()
    {
        using var timer = Log("a", 1, period: 1);

        timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _clock.Advance(TimeSpan.FromSeconds(10));

        Assert.That(_fired, Is.Empty);
        Assert.That(_clock.NextTimerAt, Is.Null);
    }

    [Test]
    public void Change_WithinItsOwnPeriodicCallback_StopsIt()
    {
        ITimer? timer = null;
        var count = 0;
        timer = _clock.CreateTimer(_ =>
        {
            if (++count == 3) timer!.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }, null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));

        _clock.Advance(TimeSpan.FromSeconds(10));

        Assert.That(count, Is.EqualTo(3));
        timer.Dispose();
    }

    [Test]
    public async Task Change_ToZero_FiresWithoutAnAdvance()
    {
        var fired = new TaskCompletionSource<DateTimeOffset>();
        using var timer = _clock.CreateTimer(_ => fired.TrySetResult(_clock.GetUtcNow()), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

        timer.Change(TimeSpan.Zero, Timeout.InfiniteTimeSpan);

        Assert.That(await fired.Task, Is.EqualTo(Start));
    }

    [TestCase(-2)]
    [TestCase(4294967295.0)]
    public void Change_TimeThatSystemTimersRefuse_IsRefused(double milliseconds)
    {
        using var timer = new ManualTimeProvider().CreateTimer(_ => { }, null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        var time = TimeSpan.FromMilliseconds(milliseconds);

        Assert.That(() => timer.Change(time, Timeout.InfiniteTimeSpan), Throws.TypeOf<ArgumentOutOfRangeException>());
        Assert.That(() => timer.Change(TimeSpan.Zero, time), Throws.TypeOf<ArgumentOutOfRangeException>());
    }

    [Test]
    public void Dispose_SetTimer_NeverFiresNorChanges()
    {
        var timer = Log("a", 1);

        timer.Dispose();

        Assert.That(timer.Change(TimeSpan.FromSeconds(2), Timeout.InfiniteTimeSpan), Is.False);
        _clock.Advance(TimeSpan.FromSeconds(10));
        Assert.That(_fired, Is.Empty);
    }

    [Test]
    public async Task DisposeAsync_WhileTheCallbackRuns_WaitsForItsEnd()
    {
        Task? disposed = null;
        ITimer? timer = null;
        timer = _clock.CreateTimer(_ =>
        {
            disposed = timer!.DisposeAsync().AsTask();
            Assert.That(disposed.IsCompleted, Is.False);
        }, null, TimeSpan.FromSeconds(1), Timeout.InfiniteTimeSpan);

        _clock.Advance(TimeSpan.FromSeconds(1));

        await disposed!;
    }

    [Test]
    public void CreateTimer_AmbientValue_FlowsIntoTheCallback()
    {
        var ambient = new AsyncLocal<string> { Value = "creator" };
        string? seen = null;
        using var timer = _clock.CreateTimer(_ => seen = ambient.Value, null, TimeSpan.FromSeconds(1), Timeout.InfiniteTimeSpan);
        ambient.Value = "mover";

        _clock.Advance(TimeSpan.FromSeconds(1));

        Assert.That(seen, Is.EqualTo("creator"));
    }

    [Test]
    public void Advance_ByManyThreads_FiresEachTimerOnceAndAddsUp()
    {
        var count = 0;
        var timers = Enumerable.Range(1, 1000)
            .Select(i => _clock.CreateTimer(_ => Interlocked.Increment(ref count), null, TimeSpan.FromMilliseconds(i), Timeout.InfiniteTimeSpan))
            .ToList();

        Parallel.For(0, 8, _ =>
        {
            while (_clock.AdvanceToNextTimer())
            {
            }
        });

        Assert.That(count, Is.EqualTo(1000));
        Assert.That(_clock.GetUtcNow(), Is.EqualTo(Start.AddSeconds(1)));
        timers.ForEach(timer => timer.Dispose());
    }

    [Test]
    public void TaskDelay_OnTheClock_CompletesWhenDue()
    {
        var delay = Task.Delay(TimeSpan.FromSeconds(5), _clock);

        _clock.Advance(TimeSpan.FromSeconds(4.999));
        Assert.That(delay.IsCompleted, Is.False);
        _clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.That(delay.IsCompletedSuccessfully, Is.True);
    }

    [Test]
    public void CancellationTokenSource_OnTheClock_CancelsWhenDue()
    {
        using var source = new CancellationTokenSource(TimeSpan.FromSeconds(5), _clock);

        _clock.Advance(TimeSpan.FromSeconds(4));
        Assert.That(source.IsCancellationRequested, Is.False);
        source.CancelAfter(TimeSpan.FromSeconds(3));
        _clock.Advance(TimeSpan.FromSeconds(2));
        Assert.That(source.IsCancellationRequested, Is.False);
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.That(source.IsCancellationRequested, Is.True);
    }

    [Test]
    public async Task PeriodicTimer_OnTheClock_TicksWhenDue()
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(10), _clock);

        for (var i = 0; i < 3; i++)
        {
            var tick = timer.WaitForNextTickAsync();
            Assert.That(tick.IsCompleted, Is.False);
            _clock.Advance(TimeSpan.FromSeconds(10));
            Assert.That(await tick, Is.True);
        }
    }

    [Test]
    public void WaitAsync_OnTheClock_TimesOutWhenDue()
    {
        var wait = new TaskCompletionSource().Task.WaitAsync(TimeSpan.FromSeconds(5), _clock);

        _clock.Advance(TimeSpan.FromSeconds(5));

        Assert.That(async () => await wait, Throws.TypeOf<TimeoutException>());
    }

    private ITimer Log(string name, int seconds, int? period = null) =>
        _clock.CreateTimer(
            _ => _fired.Add($"{name}@{(_clock.GetUtcNow() - Start).TotalSeconds}"),
            null,
            TimeSpan.FromSeconds(seconds),
            period is null ? Timeout.InfiniteTimeSpan : TimeSpan.FromSeconds(period.Value));
}
