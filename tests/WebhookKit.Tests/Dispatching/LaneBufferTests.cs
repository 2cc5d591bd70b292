using NUnit.Framework;
using WebhookKit.Dispatching;
using static WebhookKit.Tests.Dispatching.TestData;

namespace WebhookKit.Tests.Dispatching;

public sealed class LaneBufferTests
{
    private static readonly BatchingOptions Batching = new() { MaxEvents = 3, MaxBytes = 100, MaxDelay = TimeSpan.FromSeconds(60) };

    /// <summary>So that a key's share is 4.</summary>
    private const int Capacity = 64;

    [Test]
    public void Create_OrderAndBatching_ChoosesTheKind()
    {
        Assert.Multiple(() =>
        {
            Assert.That(Create(DeliveryOrder.None, null), Is.TypeOf<FreeBuffer>());
            Assert.That(Create(DeliveryOrder.None, Batching), Is.TypeOf<BatchBuffer>());
            Assert.That(Create(DeliveryOrder.PerKey, null), Is.TypeOf<KeyedBuffer>());
            Assert.That(Create(DeliveryOrder.PerKey, Batching), Is.TypeOf<StrictBuffer>());
            Assert.That(Create(DeliveryOrder.Strict, null), Is.TypeOf<StrictBuffer>());
        });
    }

    [Test]
    public void Free_TryTake_OneByOneInOrder()
    {
        var buffer = Fill(new FreeBuffer(), Pending(), Pending());
        Assert.Multiple(() =>
        {
            Assert.That(buffer.TryTake(Now, out var first), Is.True);
            Assert.That(first, Has.Length.EqualTo(1));
            Assert.That(buffer.TryTake(Now, out _), Is.True);
            Assert.That(buffer.TryTake(Now, out _), Is.False);
            Assert.That(buffer.Count, Is.Zero);
        });
    }

    [Test]
    public void Batch_TryTake_WaitsForCountOrAge()
    {
        var buffer = Fill(new BatchBuffer(Batching), Pending(), Pending(createdAt: Now.AddSeconds(30)));
        Assert.That(buffer.ReadyAt, Is.EqualTo(Now.AddSeconds(60)), "the oldest has waited its time");
        Assert.That(buffer.TryTake(Now.AddSeconds(59), out _), Is.False);

        Fill(buffer, Pending(), Pending());
        Assert.That(buffer.TryTake(Now, out var batch), Is.True);
        Assert.That(batch, Has.Length.EqualTo(3));
        Assert.That(buffer.Count, Is.EqualTo(1));
    }

    [Test]
    public void Batch_TryTake_StopsBeforeTooManyBytesButTakesAtLeastOne()
    {
        var buffer = Fill(new BatchBuffer(Batching), Pending(bytes: 60), Pending(bytes: 60), Pending(bytes: 500));
        Assert.Multiple(() =>
        {
            Assert.That(buffer.TryTake(Now, out var first), Is.True);
            Assert.That(first, Has.Length.EqualTo(1));
            Assert.That(buffer.TryTake(Now, out var second), Is.True);
            Assert.That(second, Has.Length.EqualTo(1));
            Assert.That(buffer.TryTake(Now, out var third), Is.True);
            Assert.That(third, Has.Length.EqualTo(1));
        });
    }

    [Test]
    public void Batch_AddRead_RetriesGoFirstAndWhole()
    {
        var buffer = Fill(new BatchBuffer(Batching), Pending());
        PendingDelivery[] retry = [Pending(batchId: "b1", attempts: 1), Pending(batchId: "b1", attempts: 1)];
        buffer.AddRead([retry[0], Pending(), retry[1]], Now);

        Assert.That(buffer.TryTake(Now, out var taken), Is.True, "a batch that failed does not wait for others");
        Assert.That(taken!.Ids(), Is.EqualTo(retry.Ids()));
        Assert.That(buffer.TryTake(Now, out _), Is.False);
    }

    [Test]
    public void Strict_Failed_HoldsBackAllThatFollow()
    {
        var buffer = new StrictBuffer(null);
        PendingDelivery[] items = [Pending(), Pending()];
        Fill(buffer, items);
        buffer.TryTake(Now, out var taken);
        Assert.That(buffer.TryTake(Now, out _), Is.False, "one at a time");

        buffer.Ended(taken!, [taken![0].Failed(Now.AddSeconds(5))], Now);
        Assert.Multiple(() =>
        {
            Assert.That(buffer.TryTake(Now.AddSeconds(4), out _), Is.False);
            Assert.That(buffer.TryTake(Now.AddSeconds(5), out var again), Is.True);
            Assert.That(again!.Ids(), Is.EqualTo(items[..1].Ids()));
            Assert.That(again![0].Delivery.AttemptCount, Is.EqualTo(1));
        });
    }

