using NUnit.Framework;
using WebhookKit.Dispatching;
using WebhookKit.Matching;
using static WebhookKit.Tests.Dispatching.TestData;

namespace WebhookKit.Tests.Dispatching;

public sealed class LaneTests
{
    private static readonly TimeSpan LongLease = TimeSpan.FromMinutes(1);

    [Test]
    public void TryOffer_Fresh_GoesWithoutReading()
    {
        var lane = NewLane();
        var item = Pending();
        Assert.That((lane.TryOffer(item, Now), lane.TryWake(Now.AddHours(1))), Is.EqualTo((true, true)));
        Assert.That(lane.AskForTurn(Now), Is.LessThanOrEqualTo(Now));
        Assert.That(Send(lane).Items.Ids(), Is.EqualTo(new[] { item.Delivery.Id }));
    }

    [Test]
    public void AskForTurn_AskedAlready_DoesNotAskAgain()
    {
        var lane = NewLane();
        lane.TryOffer(Pending(), Now);
        lane.TryOffer(Pending(), Now);
        Assert.Multiple(() =>
        {
            Assert.That(lane.AskForTurn(Now), Is.Not.Null);
            Assert.That(lane.AskForTurn(Now), Is.Null);
        });
    }

    [Test]
    public void TakeTurn_MoreCanGo_AsksForTheNextTurnOnce()
    {
        var lane = NewLane();
        for (var i = 0; i < 2; i++) lane.TryOffer(Pending(), Now);
        lane.TakeTurn(Now, 1, LongLease, out var second);
        Assert.Multiple(() =>
        {
            Assert.That(second, Is.LessThanOrEqualTo(Now));
            Assert.That(lane.AskForTurn(Now), Is.Null);
        });

        lane.TakeTurn(Now, 1, LongLease, out var third);
        Assert.That(third, Is.Null, "nothing is left");
    }

    [Test]
    public void TakeTurn_AtTheConcurrencyLimit_WaitsUntilOneHasEnded()
    {
        var lane = NewLane(Model(maxConcurrency: 2));
        for (var i = 0; i < 3; i++) lane.TryOffer(Pending(), Now);
        var first = Send(lane);
        Send(lane);
        Assert.That(Turn(lane).Send, Is.Null);

        End(lane, first);
        Assert.That(Turn(lane).Send, Is.Not.Null);
    }

    [Test]
    public void TakeTurn_LeaseEndsBeforeTheDeadline_StartsNothing()
    {
        var lane = NewLane();
        lane.TryOffer(Pending(), Now);
        Assert.That(lane.TakeTurn(Now, 1, TimeSpan.FromSeconds(14)).Send, Is.Null);
        Assert.That(lane.AskForTurn(Now), Is.GreaterThan(Now), "it asks again later, not at once for ever");
    }

    [TestCase(SubscriptionStatus.Paused)]
    [TestCase(SubscriptionStatus.Disabled)]
    public void TakeTurn_NotEnabled_SendsNothingUntilItIs(SubscriptionStatus status)
    {
        var lane = NewLane(Model(status: status));
        lane.TryOffer(Pending(), Now);
        Assert.That(Turn(lane).Send, Is.Null);
        Assert.That(lane.AskForTurn(Now), Is.Null);

        lane.Update(Model());
        Assert.That(lane.AskForTurn(Now), Is.Not.Null);
        Assert.That(Turn(lane).Read, Is.Not.Null, "it was left to the store meanwhile");
    }

    [Test]
    public void Update_Paused_LeavesWhatWaitsToTheStore()
    {
        var lane = NewLane();
        lane.TryOffer(Pending(), Now);
        lane.Update(Model(status: SubscriptionStatus.Paused));
        lane.Update(Model());
        Assert.That(Turn(lane) is { Send: null, Read.Held: null }, Is.True);
    }

    [Test]
    public void TryCloseIdle_PausedWithSomethingStored_Closes()
    {
        // Enabling wakes its lane, or makes one.
        var lane = NewLane(Model(status: SubscriptionStatus.Paused));
        lane.TryOffer(Pending(), Now);
        Assert.That(lane.TryCloseIdle(Now, Now.AddSeconds(5)), Is.True);
    }

    [Test]
    public void ReadEnded_HeldRows_AreNotTakenTwice()
    {
        var lane = NewLane();
        PendingDelivery[] items = [Pending(), Pending()];
        lane.TryOffer(items[0], Now);
        Send(lane);
        lane.TryWake(Now);
        var read = Turn(lane).Read!.Value;
        lane.ReadEnded(items, read.Limit, Now);
        Assert.Multiple(() =>
        {
            Assert.That(Send(lane).Items.Ids(), Is.EqualTo(items[1..].Ids()));
            Assert.That(Turn(lane).Send, Is.Null);
        });
    }

