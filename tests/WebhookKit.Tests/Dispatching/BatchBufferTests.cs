using NUnit.Framework;
using WebhookKit.Dispatching;
using static WebhookKit.Tests.Dispatching.TestData;

namespace WebhookKit.Tests.Dispatching;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class BatchBufferTests
{
    private readonly BatchBuffer _buffer = new(new BatchingOptions { MaxEvents = 3, MaxBytes = 100, MaxDelay = TimeSpan.FromSeconds(60) });

    [Test]
    public void ReadyAt_Empty_IsNever() => Assert.That((_buffer.ReadyAt, Take(Now.AddYears(1))), Is.EqualTo((DateTimeOffset.MaxValue, (Guid[]?)null)));

    [Test]
    public void TryTake_EnoughBytes_CountsOnlyWhatIsLeft()
    {
        PendingDelivery[] items = [Pending(bytes: 60), Pending(bytes: 60)];
        Assert.That(_buffer.TryAdd(items[0]), Is.True);
        Assert.That(_buffer.ReadyAt, Is.EqualTo(Now.AddSeconds(60)));
        _buffer.TryAdd(items[1]);
        Assert.That(Take(Now), Is.EqualTo(items[..1].Ids()));
        Assert.That((_buffer.ReadyAt, _buffer.Count), Is.EqualTo((Now.AddSeconds(60), 1)));
    }

    [Test]
    public void TryTake_Any_IsInTheOrderOfIds()
    {
        PendingDelivery[] items = [Pending(), Pending(), Pending()];
        foreach (var item in items.Reverse()) _buffer.TryAdd(item);
        Assert.That(Take(Now), Is.EqualTo(items.Ids()), "a retry, however it is read, carries the same bytes");
    }

    [Test]
    public void AddRead_FailedAloneBefore_MakeBatchesOfTheirOwnAtOnce()
    {
        PendingDelivery[] once = [.. Enumerable.Range(0, 4).Select(_ => Pending(attempts: 1))];
        PendingDelivery[] twice = [Pending(attempts: 2)];
        _buffer.AddRead([.. once, .. twice], Now);
        Assert.That((_buffer.Count, _buffer.ReadyAt), Is.EqualTo((5, DateTimeOffset.MinValue)));
        Assert.That(new[] { Take(Now), Take(Now), Take(Now), Take(Now) }, Is.EqualTo(new[] { once[..3].Ids(), once[3..].Ids(), twice.Ids(), null }));
        Assert.That(_buffer.Count, Is.Zero);
    }

    [Test]
    public void AddRead_BatchLargerThanTheLimits_GoesAgainAsItWas()
    {
        // The limits were higher when it was made.
        PendingDelivery[] batch = [.. Enumerable.Range(0, 5).Select(_ => Pending(batchId: "b", attempts: 1, bytes: 90))];
        _buffer.AddRead([.. batch], Now);
        Assert.That(Take(Now), Is.EqualTo(batch.Ids()));
    }

    [Test]
    public void AddRead_ResentOfABatch_GoesAgainAsItWas()
    {
        PendingDelivery[] batch = [Pending(batchId: "b"), Pending(batchId: "b")];
        _buffer.AddRead([.. batch], Now);
        Assert.That(Take(Now), Is.EqualTo(batch.Ids()));
    }

    [Test]
    public void Remove_Gathered_ItsBytesDoNotCount()
    {
        PendingDelivery[] items = [Pending(bytes: 60), Pending(bytes: 60)];
        foreach (var item in items) _buffer.TryAdd(item);
        Assert.That((_buffer.Remove(Guid.NewGuid()), _buffer.Remove(items[0].Delivery.Id), _buffer.Count), Is.EqualTo((false, true, 1)));
        Assert.That(_buffer.ReadyAt, Is.EqualTo(Now.AddSeconds(60)));
        Assert.That(Take(Now.AddSeconds(60)), Is.EqualTo(items[1..].Ids()));
    }

    [Test]
    public void Remove_OfABatchThatFailed_TheRestGoes()
    {
        PendingDelivery[] batch = [Pending(batchId: "b", attempts: 1), Pending(batchId: "b", attempts: 1)];
        _buffer.AddRead([.. batch], Now);
        Assert.That((_buffer.Remove(batch[0].Delivery.Id), _buffer.Count), Is.EqualTo((true, 1)));
        Assert.That(Take(Now), Is.EqualTo(batch[1..].Ids()));

        _buffer.AddRead([.. batch[1..]], Now);
        Assert.That((_buffer.Remove(batch[1].Delivery.Id), _buffer.Count, _buffer.ReadyAt), Is.EqualTo((true, 0, DateTimeOffset.MaxValue)));
    }

    [Test]
    public void LeaveAll_Any_BeginsAnew()
    {
        PendingDelivery[] batch = [Pending(batchId: "b", attempts: 1)];
        PendingDelivery[] gathered = [Pending(bytes: 99)];
        _buffer.AddRead([.. gathered, .. batch], Now);
        Assert.That(_buffer.LeaveAll(), Is.EquivalentTo(new[] { batch[0], gathered[0] }.Ids()));
        Assert.That((_buffer.Count, _buffer.ReadyAt), Is.EqualTo((0, DateTimeOffset.MaxValue)));
        _buffer.TryAdd(Pending(bytes: 99));
        Assert.That(_buffer.ReadyAt, Is.EqualTo(Now.AddSeconds(60)));
    }

    [Test]
    public void TryTake_SoManyThatRoomIsGivenBack_TakesEachOnce()
    {
        PendingDelivery[] items = [.. Enumerable.Range(0, 100).Select(_ => Pending())];
        foreach (var item in items) _buffer.TryAdd(item);
        List<Guid> taken = [];
        while (Take(Now.AddHours(1)) is { } batch) taken.AddRange(batch);
        Assert.That(taken, Is.EqualTo(items.Ids()));
        _buffer.TryAdd(items[0]);
        Assert.That(Take(Now.AddHours(1)), Is.EqualTo(items[..1].Ids()));
    }

    [TestCase(2, true)]
    [TestCase(3, false)]
    public void HasRoom_SmallLane_UpToOneBatch(int count, bool hasRoom)
    {
        for (var i = 0; i < count; i++) _buffer.TryAdd(Pending());
        Assert.That(_buffer.HasRoom(8), Is.EqualTo(hasRoom));
        Assert.That(_buffer.HasRoom(16), Is.True, "a quarter of what it likes to have");
    }

    private Guid[]? Take(DateTimeOffset now) => _buffer.TryTake(now, out var taken) ? taken.Ids() : null;
}