    [Test]
    public void Strict_FrontIsPutOff_WhatFollowsIsLeftToTheStoreUntilItHasEnded()
    {
        var buffer = new StrictBuffer(null);
        PendingDelivery[] items = [Pending(), Pending(), Pending()];
        Fill(buffer, items);
        buffer.TryTake(Now, out var taken);
        var failed = buffer.Ended(taken!, [taken![0].Failed(Now.AddSeconds(5))], Now);
        Assert.That(failed.Left, Is.EqualTo(items[1..].Ids()));
        Assert.That((failed.ReadAgain, buffer.HasRoom(Capacity), buffer.Count), Is.EqualTo((false, false, 1)));

        // The answer to a read that was under way.
        List<PendingDelivery> late = [.. items[1..]];
        buffer.AddRead(late, Now);
        Assert.That((late.Count, buffer.Count), Is.EqualTo((0, 1)));

        buffer.TryTake(Now.AddSeconds(5), out taken);
        Assert.That(buffer.HasRoom(Capacity), Is.False, "it may fail again");
        var succeeded = buffer.Ended(taken!, [taken![0].Succeeded()], Now.AddSeconds(5));
        Assert.That((succeeded.ReadAgain, buffer.HasRoom(Capacity)), Is.EqualTo((true, true)));
    }

    [Test]
    public void Strict_FrontGoesAgainAtOnce_KeepsWhatFollows()
    {
        var buffer = Fill(new StrictBuffer(null), Pending(), Pending());
        buffer.TryTake(Now, out var taken);
        var change = buffer.Ended(taken!, [taken![0].Failed(Now.AddSeconds(1))], Now);
        Assert.That((change.Left.Count, buffer.Count), Is.EqualTo((0, 2)));
    }

    [Test]
    public void Strict_CanceledFrontThatWasPutOff_HasRoomAgain()
    {
        var buffer = new StrictBuffer(null);
        var front = Pending();
        buffer.AddRead([front with { Delivery = front.Failed(Now.AddSeconds(9)) }], Now);
        Assert.That(buffer.HasRoom(Capacity), Is.False);
        buffer.Remove(front.Delivery.Id);
        Assert.That(buffer.HasRoom(Capacity), Is.True);
    }

    [Test]
    public void LeaveAll_SomethingIsUnderWay_OnlyWhatWaitsIsLeft([Values] DeliveryOrder order, [Values] bool batching)
    {
        var buffer = Create(order, batching ? Batching : null);
        PendingDelivery[] items = [.. Enumerable.Range(0, 8).Select(i => Pending(i % 2 == 0 ? "a" : null))];
        Fill(buffer, items);
        buffer.TryTake(Now, out var taken);
        Assert.That(buffer.LeaveAll(), Is.EquivalentTo(items.Ids().Except(taken!.Ids())));
        Assert.That((buffer.Count, buffer.ReadyAt), Is.EqualTo((0, DateTimeOffset.MaxValue)));

        buffer.Ended(taken!, [.. taken!.Select(t => t.Succeeded())], Now);
        List<PendingDelivery> rest = [.. items.ExceptBy(taken!.Ids(), i => i.Delivery.Id)];
        buffer.AddRead(rest, Now);
        Assert.That((rest.Count, buffer.Count, buffer.ClosedKeys.Count), Is.EqualTo((8 - taken!.Length, 8 - taken!.Length, 0)));
    }

    [Test]
    public void Strict_FailedBatch_GoesAgainAsItWas()
    {
        var buffer = new StrictBuffer(Batching);
        PendingDelivery[] items = [Pending(), Pending(), Pending(), Pending()];
        Fill(buffer, items);
        buffer.TryTake(Now, out var taken);
        buffer.Ended(taken!, [.. taken!.Select(t => t.Failed(Now.AddSeconds(5), "b"))], Now);

        Assert.That(buffer.TryTake(Now.AddSeconds(5), out var again), Is.True);
        Assert.That(again!.Ids(), Is.EqualTo(items[..3].Ids()));
    }