    [Test]
    public void TakeTurn_ReadsWhileOneIsUnderWay_LeavesThatOut()
    {
        var lane = NewLane();
        var item = Pending();
        lane.TryOffer(item, Now);
        Send(lane);
        lane.TryWake(Now);
        Assert.That(Turn(lane).Read!.Value.Held, Does.Contain(item.Delivery.Id));
    }

    [Test]
    public void TryOffer_WhileReading_LeavesItToTheRead()
    {
        // The clock has been set back since the read began: what is due says nothing then.
        var lane = NewLane();
        lane.TryWake(Now);
        var read = Turn(lane).Read!.Value;
        var item = Pending(createdAt: Now.AddMinutes(-1));
        lane.TryOffer(item, Now.AddMinutes(-1));
        Assert.That(lane.TakeTurn(Now.AddMinutes(-1), 1, LongLease).Send, Is.Null);
        lane.ReadEnded([item], read.Limit, Now);
        lane.ReadEnded([], Turn(lane).Read!.Value.Limit, Now);
        Assert.That(Send(lane).Items.Ids(), Is.EqualTo(new[] { item.Delivery.Id }));
    }

    [TestCase(DeliveryOrder.Strict)]
    [TestCase(DeliveryOrder.PerKey)]
    [TestCase(DeliveryOrder.None)]
    public void ReadEnded_CanceledWhileReading_IsNotTaken(DeliveryOrder order)
    {
        // The read has seen the delivery as it was before it was canceled.
        var lane = NewLane(Model(order: order));
        var item = Pending();
        lane.TryWake(Now);
        var read = Turn(lane).Read!.Value;
        lane.Forget(item.Delivery.Id);
        lane.ReadEnded([item], read.Limit, Now);
        Assert.That(Turn(lane).Send, Is.Null);
    }

    [Test]
    public void Update_EnabledAgainBetweenTwoLooks_StartsAfresh()
    {
        // This node has not seen that it was disabled in between.
        var lane = NewLane();
        lane.Health.Learn(Now.AddDays(-1));
        lane.Update(Model(statusChangedAt: Now));
        Assert.That(lane.Health.FailingSince, Is.Null);
    }

    [Test]
    public void TryBegin_BreakerHasOpenedMeanwhile_DoesNotStart()
    {
        var lane = NewLane(breaker: new BreakerOptions { Failures = 1 });
        for (var i = 0; i < 2; i++) lane.TryOffer(Pending(), Now);
        var first = Send(lane);
        var second = Send(lane);
        lane.Sent(first, LaneEnd.Failed, null, Now);
        Assert.That(lane.TryBegin(second, Now.AddMilliseconds(1)), Is.False);
    }

    [Test]
    public void TryBegin_DeletedMeanwhile_DoesNotStart()
    {
        var lane = NewLane();
        lane.TryOffer(Pending(), Now);
        var work = Send(lane);
        lane.Close();
        Assert.That(lane.TryBegin(work, Now.AddMilliseconds(1)), Is.False);
    }

    [Test]
    public void TryBegin_EndpointHasAskedToWaitMeanwhile_DoesNotStart()
    {
        var lane = NewLane();
        for (var i = 0; i < 2; i++) lane.TryOffer(Pending(), Now);
        var first = Send(lane);
        var second = Send(lane);
        lane.Sent(first, LaneEnd.Failed, Now.AddSeconds(30), Now);
        Assert.Multiple(() =>
        {
            Assert.That(lane.TryBegin(second, Now.AddSeconds(1)), Is.False);
            Assert.That(lane.TryBegin(second, Now.AddSeconds(30)), Is.True);
        });
    }

    [Test]
    public void TryBegin_PausedMeanwhile_DoesNotStart()
    {
        var lane = NewLane();
        lane.TryOffer(Pending(), Now);
        var work = Send(lane);
        lane.Update(Model(status: SubscriptionStatus.Paused));
        Assert.That(lane.TryBegin(work, Now.AddSeconds(1)), Is.False);
    }

    [Test]
    public void Leave_WhatWaits_IsReadAgain()
    {
        var lane = NewLane();
        lane.TryOffer(Pending(), Now);
        lane.Leave();
        Assert.That(Turn(lane).Read, Is.Not.Null);
    }

