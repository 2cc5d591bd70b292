using NUnit.Framework;
using WebhookKit.Dispatching;
using WebhookKit.Testing;

namespace WebhookKit.Tests.Dispatching;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class BufferBudgetTests
{
    private readonly ManualTimeProvider _time = new();
    private readonly BufferBudget _budget = new(100_000);

    [Test]
    public void WaitForRoom_NotFull_DoesNotWait()
    {
        _budget.Take(99_999, 1);
        Assert.That(_budget.WaitForRoomAsync(_time, default).AsTask().IsCompletedSuccessfully, Is.True);
    }

    [Test]
    public async Task WaitForRoom_Full_WaitsUntilSomethingIsFreed()
    {
        _budget.Take(150_000, 9);
        var wait = _budget.WaitForRoomAsync(_time, default).AsTask();
        _budget.Free(40_000, 1);
        Assert.That(wait.IsCompleted, Is.False);
        _budget.Free(20_000, 1);
        await wait;
        Assert.That((_budget.Bytes, _budget.Count), Is.EqualTo((90_000, 7)));
    }

    [TestCase(100_000, 1)]
    [TestCase(150_000, 50_001)]
    [TestCase(150_000, 150_000)]
    public async Task WaitForRoom_FreedBelowTheMost_GoesOnAtOnce(long taken, long freed)
    {
        _budget.Take(taken, 1);
        var wait = _budget.WaitForRoomAsync(_time, default).AsTask();
        _budget.Free(freed, 1);
        await wait;
    }

    [Test]
    public async Task WaitForRoom_NothingIsFreed_GoesOnAfterAWhile()
    {
        // What is held may have to wait for long: others must not starve for it.
        _budget.Take(100_000, 9);
        var wait = _budget.WaitForRoomAsync(_time, default).AsTask();
        _time.Advance(TimeSpan.FromMilliseconds(999));
        Assert.That(wait.IsCompleted, Is.False);
        _time.Advance(TimeSpan.FromMilliseconds(1));
        await wait;
    }

    [Test]
    public async Task WaitForRoom_Stopped_GoesOnAtOnce()
    {
        _budget.Take(100_000, 9);
        using var stop = new CancellationTokenSource();
        var wait = _budget.WaitForRoomAsync(_time, stop.Token).AsTask();
        await stop.CancelAsync();
        await wait;
    }

    [Test]
    public void CountRowsFor_LearnsFromWhatReadsBring()
    {
        var first = _budget.CountRowsFor(1);
        Bring(bytes: 50_000, count: 2);
        Assert.That(_budget.CountRowsFor(2), Is.EqualTo(2), "four of 25,000 bytes");
        for (var i = 0; i < 100; i++) Bring(bytes: 10_000, count: 10);
        Assert.That(_budget.CountRowsFor(2), Is.InRange(40, 50));
        Assert.That(first, Is.InRange(2, 50), "careful while nothing is known");

        _budget.Take(200_000, 1);
        Assert.That(_budget.CountRowsFor(2), Is.Zero);
    }

    [Test]
    public void TakeRead_Nothing_TeachesNothing()
    {
        Bring(bytes: 10_000, count: 1);
        _budget.TakeRead(0, 0);
        Assert.That(_budget.CountRowsFor(1), Is.EqualTo(10));
    }

    [Test]
    public void CountRowsFor_LargerRows_AreLearntAtOnceAndSmallerOnesSlowly()
    {
        Bring(bytes: 40_000, count: 2);
        Assert.That(_budget.CountRowsFor(1), Is.EqualTo(5));
        Bring(bytes: 16_000, count: 2);
        Assert.That(_budget.CountRowsFor(1), Is.EqualTo(5), "18,500 each: seven eighths of before and an eighth of now");
        Bring(bytes: 10_000, count: 10);
        Assert.That(_budget.CountRowsFor(1), Is.EqualTo(6), "16,312 each");
    }

    [Test]
    public void CountRowsFor_SomethingIsUsed_CountsWhatIsLeft()
    {
        Bring(bytes: 10_000, count: 1);
        _budget.Take(35_000, 1);
        Assert.That((_budget.CountRowsFor(1), _budget.CountRowsFor(2), _budget.CountRowsFor(7)), Is.EqualTo((6, 3, 0)));
    }

    [TestCase(49_999, false)]
    [TestCase(50_000, true)]
    public void IsHalfUsed_CountsBytes(int bytes, bool isHalfUsed)
    {
        _budget.Take(bytes, 1);
        Assert.That(_budget.IsHalfUsed, Is.EqualTo(isHalfUsed));
    }

    private void Bring(int bytes, int count)
    {
        _budget.TakeRead(bytes, count);
        _budget.Free(bytes, count);
    }
}