    /// <summary>It took them along before their time, failed at them again, and so on without a pause.</summary>
    [Test]
    public void Strict_FailedBatchOfWhichSomeWerePutOff_GoesWithoutThose()
    {
        var buffer = new StrictBuffer(Batching);
        PendingDelivery[] items = [Pending(), Pending(), Pending()];
        Fill(buffer, items);
        buffer.TryTake(Now, out var taken);
        buffer.Ended(taken!, [.. taken!.Select(t => t.Failed(Now.AddSeconds(5), "b"))], Now);
        buffer.TryTake(Now.AddSeconds(5), out taken);
        buffer.Ended(taken!, [taken![0].Delivery, taken[1].Delivery with { DueAt = Now.AddMinutes(1) }, taken[2].Delivery], Now.AddSeconds(5));

        Assert.That(buffer.TryTake(Now.AddSeconds(5), out var first), Is.True);
        Assert.That(first!.Ids(), Is.EqualTo(items[..1].Ids()));
        buffer.Ended(first!, [first![0].Succeeded()], Now.AddSeconds(5));
        Assert.That(buffer.ReadyAt, Is.EqualTo(Now.AddMinutes(1)), "the order holds the last one back");
    }

    [Test]
    public void Keyed_FailedKey_HoldsBackItsOwnOnly()
    {
        var buffer = new KeyedBuffer(Capacity);
        PendingDelivery[] items = [Pending("a"), Pending("a"), Pending("b"), Pending()];
        Fill(buffer, items);
        buffer.TryTake(Now, out var a);
        buffer.TryTake(Now, out var b);
        buffer.TryTake(Now, out var free);
        Assert.That(new[] { a!, b!, free! }.SelectMany(t => t.Ids()), Is.EqualTo(new[] { items[0], items[2], items[3] }.Ids()));
        Assert.That(buffer.TryTake(Now, out _), Is.False, "the second of key a waits for the first");

        var failed = buffer.Ended(a!, [a![0].Failed(Now.AddSeconds(5))], Now);
        Assert.That(buffer.ReadyAt, Is.EqualTo(Now.AddSeconds(5)));
        Assert.That(failed.Left, Is.EqualTo(items[1..2].Ids()), "what follows takes no room");
        Assert.That((failed.ReadAgain, buffer.TryAdd(items[1])), Is.EqualTo((false, false)));
        Assert.That(buffer.ClosedKeys, Is.EqualTo(new[] { "a" }));

        buffer.TryTake(Now.AddSeconds(5), out a);
        Assert.That(buffer.TryAdd(items[1]), Is.False, "it may fail again");
        var succeeded = buffer.Ended(a!, [a![0].Succeeded()], Now);
        Assert.That((succeeded.ReadAgain, buffer.ClosedKeys.Count), Is.EqualTo((true, 0)));
        Assert.That(buffer.TryAdd(items[1]), Is.True);
        Assert.That(buffer.TryTake(Now.AddSeconds(5), out var next), Is.True);
        Assert.That(next!.Ids(), Is.EqualTo(items[1..2].Ids()));
    }

    [Test]
    public void Keyed_OneKeyWithVeryMuch_LeavesRoomForOthers()
    {
        var buffer = new KeyedBuffer(Capacity);
        while (buffer.TryAdd(Pending("a"))) Assert.That(buffer.Count, Is.LessThanOrEqualTo(Capacity));
        Assert.Multiple(() =>
        {
            Assert.That(buffer.Count, Is.EqualTo(Capacity));
            Assert.That(buffer.ClosedKeys, Is.EqualTo(new[] { "a" }));
            Assert.That(buffer.HasRoom(Capacity), Is.True, "only one of all these can go");
        });

        for (var i = 0; i < 4; i++) Assert.That(buffer.TryAdd(Pending("b")), Is.True);
        Assert.That(buffer.TryAdd(Pending("b")), Is.False, "a key's share is a sixteenth");

        var again = 0;
        while (buffer.TryTake(Now, out var taken))
        {
            if (buffer.Ended(taken, [taken[0].Succeeded()], Now).ReadAgain) again++;
        }

        Assert.That((again, buffer.Count, buffer.ClosedKeys.Count), Is.EqualTo((2, 0, 0)), "each is read again before it has run dry");
    }

    [Test]
    public void Keyed_FirstOfItsKeyWasPutOffBefore_ClosesTheKey()
    {
        var buffer = new KeyedBuffer(Capacity);
        var head = Pending("a");
        Assert.That(buffer.TryAdd(head with { Delivery = head.Failed(Now.AddSeconds(9)) }), Is.True);
        Assert.That(buffer.TryAdd(Pending("a")), Is.False);
        Assert.That(buffer.ReadyAt, Is.EqualTo(Now.AddSeconds(9)));
    }

    [Test]
    public void Keyed_CanceledHead_OpensTheKey()
    {
        var buffer = new KeyedBuffer(Capacity);
        var head = Pending("a");
        buffer.TryAdd(head with { Delivery = head.Failed(Now.AddSeconds(9)) });
        buffer.Remove(head.Delivery.Id);
        Assert.That(buffer.ClosedKeys, Is.Empty);
        Assert.That(buffer.TryAdd(Pending("a")), Is.True);
        Assert.That(buffer.TryTake(Now, out _), Is.True);
    }