    [Test]
    public void TryWake_WhileReading_ReadsAgain()
    {
        // What was stored after the read began may not be in its answer.
        var lane = NewLane();
        lane.TryWake(Now);
        var read = Turn(lane).Read!.Value;
        lane.TryWake(Now);
        lane.ReadEnded([], read.Limit, Now);
        Assert.That(Turn(lane).Read, Is.Not.Null);
    }

    [Test]
    public void ReadEnded_MoreThanAskedFor_ReadsAgainWhenThereIsRoom()
    {
        var lane = NewLane(Model(maxConcurrency: 100));
        lane.TryWake(Now);
        var read = Turn(lane).Read!.Value;
        PendingDelivery[] rows = [.. Enumerable.Range(0, read.Limit).Select(_ => Pending())];
        lane.ReadEnded(rows, read.Limit, Now);
        Assert.That(Turn(lane).Read, Is.Null, "the buffer is full");

        var sent = 1;
        Turn turn;
        while ((turn = Turn(lane)).Read is null)
        {
            End(lane, turn.Send!);
            sent++;
        }

        Assert.That(sent, Is.InRange(rows.Length / 2, rows.Length), "before it is empty");
    }

    [Test]
    public void ReadEnded_CutAmongBatchesDueAtOneMoment_ReadsMoreBeforeAnyGoes()
    {
        var lane = NewLane(Model(batching: new BatchingOptions { MaxEvents = 20 }), bufferSize: 64);
        lane.TryWake(Now);
        PendingDelivery[] rows = [.. Enumerable.Range(0, 60).Select(i => Pending(batchId: $"{i % 3}", attempts: 1))];
        var read = Turn(lane).Read!.Value;
        Assert.That(read.Limit, Is.LessThan(rows.Length));
        while (read.Limit <= rows.Length)
        {
            lane.ReadEnded(rows[..read.Limit], read.Limit, Now);
            read = Turn(lane).Read!.Value;
        }

        lane.ReadEnded(rows, read.Limit, Now);
        for (var i = 0; i < 3; i++)
        {
            var work = Send(lane);
            Assert.That(work.Items.Ids(), Is.EquivalentTo(rows.Where(r => r.Delivery.BatchId == $"{i}").Ids()));
            End(lane, work);
        }
    }

    [Test]
    public void ReadEnded_LastBatchIsCutOff_IsLeftForTheNextRead()
    {
        var lane = NewLane(Model(batching: new BatchingOptions { MaxEvents = 8 }));
        lane.TryWake(Now);
        var read = Turn(lane).Read!.Value;
        PendingDelivery[] whole = [.. Enumerable.Range(0, read.Limit - 2).Select(_ => Pending(dueAt: Now.AddSeconds(-1), batchId: "whole", attempts: 1))];
        PendingDelivery[] cut = [.. Enumerable.Range(0, 4).Select(_ => Pending(batchId: "cut", attempts: 1))];
        lane.ReadEnded([.. whole, .. cut[..2]], read.Limit, Now);
        Assert.That(Send(lane).Items.Ids(), Is.EqualTo(whole.Ids()));

        read = Turn(lane).Read!.Value;
        lane.ReadEnded(cut, read.Limit, Now);
        Assert.That(Send(lane).Items.Ids(), Is.EqualTo(cut.Ids()), "it goes as the batch that it was");
    }

    [Test]
    public void ReadEnded_NothingDueYet_AsksForTheTimeWhenItIs()
    {
        var lane = NewLane();
        lane.TryWake(Now);
        var read = Turn(lane).Read!.Value;
        lane.ReadEnded([Pending(dueAt: Now.AddMinutes(5))], read.Limit, Now);
        Assert.That(lane.AskForTurn(Now), Is.EqualTo(Now.AddMinutes(5)));
    }

    [Test]
    public void ReadFailed_AsksAgainLater()
    {
        var lane = NewLane();
        lane.TryWake(Now);
        Turn(lane);
        lane.ReadFailed(Now.AddSeconds(1));
        Assert.That(lane.AskForTurn(Now), Is.EqualTo(Now.AddSeconds(1)));
    }

    [Test]
    public void TryOffer_ReadHasEndedSinceItWasStored_IsNotSentTwice()
    {
        // Stored, read and settled, all before it is handed over.
        var lane = NewLane();
        var item = Pending();
        lane.TryWake(Now);
        var read = Turn(lane).Read!.Value;
        lane.ReadEnded([item], read.Limit, Now, number: 7);
        End(lane, Send(lane));
        lane.TryOffer(item, Now, readsBefore: 6);
        Assert.That(Turn(lane).Send, Is.Null, "the store knows");
    }

