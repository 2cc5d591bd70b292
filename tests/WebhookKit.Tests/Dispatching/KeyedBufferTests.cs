using NUnit.Framework;
using WebhookKit.Dispatching;
using static WebhookKit.Tests.Dispatching.TestData;

namespace WebhookKit.Tests.Dispatching;

public sealed class KeyedBufferTests
{
    private const int Capacity = 64;

    [Test]
    public void TryAdd_FullAndSmall_EachKeyHasRoomForOne()
    {
        var buffer = new KeyedBuffer(8);
        for (var i = 0; i < 8; i++) buffer.TryAdd(Pending("a"));
        Assert.That((buffer.TryAdd(Pending("b")), buffer.TryAdd(Pending("b"))), Is.EqualTo((true, false)));
        Assert.That(buffer.ClosedKeys, Is.EqualTo(new[] { "b" }));
    }

    [Test]
    public void TryAdd_ClosedForWantOfRoom_StaysClosedThoughThereIsRoom()
    {
        var buffer = new KeyedBuffer(4);
        for (var i = 0; i < 5; i++) buffer.TryAdd(Pending("a"));
        Assert.That(buffer.ClosedKeys, Is.EqualTo(new[] { "a" }), "the fifth is in the store");
        buffer.TryTake(Now, out _);
        Assert.That(buffer.TryAdd(Pending("a")), Is.False, "it would overtake that one");
    }

    [TestCase(16, 0, true)]
    [TestCase(17, 0, false)]
    [TestCase(17, 1, true)]
    public void HasRoom_KeysThatCanGo_UpToAQuarter(int keys, int failing, bool hasRoom)
    {
        var buffer = new KeyedBuffer(Capacity);
        for (var i = 0; i < keys; i++)
        {
            var item = Pending($"k{i}");
            buffer.TryAdd(i < failing ? item with { Delivery = item.Failed(Now.AddSeconds(9)) } : item);
        }

        Assert.That(buffer.HasRoom(Capacity), Is.EqualTo(hasRoom));
    }

    [Test]
    public void TryTake_SeveralKeys_TheEarliestDueThenTheFirstCome()
    {
        var buffer = new KeyedBuffer(Capacity);
        PendingDelivery[] items = [Pending("a", createdAt: Now.AddSeconds(1)), Pending("b"), Pending(createdAt: Now.AddSeconds(1)), Pending("c")];
        foreach (var item in items) buffer.TryAdd(item);
        Assert.That(buffer.ReadyAt, Is.EqualTo(Now));
        Assert.That(TakeAll(buffer, Now), Is.EqualTo(new[] { items[1], items[3] }.Ids()));
        Assert.That(buffer.ReadyAt, Is.EqualTo(Now.AddSeconds(1)));
        Assert.That(TakeAll(buffer, Now.AddSeconds(1)), Is.EqualTo(new[] { items[0], items[2] }.Ids()));
        Assert.That((buffer.ReadyAt, buffer.Count), Is.EqualTo((DateTimeOffset.MaxValue, 0)));
    }

    [Test]
    public void Ended_LastOfItsKeySucceeds_TheKeyBeginsAnew()
    {
        var buffer = new KeyedBuffer(Capacity);
        for (var i = 0; i < 3; i++)
        {
            buffer.TryAdd(Pending("a"));
            buffer.TryTake(Now, out var taken);
            var change = buffer.Ended(taken!, [taken![0].Succeeded()], Now);
            Assert.That((change.Left.Count, change.ReadAgain, buffer.ClosedKeys.Count), Is.EqualTo((0, false, 0)));
        }
    }

    [Test]
    public void Ended_FailsWithoutAKey_HoldsNothingBack()
    {
        var buffer = new KeyedBuffer(Capacity);
        PendingDelivery[] items = [Pending(), Pending()];
        foreach (var item in items) buffer.TryAdd(item);
        buffer.TryTake(Now, out var taken);
        var change = buffer.Ended(taken!, [items[0].Failed(Now.AddSeconds(5))], Now);
        Assert.That((change.Left.Count, change.ReadAgain, buffer.ClosedKeys.Count, buffer.Count), Is.EqualTo((0, false, 0, 2)));
        Assert.That(TakeAll(buffer, Now), Is.EqualTo(items[1..].Ids()));
        Assert.That(TakeAll(buffer, Now.AddSeconds(5)), Is.EqualTo(items[..1].Ids()));
    }

    [Test]
    public void Ended_FailingKeySucceeds_CountsAsFailingNoMore()
    {
        var buffer = new KeyedBuffer(4);
        for (var round = 0; round < 20; round++)
        {
            var item = Pending();
            buffer.TryAdd(item);
            buffer.TryTake(Now, out var taken);
            Assert.That(buffer.Ended(taken!, [item.Failed(Now)], Now).Left, Is.Empty, "only what waits to be tried again counts");
            buffer.TryTake(Now, out taken);
            buffer.Ended(taken!, [taken![0].Succeeded()], Now);
        }

        Assert.That((buffer.Count, buffer.HasRoom(4)), Is.EqualTo((0, true)));
    }

