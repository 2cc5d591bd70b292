using NUnit.Framework;
using WebhookKit.Dispatching;
using static WebhookKit.Tests.Dispatching.TestData;

namespace WebhookKit.Tests.Dispatching;

public sealed class StrictBufferTests
{
    private static readonly BatchingOptions Batching = new() { MaxEvents = 3, MaxBytes = 100, MaxDelay = TimeSpan.FromSeconds(60) };

    [Test]
    public void ReadyAt_NothingOrSomethingUnderWay_IsNever()
    {
        var buffer = new StrictBuffer(null);
        Assert.That((buffer.ReadyAt, buffer.InSequence), Is.EqualTo((DateTimeOffset.MaxValue, true)));
        Fill(buffer, Pending(), Pending());
        Assert.That(buffer.ReadyAt, Is.EqualTo(Now));
        buffer.TryTake(Now, out _);
        Assert.That(buffer.ReadyAt, Is.EqualTo(DateTimeOffset.MaxValue));
    }

    [TestCase(0, 60, Description = "it gathers")]
    [TestCase(90, 90, Description = "it is put off")]
    public void ReadyAt_BatchThatGathers_IsTheLaterOfBoth(int dueIn, int readyIn)
    {
        var buffer = Fill(new StrictBuffer(Batching), Pending(createdAt: Now, dueAt: Now.AddSeconds(dueIn)));
        Assert.That(buffer.ReadyAt, Is.EqualTo(Now.AddSeconds(readyIn)));
    }

    [TestCase(null, 1)]
    [TestCase("b", 0)]
    public void ReadyAt_FailedOrResent_DoesNotGather(string? batchId, int attempts)
    {
        var buffer = Fill(new StrictBuffer(Batching), Pending(batchId: batchId, attempts: attempts, dueAt: Now.AddSeconds(5)));
        Assert.That(buffer.ReadyAt, Is.EqualTo(Now.AddSeconds(5)));
    }

    [Test]
    public void ReadyAt_EnoughBytes_CountsOnlyWhatWaits()
    {
        PendingDelivery[] items = [Pending(bytes: 60), Pending(bytes: 60), Pending(bytes: 30)];
        var buffer = new StrictBuffer(Batching);
        Assert.That(buffer.TryAdd(items[0]), Is.True);
        Assert.That(buffer.ReadyAt, Is.EqualTo(Now.AddSeconds(60)));
        Fill(buffer, items[1..]);
        Assert.That(buffer.ReadyAt, Is.EqualTo(Now));

        buffer.TryTake(Now, out var taken);
        Assert.That(taken!.Ids(), Is.EqualTo(items[..1].Ids()));
        buffer.Ended(taken!, [items[0].Succeeded()], Now);
        Assert.That((buffer.ReadyAt, buffer.Count), Is.EqualTo((Now.AddSeconds(60), 2)), "90 bytes");

        // What is canceled does not count any more, what comes back counts again.
        buffer.TryAdd(Pending(bytes: 10));
        Assert.That(buffer.ReadyAt, Is.EqualTo(Now));
        buffer.Remove(items[2].Delivery.Id);
        Assert.That(buffer.ReadyAt, Is.EqualTo(Now.AddSeconds(60)));
    }

    [TestCase(30, 0, 30, Description = "the second of three is due later")]
    [TestCase(90, 0, 60, Description = "it has gathered long enough before that")]
    [TestCase(0, 1, 60, Description = "the second of three has failed, and goes by itself")]
    public void ReadyAt_NotAllThatWaitGoTogether_CountsOnlyThoseThatDo(int dueIn, int attempts, int readyIn)
    {
        var buffer = Fill(new StrictBuffer(Batching), Pending(), Pending(dueAt: Now.AddSeconds(dueIn), attempts: attempts), Pending());
        Assert.That(buffer.ReadyAt, Is.EqualTo(Now.AddSeconds(readyIn)));
    }

    [Test]
    public void ReadyAt_BytesOfWhatDoesNotGoAlong_DoNotCount()
    {
        var buffer = Fill(new StrictBuffer(Batching), Pending(bytes: 60), Pending(bytes: 60, attempts: 1));
        Assert.That(buffer.ReadyAt, Is.EqualTo(Now.AddSeconds(60)));
    }