    [Test]
    public void TryOffer_FullBuffer_LeavesItInTheStore()
    {
        var lane = NewLane(Model(maxConcurrency: 1));
        for (var i = 0; i < 1000; i++) lane.TryOffer(Pending(), Now);
        var sent = 0;
        Turn turn;
        while ((turn = Turn(lane)).Read is null)
        {
            End(lane, turn.Send!);
            sent++;
        }

        Assert.That(sent, Is.LessThanOrEqualTo(16), "no more than the buffer holds was kept in memory");
    }

    [TestCase(0, 2000)]
    [TestCase(6_000_000, 16)]
    [TestCase(10_000_000, 0)]
    public void TryOffer_Burst_IsTakenAsFarAsThereIsMemory(int usedByOthers, int taken)
    {
        var budget = new BufferBudget(10_000_000);
        budget.Take(usedByOthers, 0);
        var lane = NewLane(bufferSize: 2000, budget: budget);
        for (var i = 0; i < 3000; i++) lane.TryOffer(Pending(), Now);
        Assert.That(budget.Count, Is.EqualTo(taken));
    }

    [Test]
    public void Read_EndpointTakesAllAtOnce_ReadsMoreEachTime()
    {
        var lane = NewLane(bufferSize: 100);
        lane.TryWake(Now);
        List<int> limits = [];
        for (var i = 0; i < 5; i++)
        {
            var read = ReadUntilFull(lane, Now);
            limits.Add(read);
        }

        Assert.That(limits, Is.EqualTo(new[] { 16, 28, 56, 84, 75 }), "16, 32, 64 and 100, less what is still there");
    }

    [Test]
    public void Read_WorkingThroughABacklog_NeedNotLookAtWhatIsGone()
    {
        var lane = NewLane();
        lane.TryWake(Now);
        Assert.That(BringFull(lane, Now, Now.AddSeconds(-60)).DueFrom, Is.Null);
        Assert.That(BringFull(lane, Now, Now.AddSeconds(-50)).DueFrom, Is.EqualTo(Now.AddSeconds(-60)));

        var last = ReadNext(lane, Now);
        Assert.That(last.DueFrom, Is.EqualTo(Now.AddSeconds(-50)));
        lane.ReadEnded([], last.Limit, Now);
        var all = ReadNext(lane, Now);
        Assert.That(all.DueFrom, Is.Null, "there may be something before");
        lane.ReadEnded([], all.Limit, Now);
        while (Turn(lane) is { Send: { } work } turn)
        {
            Assert.That(turn.Read, Is.Null);
            End(lane, work);
        }
    }

    [TestCase(-61, true)]
    [TestCase(-60, false)]
    public void TryWake_DueBeforeWhatWasRead_LooksAtEverythingAgain(int dueIn, bool isEverything)
    {
        var lane = NewLane();
        lane.TryWake(Now);
        BringFull(lane, Now, Now.AddSeconds(-60));
        lane.TryWake(Now.AddSeconds(dueIn));
        Assert.That(ReadNext(lane, Now).DueFrom is null, Is.EqualTo(isEverything));
    }

    [Test]
    public void TryWake_WhileReading_DueBeforeWhatIsRead_LooksAtEverythingAgain()
    {
        var lane = NewLane();
        lane.TryWake(Now);
        var read = ReadNext(lane, Now);
        lane.TryWake(Now.AddSeconds(-90));
        lane.ReadEnded([.. Enumerable.Range(0, read.Limit).Select(_ => Pending(dueAt: Now.AddSeconds(-60)))], read.Limit, Now);
        Assert.That(ReadNext(lane, Now).DueFrom, Is.Null);
    }

    [Test]
    public void Read_EverythingWasLookedAtLongAgo_LooksAgain()
    {
        var lane = NewLane();
        lane.TryWake(Now);
        BringFull(lane, Now, Now.AddSeconds(-60));
        BringFull(lane, Now.AddSeconds(3), Now.AddSeconds(-60));
        Assert.That(BringFull(lane, Now.AddSeconds(5), Now.AddSeconds(-60)).DueFrom, Is.Not.Null);
        Assert.That(BringFull(lane, Now.AddSeconds(5.1), Now.AddSeconds(-60)).DueFrom, Is.Null);
        Assert.That(BringFull(lane, Now.AddSeconds(6), Now.AddSeconds(-60)).DueFrom, Is.Not.Null);
    }

    [Test]
    public void Read_InSequence_LooksAtEverything()
    {
        var lane = NewLane(Model(order: DeliveryOrder.Strict));
        lane.TryWake(Now);
        BringFull(lane, Now, Now.AddSeconds(-60));
        Assert.That(ReadNext(lane, Now).DueFrom, Is.Null);
    }