    [Test]
    public void Remove_BehindWhatIsUnderWay_LeavesTheKeyAsItIs()
    {
        var buffer = new KeyedBuffer(Capacity);
        PendingDelivery[] items = [Pending("a"), Pending("a"), Pending("a")];
        foreach (var item in items) buffer.TryAdd(item);
        buffer.TryTake(Now, out var taken);
        Assert.That((buffer.Remove(items[1].Delivery.Id), buffer.Remove(items[0].Delivery.Id), buffer.Count), Is.EqualTo((true, false, 1)));
        Assert.That(TakeAll(buffer, Now), Is.Empty, "the first is under way still");
        buffer.Ended(taken!, [items[0].Succeeded()], Now);
        Assert.That(TakeAll(buffer, Now), Is.EqualTo(items[2..].Ids()));
    }

    [Test]
    public void Remove_BehindAFailingOneThatIsUnderWay_KeepsTheKeyClosed()
    {
        var buffer = new KeyedBuffer(Capacity);
        var head = Pending("a");
        buffer.TryAdd(head);
        var second = Pending("a");
        buffer.TryAdd(second);
        buffer.TryTake(Now, out var taken);

        // Its share is used up: the next one is in the store.
        for (var i = 0; buffer.Count < Capacity; i++) buffer.TryAdd(Pending($"k{i}"));
        while (buffer.TryAdd(Pending("a"))) { }
        Assert.That(buffer.ClosedKeys, Is.EqualTo(new[] { "a" }));
        buffer.Remove(second.Delivery.Id);
        Assert.That(buffer.ClosedKeys, Is.EqualTo(new[] { "a" }), "what comes now would overtake what is in the store");
        Assert.That(buffer.Ended(taken!, [head.Succeeded()], Now).ReadAgain, Is.False, "three are still here");
    }

    [Test]
    public void Remove_HeadThatHasFailed_OpensTheKey()
    {
        var buffer = new KeyedBuffer(Capacity);
        var head = Pending("a");
        buffer.TryAdd(head);
        buffer.TryTake(Now, out var taken);
        buffer.Ended(taken!, [head.Failed(Now.AddSeconds(9))], Now);
        Assert.That((buffer.Remove(head.Delivery.Id), buffer.ClosedKeys.Count), Is.EqualTo((true, 0)));
        var next = Pending("a");
        Assert.That(buffer.TryAdd(next), Is.True);
        Assert.That(TakeAll(buffer, Now), Is.EqualTo(new[] { next }.Ids()));
    }

    [Test]
    public void Remove_HeadThatWasPutOff_CountsAsFailingNoMore()
    {
        var buffer = new KeyedBuffer(Capacity);
        PendingDelivery[] items = [.. Enumerable.Range(0, 18).Select(i => Pending($"k{i}"))];
        foreach (var item in items[..17]) buffer.TryAdd(item);
        buffer.TryAdd(items[17] with { Delivery = items[17].Failed(Now.AddSeconds(9)) });
        Assert.That(buffer.HasRoom(Capacity), Is.False);
        buffer.Remove(items[17].Delivery.Id);
        Assert.That((buffer.HasRoom(Capacity), buffer.Count, buffer.ReadyAt), Is.EqualTo((false, 17, Now)), "17 that can go");
        buffer.Remove(items[0].Delivery.Id);
        Assert.That((buffer.HasRoom(Capacity), buffer.Count), Is.EqualTo((true, 16)));
        Assert.That(TakeAll(buffer, Now), Is.EquivalentTo(items[1..17].Ids()));
    }

    [Test]
    public void LeaveAll_SomeFailing_TheirKeysBeginAnew()
    {
        var buffer = new KeyedBuffer(4);
        for (var i = 0; i < 4; i++)
        {
            var item = Pending(i % 2 == 0 ? $"k{i}" : null);
            buffer.TryAdd(item with { Delivery = item.Failed(Now.AddSeconds(9)) });
        }

        Assert.That((buffer.LeaveAll().Count, buffer.ClosedKeys.Count, buffer.Count), Is.EqualTo((4, 0, 0)));
        Assert.That(buffer.TryAdd(Pending("k0")), Is.True);
        for (var i = 0; i < 4; i++)
        {
            var item = Pending();
            buffer.TryAdd(item with { Delivery = item.Failed(Now.AddSeconds(9)) });
        }

        Assert.That(buffer.HasRoom(4), Is.True, "one can go and four wait to be tried again");
    }

    private static Guid[] TakeAll(KeyedBuffer buffer, DateTimeOffset now)
    {
        List<Guid> taken = [];
        while (buffer.TryTake(now, out var next)) taken.AddRange(next.Ids());
        return [.. taken];
    }
}