    [Test]
    public void LeaveAll_BytesOfWhatWaited_DoNotCount()
    {
        var buffer = Fill(new StrictBuffer(Batching), Pending(bytes: 90));
        buffer.LeaveAll();
        buffer.TryAdd(Pending(bytes: 90));
        Assert.That((buffer.ReadyAt, buffer.Count), Is.EqualTo((Now.AddSeconds(60), 1)));
    }

    [TestCase(2, true)]
    [TestCase(3, false)]
    public void HasRoom_SmallLaneOfBatches_UpToOneBatch(int count, bool hasRoom)
    {
        var buffer = Fill(new StrictBuffer(Batching), [.. Enumerable.Range(0, count).Select(_ => Pending())]);
        Assert.That((buffer.HasRoom(4), buffer.HasRoom(16)), Is.EqualTo((hasRoom, true)));
    }

    [TestCase(4, true)]
    [TestCase(5, false)]
    public void HasRoom_WithoutBatches_UpToAQuarter(int count, bool hasRoom)
    {
        var buffer = Fill(new StrictBuffer(null), [.. Enumerable.Range(0, count).Select(_ => Pending())]);
        Assert.That(buffer.HasRoom(16), Is.EqualTo(hasRoom));
    }

    [TestCase(1000, true)]
    [TestCase(1001, false)]
    public void Ended_FrontFails_WhatFollowsIsKeptForAShortWaitOnly(int milliseconds, bool kept)
    {
        PendingDelivery[] items = [Pending(), Pending()];
        var buffer = Fill(new StrictBuffer(null), items);
        buffer.TryTake(Now, out var taken);
        var change = buffer.Ended(taken!, [items[0].Failed(Now.AddMilliseconds(milliseconds))], Now);
        Assert.That((change.Left.Count, change.ReadAgain, buffer.Count), Is.EqualTo((kept ? 0 : 1, false, kept ? 2 : 1)));
    }

    [Test]
    public void Ended_BatchFails_KeepsOneRequestsWorth()
    {
        PendingDelivery[] items = [.. Enumerable.Range(0, 6).Select(_ => Pending(bytes: 40))];
        var buffer = Fill(new StrictBuffer(Batching), items);
        buffer.TryTake(Now, out var taken);
        Assert.That(taken!.Ids(), Is.EqualTo(items[..2].Ids()));
        var change = buffer.Ended(taken!, [.. taken!.Select(t => t.Failed(Now.AddSeconds(5), "b"))], Now);
        Assert.That((change.Left, buffer.Count), Is.EqualTo((items[3..].Ids(), 3)));
    }

    [Test]
    public void AddRead_BatchLargerThanTheLimit_IsKeptWhole()
    {
        PendingDelivery[] batch = [.. Enumerable.Range(0, 5).Select(_ => Pending(batchId: "b", attempts: 1, dueAt: Now.AddSeconds(9)))];
        var buffer = new StrictBuffer(Batching);
        List<PendingDelivery> rows = [.. batch, Pending(), Pending()];
        buffer.AddRead(rows, Now);
        Assert.That((rows.Count, buffer.Count), Is.EqualTo((5, 5)), "what follows is left to the store");
        buffer.TryTake(Now.AddSeconds(9), out var taken);
        Assert.That(taken!.Ids(), Is.EqualTo(batch.Ids()));
    }

    [Test]
    public void AddRead_SomethingIsUnderWay_TakesAll()
    {
        var buffer = Fill(new StrictBuffer(null), Pending());
        buffer.TryTake(Now, out var taken);
        List<PendingDelivery> rows = [Pending(dueAt: Now.AddSeconds(9)), Pending()];
        buffer.AddRead(rows, Now);
        Assert.That((rows.Count, buffer.Count), Is.EqualTo((2, 2)));

        var change = buffer.Ended(taken!, [taken![0].Succeeded()], Now);
        Assert.That((change.Left, change.ReadAgain), Is.EqualTo((rows[1..].Ids(), false)), "the next one is put off");
    }