    /// <summary>Sends until the lane reads.</summary>
    private static LaneRead ReadNext(Lane lane, DateTimeOffset now)
    {
        Turn turn;
        while ((turn = lane.TakeTurn(now, 1, LongLease)).Read is null) End(lane, turn.Send!);
        return turn.Read.Value;
    }

    /// <summary>The same, and answers with as many as it asks for, the last of which is due at a time.</summary>
    private static LaneRead BringFull(Lane lane, DateTimeOffset now, DateTimeOffset lastDueAt)
    {
        var read = ReadNext(lane, now);
        lane.ReadEnded([.. Enumerable.Range(1, read.Limit).Select(i => Pending(dueAt: lastDueAt.AddMilliseconds(i - read.Limit)))], read.Limit, now);
        return read;
    }

    [Test]
    public void Read_EndpointIsSlow_ReadsLessAgain()
    {
        var lane = NewLane(bufferSize: 100);
        lane.TryWake(Now);
        for (var i = 0; i < 4; i++) ReadUntilFull(lane, Now);
        Assert.That(ReadUntilFull(lane, Now.AddSeconds(6)), Is.LessThan(50));
        Assert.That(ReadUntilFull(lane, Now.AddSeconds(20)), Is.LessThan(25));
    }

    [Test]
    public void Budget_EverythingHasEnded_IsFreeAgain([Values] DeliveryOrder order)
    {
        var budget = new BufferBudget(long.MaxValue);
        var lane = NewLane(Model(order: order), budget: budget);
        lane.TryWake(Now);
        PendingDelivery[] rows = [Pending(bytes: 10), Pending(bytes: 20), Pending(bytes: 30)];
        Read(lane, Now, rows);
        Assert.That((budget.Count, budget.Bytes), Is.EqualTo((3, 3060)));

        End(lane, Send(lane));
        Assert.That(budget.Count, Is.EqualTo(2));
        var work = Send(lane);
        lane.Close();
        Assert.That(budget.Count, Is.EqualTo(1), "what is under way");
        Fail(lane, work);
        Assert.That((budget.Count, budget.Bytes), Is.EqualTo((0, 0)));
    }

    /// <summary>Sends until the lane reads, and answers with as many as it asks for.</summary>
    private static int ReadUntilFull(Lane lane, DateTimeOffset now)
    {
        var limit = ReadNext(lane, now).Limit;
        lane.ReadEnded([.. Enumerable.Range(0, limit).Select(_ => Pending())], limit, now);
        return limit;
    }

    [Test]
    public void TryOffer_OrderedLane_ReadsInSequenceInstead()
    {
        var lane = NewLane(Model(order: DeliveryOrder.Strict));
        lane.TryOffer(Pending(), Now);
        var turn = Turn(lane);
        Assert.Multiple(() =>
        {
            Assert.That(turn.Send, Is.Null);
            Assert.That(turn.Read!.Value.InSequence, Is.True);
        });
    }

    [Test]
    public void Settled_FailedUnordered_IsLeftToTheStoreUntilDue()
    {
        var lane = NewLane();
        var item = Pending();
        lane.TryOffer(item, Now);
        var work = Send(lane);
        lane.Sent(work, LaneEnd.Failed, null, Now);
        lane.Settled(work, [item.Failed(Now.AddSeconds(5))], Now);
        Assert.That(lane.AskForTurn(Now), Is.EqualTo(Now.AddSeconds(5)));
        Assert.That(lane.TakeTurn(Now.AddSeconds(5), 1, LongLease).Read, Is.Not.Null);
    }

    [Test]
    public void Settled_FailedOrdered_HoldsBackTheNext()
    {
        var lane = NewLane(Model(order: DeliveryOrder.Strict));
        PendingDelivery[] items = [Pending(), Pending()];
        lane.TryWake(Now);
        var read = Turn(lane).Read!.Value;
        lane.ReadEnded(items, read.Limit, Now);
        var work = Send(lane);
        lane.Sent(work, LaneEnd.Failed, null, Now);
        lane.Settled(work, [items[0].Failed(Now.AddSeconds(5))], Now);
        Assert.That(Turn(lane).Send, Is.Null);
        Assert.That(lane.TakeTurn(Now.AddSeconds(5), 1, LongLease).Send!.Items.Ids(), Is.EqualTo(items[..1].Ids()));
    }