    [Test]
    public void Keyed_ManyFailedWithoutAKey_AreLeftToTheStore()
    {
        var buffer = new KeyedBuffer(Capacity);
        for (var i = 0; i <= Capacity; i++)
        {
            var item = Pending();
            buffer.TryAdd(item);
            buffer.TryTake(Now, out var taken);
            var change = buffer.Ended(taken!, [item.Failed(Now.AddSeconds(5))], Now);
            Assert.That(change.Left, Is.EqualTo(i < Capacity ? [] : new[] { item.Delivery.Id }));
            Assert.That(change.ReadAgain, Is.False);
        }

        Assert.That(buffer.HasRoom(Capacity), Is.True);
    }

    [Test]
    public void Keyed_ManyPutOffBefore_HasALimit([Values] bool withKeys)
    {
        var buffer = new KeyedBuffer(Capacity);
        for (var i = 0; i < 20 * Capacity && buffer.HasRoom(Capacity); i++)
        {
            var item = Pending(withKeys ? $"k{i}" : null);
            buffer.TryAdd(item with { Delivery = item.Failed(Now.AddSeconds(9)) });
        }

        Assert.That((buffer.Count, buffer.ClosedKeys.Count), Is.EqualTo(withKeys ? (Capacity, Capacity) : (4 * Capacity, 0)));
    }

    [Test]
    public void Batch_StillGathering_HasRoom()
    {
        var buffer = LaneBuffer.Create(DeliveryOrder.None, new BatchingOptions { MaxEvents = 30 }, Capacity);
        while (buffer.Count < 30)
        {
            Assert.That(buffer.HasRoom(Capacity), Is.True);
            buffer.TryAdd(Pending());
        }

        Assert.That(buffer.HasRoom(Capacity), Is.False);
    }

    [Test]
    public void Keyed_ManyRandomEnds_KeepsTheOrderOfEachKey()
    {
        var random = new Random(7);
        var buffer = new KeyedBuffer(Capacity);
        PendingDelivery[] items = [.. Enumerable.Range(0, 300).Select(i => Pending($"k{i % 7}"))];
        List<PendingDelivery> underWay = [];
        var store = items.ToList();
        List<PendingDelivery> done = [];
        for (var now = Now; done.Count < items.Length; now = now.AddSeconds(1))
        {
            // What a lane reads: all that is stored and not held, in its order.
            if (buffer.HasRoom(Capacity)) store.RemoveAll(d => buffer.TryAdd(d));
            while (buffer.TryTake(now, out var taken)) underWay.Add(taken[0]);
            if (underWay.Count == 0) continue;
            var ended = underWay[random.Next(underWay.Count)];
            underWay.Remove(ended);
            var succeeds = random.Next(3) > 0;
            var change = buffer.Ended([ended], [succeeds ? ended.Succeeded() : ended.Failed(now.AddSeconds(random.Next(1, 9)))], now);
            store = [.. items.Where(i => store.Contains(i) || change.Left.Contains(i.Delivery.Id))];
            if (succeeds) done.Add(ended);
        }

        foreach (var key in done.GroupBy(d => d.Event.OrderingKey))
            Assert.That(key.Ids(), Is.EqualTo(items.Where(i => i.Event.OrderingKey == key.Key).Ids()));
        Assert.That(buffer.Count, Is.Zero);
    }

    [Test]
    public void Remove_Waiting_IsGoneFromEveryKindOfBuffer([Values] DeliveryOrder order, [Values] bool batching)
    {
        var buffer = Create(order, batching ? Batching : null);
        PendingDelivery[] items = [Pending("a"), Pending("a"), Pending("b")];
        Assert.That(buffer.Remove(items[0].Delivery.Id), Is.False);
        Fill(buffer, items);
        Assert.Multiple(() =>
        {
            Assert.That(buffer.Remove(items[0].Delivery.Id), Is.True);
            Assert.That(buffer.Remove(items[0].Delivery.Id), Is.False);
            Assert.That(buffer.Count, Is.EqualTo(2));
        });

        List<Guid> taken = [];
        while (buffer.TryTake(Now.AddHours(1), out var next))
        {
            taken.AddRange(next.Ids());
            buffer.Ended(next, [.. next.Select(n => n.Succeeded())], Now);
        }

        Assert.That(taken, Is.EquivalentTo(items[1..].Ids()));
    }

    private static LaneBuffer Create(DeliveryOrder order, BatchingOptions? batching) => LaneBuffer.Create(order, batching, Capacity);

    private static LaneBuffer Fill(LaneBuffer buffer, params PendingDelivery[] items)
    {
        foreach (var item in items) buffer.TryAdd(item);
        return buffer;
    }
}