    [Test]
    public void Ended_PutOffFrontSucceedsAndTheNextIsNotPutOff_ReadsAgainOnce()
    {
        PendingDelivery[] items = [Pending(), Pending()];
        var buffer = Fill(new StrictBuffer(null), items);
        buffer.TryTake(Now, out var taken);
        buffer.Ended(taken!, [items[0].Failed(Now.AddSeconds(5))], Now);
        buffer.TryTake(Now.AddSeconds(5), out taken);
        Assert.That(buffer.Ended(taken!, [taken![0].Succeeded()], Now.AddSeconds(5)).ReadAgain, Is.True);

        Fill(buffer, items[1..]);
        buffer.TryTake(Now.AddSeconds(5), out taken);
        Assert.That(buffer.Ended(taken!, [taken![0].Succeeded()], Now.AddSeconds(5)).ReadAgain, Is.False);
    }

    [Test]
    public void LeaveAll_FrontWasPutOff_HasRoomAgain()
    {
        PendingDelivery[] items = [Pending(), Pending()];
        var buffer = Fill(new StrictBuffer(null), items);
        buffer.TryTake(Now, out var taken);
        buffer.Ended(taken!, [items[0].Failed(Now.AddSeconds(5))], Now);
        buffer.LeaveAll();
        Assert.That(buffer.HasRoom(16), Is.True);
        Fill(buffer, items);
        buffer.TryTake(Now, out taken);
        Assert.That(buffer.Ended(taken!, [taken![0].Succeeded()], Now).ReadAgain, Is.False, "all is read anyway");
    }

    [Test]
    public void LeaveAll_PutOffFrontIsUnderWay_RemembersWhatItLeftBehind()
    {
        PendingDelivery[] items = [Pending(), Pending()];
        var buffer = Fill(new StrictBuffer(null), items);
        buffer.TryTake(Now, out var taken);
        buffer.Ended(taken!, [items[0].Failed(Now.AddSeconds(5))], Now);
        buffer.TryTake(Now.AddSeconds(5), out taken);
        buffer.LeaveAll();
        Assert.That(buffer.HasRoom(16), Is.False, "it may fail again");
        Assert.That(buffer.Ended(taken!, [taken![0].Succeeded()], Now.AddSeconds(5)).ReadAgain, Is.True);
    }

    [Test]
    public void Remove_AnotherThanThePutOffFront_StaysPutOff()
    {
        PendingDelivery[] items = [Pending(), Pending(), Pending(), Pending()];
        var buffer = Fill(new StrictBuffer(Batching), items);
        buffer.TryTake(Now, out var taken);
        buffer.Ended(taken!, [.. taken!.Select(t => t.Failed(Now.AddSeconds(5), "b"))], Now);
        Assert.That((buffer.Remove(items[1].Delivery.Id), buffer.HasRoom(16)), Is.EqualTo((true, false)));
        Assert.That((buffer.Remove(items[0].Delivery.Id), buffer.HasRoom(16)), Is.EqualTo((true, true)));
        Assert.That((buffer.Remove(items[0].Delivery.Id), buffer.Count), Is.EqualTo((false, 1)));
    }

    [Test]
    public void TryTake_AnotherPlaceOfTheScheduleOrPutOff_DoesNotJoin()
    {
        PendingDelivery[] items = [Pending(attempts: 1), Pending(attempts: 1), Pending(attempts: 1, dueAt: Now.AddSeconds(9)), Pending()];
        var buffer = Fill(new StrictBuffer(Batching), items);
        buffer.TryTake(Now, out var taken);
        Assert.That(taken!.Ids(), Is.EqualTo(items[..2].Ids()));
        buffer.Ended(taken!, [.. taken!.Select(t => t.Succeeded())], Now);
        buffer.TryTake(Now.AddSeconds(9), out taken);
        Assert.That(taken!.Ids(), Is.EqualTo(items[2..3].Ids()));
    }

    private static StrictBuffer Fill(StrictBuffer buffer, params PendingDelivery[] items)
    {
        foreach (var item in items) buffer.TryAdd(item);
        return buffer;
    }
}