    [Test]
    public void Sent_BlockedUntil_HoldsBackTheWholeLane()
    {
        var lane = NewLane(Model(maxConcurrency: 4));
        lane.TryOffer(Pending(), Now);
        lane.TryOffer(Pending(), Now);
        var work = Send(lane);
        lane.Sent(work, LaneEnd.Failed, Now.AddSeconds(30), Now);
        Assert.That(Turn(lane).Send, Is.Null);
        Assert.That(lane.AskForTurn(Now), Is.EqualTo(Now.AddSeconds(30)));
    }

    [Test]
    public void Sent_FailuresInARow_OpenTheBreakerWithoutUsingUpAttempts()
    {
        var lane = NewLane(Model(maxConcurrency: 1), new BreakerOptions { Failures = 2, OpenFor = TimeSpan.FromSeconds(10) });
        for (var i = 0; i < 4; i++) lane.TryOffer(Pending(), Now);
        Fail(lane, Send(lane));
        Fail(lane, Send(lane));
        Assert.Multiple(() =>
        {
            Assert.That(lane.IsBreakerOpen, Is.True);
            Assert.That(Turn(lane).Send, Is.Null);
            Assert.That(lane.AskForTurn(Now), Is.EqualTo(Now.AddSeconds(10)));
        });

        lane.TryOffer(Pending(), Now);
        Read(lane, Now.AddSeconds(10), [Pending()]);
        var probe = lane.TakeTurn(Now.AddSeconds(10), 1, LongLease).Send!;
        Assert.That(probe.IsProbe, Is.True);
        Assert.That(lane.TakeTurn(Now.AddSeconds(10), 1, LongLease).Send, Is.Null, "one probe alone");
    }

    [Test]
    public void Sent_BreakerOpens_WhatWaitsIsLeftToTheStoreAndOnlyAProbeIsRead([Values] DeliveryOrder order)
    {
        var lane = NewLane(Model(order: order), new BreakerOptions { Failures = 1, OpenFor = TimeSpan.FromSeconds(10) });
        PendingDelivery[] items = [Pending("a"), Pending("b"), Pending("a"), Pending("b")];
        lane.TryWake(Now);
        Read(lane, Now, items);
        Fail(lane, Send(lane));

        Assert.That(lane.AskForTurn(Now), Is.EqualTo(Now.AddSeconds(10)));
        var read = lane.TakeTurn(Now.AddSeconds(10), 1, LongLease).Read!.Value;
        Assert.That((read.Held, read.WithoutKeys is { Count: > 0 }), Is.EqualTo(((IReadOnlySet<Guid>?)null, false)), "it has nothing in memory");
        if (order != DeliveryOrder.PerKey) Assert.That(read.Limit, Is.EqualTo(1));
    }

    [Test]
    public void Sent_BreakerOpensWhileReading_KeepsNothingOfTheAnswer()
    {
        var lane = NewLane(breaker: new BreakerOptions { Failures = 1, OpenFor = TimeSpan.FromSeconds(10) });
        lane.TryOffer(Pending(), Now);
        var work = Send(lane);
        lane.TryWake(Now);
        var read = Turn(lane).Read!.Value;
        Fail(lane, work);
        lane.ReadEnded([Pending()], read.Limit, Now);
        Assert.That(lane.TakeTurn(Now.AddSeconds(10), 1, LongLease).Read is { Held: null }, Is.True, "what the answer had is read again");
    }

    [Test]
    public void TakeTurn_RateLimitIsUsedUp_WhatWaitsIsLeftToTheStore()
    {
        var lane = NewLane(Model(maxConcurrency: 10, rate: new RateLimit(2, TimeSpan.FromSeconds(10))));
        for (var i = 0; i < 5; i++) lane.TryOffer(Pending(), Now);
        LaneWork[] works = [Send(lane), Send(lane)];
        foreach (var work in works) End(lane, work);
        var read = lane.TakeTurn(Now.AddSeconds(10), 1, LongLease).Read!.Value;
        Assert.That((read.Limit, read.Held), Is.EqualTo((2, (IReadOnlySet<Guid>?)null)), "no more than may go");
    }

    [Test]
    public void Sent_ProbeThatSaysNothing_AnotherGoesAtOnce()
    {
        var lane = NewLane(breaker: new BreakerOptions { Failures = 1, OpenFor = TimeSpan.FromSeconds(10) });
        for (var i = 0; i < 3; i++) lane.TryOffer(Pending(), Now);
        Fail(lane, Send(lane));
        Read(lane, Now.AddSeconds(10), [Pending()]);
        var probe = lane.TakeTurn(Now.AddSeconds(10), 1, LongLease).Send!;
        lane.Sent(probe, LaneEnd.SaysNothing, null, default);
        lane.Settled(probe, [probe.Items[0].Delivery with { DueAt = Now.AddHours(1) }], Now);
        Read(lane, Now.AddSeconds(10), [Pending()]);
        Assert.That(lane.TakeTurn(Now.AddSeconds(10), 1, LongLease).Send?.IsProbe, Is.True);
    }

    [Test]
    public void TakeTurn_RateLimit_SpacesTheStarts()
    {
        var lane = NewLane(Model(maxConcurrency: 10, rate: new RateLimit(2, TimeSpan.FromSeconds(10))));
        for (var i = 0; i < 3; i++) lane.TryOffer(Pending(), Now);
        Send(lane);
        Send(lane);
        Assert.That(Turn(lane).Send, Is.Null);
        Assert.That(lane.AskForTurn(Now), Is.EqualTo(Now.AddSeconds(10)));
    }

    [Test]
    public void Update_OrderChanges_BeginsAnewOnceNothingIsUnderWay()
    {
        var lane = NewLane();
        lane.TryOffer(Pending(), Now);
        lane.TryOffer(Pending(), Now);
        var work = Send(lane);
        lane.Update(Model(order: DeliveryOrder.Strict));
        Assert.That(Turn(lane), Is.EqualTo(default(Turn)));

        End(lane, work);
        var item = Pending();
        var read = Turn(lane).Read!.Value;
        Assert.That(read.InSequence, Is.True);
        lane.ReadEnded([item], read.Limit, Now);
        Assert.That(Send(lane).Items.Ids(), Is.EqualTo(new[] { item.Delivery.Id }), "it goes on");
    }

    [Test]
    public void TryOffer_OrderIsLiftedAndAReadHasEndedSinceItWasStored_IsNotSentTwice()
    {
        // Read, sent and settled while the lane was ordered, all before it is handed over.
        var lane = NewLane(Model(order: DeliveryOrder.Strict));
        var item = Pending();
        lane.TryWake(Now);
        var read = Turn(lane).Read!.Value;
        lane.ReadEnded([item], read.Limit, Now, number: 7);
        End(lane, Send(lane));
        lane.Update(Model());
        read = Turn(lane).Read!.Value;
        lane.ReadEnded([], read.Limit, Now, number: 8);
        lane.TryOffer(item, Now, readsBefore: 6);
        Assert.That(Turn(lane).Send, Is.Null, "the store knows");
    }

    [Test]
    public void TryOffer_AReadHasEndedSinceItWasStoredAndHasNotBroughtIt_GoesAtOnce()
    {
        var lane = NewLane();
        lane.TryWake(Now);
        var read = Turn(lane).Read!.Value;
        lane.ReadEnded([], read.Limit, Now, number: 7);
        var item = Pending();
        lane.TryOffer(item, Now, readsBefore: 6);
        Assert.That(Send(lane).Items.Ids(), Is.EqualTo(new[] { item.Delivery.Id }));
    }

    [Test]
    public void Close_Closed_TakesNothingAnyMore()
    {
        var lane = NewLane();
        lane.TryOffer(Pending(), Now);
        lane.Close();
        Assert.Multiple(() =>
        {
            Assert.That(Turn(lane), Is.EqualTo(default(Turn)));
            Assert.That(lane.TryOffer(Pending(), Now), Is.False);
            Assert.That(lane.TryWake(Now), Is.False);
        });
    }

    [Test]
    public void TryCloseIdle_SomethingToRemember_StaysOpen()
    {
        var idle = NewLane();
        var failing = NewLane();
        failing.TryOffer(Pending(), Now);
        Fail(failing, Send(failing));
        var waiting = NewLane();
        waiting.TryWake(Now.AddSeconds(3));
        var full = NewLane();
        full.TryOffer(Pending(), Now);
        var underWay = NewLane();
        underWay.TryOffer(Pending(), Now);
        Send(underWay);
        Assert.Multiple(() =>
        {
            Assert.That(idle.TryCloseIdle(Now, Now.AddSeconds(5)), Is.True);
            Assert.That(failing.TryCloseIdle(Now, Now.AddSeconds(5)), Is.False);
            Assert.That(waiting.TryCloseIdle(Now, Now.AddSeconds(5)), Is.False);
            Assert.That(full.TryCloseIdle(Now, Now.AddSeconds(5)), Is.False);
            Assert.That(underWay.TryCloseIdle(Now, Now.AddSeconds(5)), Is.False);
        });
    }

    [Test]
    public void ReadEnded_WhatItLeftOutIsNoLongerHeld_LetsNothingOvertakeIt()
    {
        var lane = NewLane(Model(order: DeliveryOrder.PerKey));
        var (one, two, three) = (Pending("key"), Pending("key"), Pending("key"));
        lane.TryWake(Now);
        Assert.That(Turn(lane).Read, Is.Not.Null);
        lane.ReadEnded([one, two], 100, Now);
        var first = Send(lane);

        // This read leaves out the second, which waits here. While it is under way the first fails, so that the second is left to the
        // store, and succeeds.
        lane.TryWake(Now);
        Assert.That(Turn(lane).Read!.Value.Held, Does.Contain(two.Delivery.Id));
        lane.Sent(first, LaneEnd.Failed, null, Now);
        lane.Settled(first, [one.Failed(Now)], Now);
        var again = Send(lane);
        lane.Sent(again, LaneEnd.Succeeded, null, Now);
        lane.Settled(again, [again.Items[0].Succeeded()], Now);
        lane.ReadEnded([three], 100, Now);

        Assert.That(Turn(lane) is { Send: null, Read: not null }, Is.True, "The third must not go before the second, which only a new read brings.");
        lane.ReadEnded([two, three], 100, Now);
        Assert.That(Send(lane).Items.Ids(), Is.EqualTo(new[] { two.Delivery.Id }));
    }

    private static Lane NewLane(SubscriptionModel? model = null, BreakerOptions? breaker = null, int bufferSize = 16, BufferBudget? budget = null) =>
        new(model ?? Model(), bufferSize, breaker ?? new BreakerOptions(), budget ?? new BufferBudget(long.MaxValue), takenOverAt: null);

    private static Turn Turn(Lane lane) => lane.TakeTurn(Now, 1, LongLease);

    private static LaneWork Send(Lane lane) => Turn(lane).Send ?? throw new AssertionException("The lane sends nothing.");

    private static void Read(Lane lane, DateTimeOffset now, PendingDelivery[] rows)
    {
        var read = lane.TakeTurn(now, 1, LongLease).Read ?? throw new AssertionException("The lane reads nothing.");
        lane.ReadEnded(rows, read.Limit, now);
    }

    private static void End(Lane lane, LaneWork work)
    {
        lane.Sent(work, LaneEnd.Succeeded, null, Now);
        lane.Settled(work, [.. work.Items.Select(i => i.Succeeded())], Now);
    }

    private static void Fail(Lane lane, LaneWork work)
    {
        lane.Sent(work, LaneEnd.Failed, null, Now);
        lane.Settled(work, [.. work.Items.Select(i => i.Failed(Now.AddHours(1)))], Now);
    }

    [Test]
    public void TryOffer_NewLaneAndReadHasEndedSinceItWasStored_IsLeftToTheStore()
    {
        // The lane before this one may have read, sent and settled it before it was dropped.
        var lane = new Lane(Model(), bufferSize: 16, new BreakerOptions(), new BufferBudget(long.MaxValue), takenOverAt: null, readsEnded: 7);
        lane.TryOffer(Pending(), Now, readsBefore: 6);
        Assert.That(Turn(lane).Read, Is.Not.Null);
    }

    [Test]
    public void TryCloseIdle_OldFailures_Closes()
    {
        var lane = NewLane(breaker: new BreakerOptions { Window = TimeSpan.FromMinutes(1) });
        lane.TryOffer(Pending(), Now);
        Fail(lane, Send(lane));
        Assert.That(lane.TryCloseIdle(Now.AddSeconds(59), Now.AddMinutes(1)), Is.False);
        Assert.That(lane.TryCloseIdle(Now.AddSeconds(61), Now.AddMinutes(2)), Is.True);
    }

    [Test]
    public void TakeTurn_NodeIsCrowded_OnlyWhoseEndpointAnswersGetsASecondPlace()
    {
        var lane = NewLane();
        for (var i = 0; i < 4; i++) lane.TryOffer(Pending(), Now);
        var first = lane.TakeTurn(Now, 1, LongLease, out _, isCrowded: true).Send!;
        Assert.That(lane.TakeTurn(Now, 1, LongLease, out var next, isCrowded: true).Send, Is.Null);
        Assert.That(next, Is.EqualTo(Now.AddSeconds(1)));

        End(lane, first);
        var later = Now.AddSeconds(1);
        Assert.That(lane.TakeTurn(later, 1, LongLease, out _, isCrowded: true).Send, Is.Not.Null);
        Assert.That(lane.TakeTurn(later, 1, LongLease, out _, isCrowded: true).Send, Is.Not.Null);
    }
}
