using NUnit.Framework;
using WebhookKit.Dispatching;
using WebhookKit.Matching;
using static WebhookKit.Tests.Dispatching.TestData;

namespace WebhookKit.Tests.Dispatching;

/// <summary>When a lane may start something, by each of its limits, and when it asks for its turn.</summary>
public sealed class LaneLimitTests
{
    private static readonly TimeSpan LongLease = TimeSpan.FromMinutes(1);
    private static readonly RateLimit OneInTenSeconds = new(1, TimeSpan.FromSeconds(10));

    [Test]
    public void TakeTurn_Send_SaysUnderWhatItWasLetGo()
    {
        var model = Model();
        var lane = NewLane(model);
        lane.TryOffer(Pending(), Now);
        var work = lane.TakeTurn(Now, 17, LongLease).Send!;
        Assert.That((work.Lane, work.Model, work.Fence, work.TakenAt, work.IsProbe), Is.EqualTo((lane, model, 17, Now, false)));
    }

    [TestCase(14.9, false)]
    [TestCase(15, true)]
    public void TakeTurn_LeaseAgainstTheTimeout_MustOutlastIt(double lease, bool goes)
    {
        var lane = NewLane();
        lane.TryOffer(Pending(), Now);
        var turn = lane.TakeTurn(Now, 1, TimeSpan.FromSeconds(lease), out var next);
        Assert.That(turn.Send is not null, Is.EqualTo(goes));
        if (!goes) Assert.That(next, Is.EqualTo(Now.AddSeconds(1)));
    }

    [Test]
    public void TakeTurn_LeaseIsShortAndTheEndpointWantsLonger_TheLongerWaitCounts()
    {
        var lane = NewLane(Model(maxConcurrency: 4));
        for (var i = 0; i < 3; i++) lane.TryOffer(Pending(), Now);
        var work = Send(lane);
        lane.Sent(work, LaneEnd.Failed, Now.AddMilliseconds(500), Now);
        var later = Now.AddMilliseconds(500);
        Assert.That(lane.TakeTurn(later, 1, TimeSpan.FromSeconds(3)), Is.EqualTo(default(Turn)));
        Assert.That(lane.NextTurnAt(later), Is.EqualTo(later.AddSeconds(1)));
    }

    [Test]
    public void Hold_Ended_GoesOnThen()
    {
        var lane = NewLane();
        lane.TryOffer(Pending(), Now);
        lane.Hold();
        lane.Hold();
        lane.EndHold();
        Assert.That((Turn(lane), lane.NextTurnAt(Now)), Is.EqualTo((default(Turn), DateTimeOffset.MaxValue)));
        lane.EndHold();
        Assert.That(Turn(lane).Send, Is.Not.Null);
    }

    [Test]
    public void NextTurnAt_NothingKnown_IsNever()
    {
        var lane = NewLane();
        Assert.That((lane.NextTurnAt(Now), lane.AskForTurn(Now), Turn(lane)), Is.EqualTo((DateTimeOffset.MaxValue, (DateTimeOffset?)null, default(Turn))));
    }

    [Test]
    public void AskForTurn_EarlierThanAskedFor_AsksAgain()
    {
        var lane = NewLane();
        lane.TryWake(Now.AddSeconds(9));
        Assert.That(lane.AskForTurn(Now), Is.EqualTo(Now.AddSeconds(9)));
        lane.TryWake(Now.AddSeconds(10));
        Assert.That(lane.AskForTurn(Now), Is.Null);
        lane.TryWake(Now.AddSeconds(8));
        Assert.That(lane.AskForTurn(Now), Is.EqualTo(Now.AddSeconds(8)));
        lane.ForgetTurn();
        Assert.That(lane.AskForTurn(Now), Is.EqualTo(Now.AddSeconds(8)));
    }

    [Test]
    public void TakeTurn_BeforeItsTime_DoesNothing()
    {
        var lane = NewLane();
        lane.TryWake(Now.AddSeconds(9));
        Assert.That(lane.TakeTurn(Now.AddSeconds(8.9), 1, LongLease), Is.EqualTo(default(Turn)));
        Assert.That(lane.TakeTurn(Now.AddSeconds(9), 1, LongLease).Read, Is.Not.Null);
    }

    [Test]
    public void TakeTurn_EveryPlaceIsTaken_ReadsAheadAllTheSame()
    {
        var lane = NewLane(Model(maxConcurrency: 1));
        lane.TryOffer(Pending(), Now);
        Send(lane);
        lane.TryWake(Now);
        Assert.That(lane.NextTurnAt(Now), Is.EqualTo(Now));
        Assert.That(Turn(lane).Read, Is.Not.Null);
        Assert.That((Turn(lane), lane.NextTurnAt(Now)), Is.EqualTo((default(Turn), DateTimeOffset.MaxValue)), "one read at a time");
    }

    [Test]
    public void Window_EndpointFails_StartsLessAndGrowsWithWhatSucceeds()
    {
        var lane = NewLane(Model(maxConcurrency: 8), bufferSize: 100);
        for (var i = 0; i < 60; i++) lane.TryOffer(Pending(), Now);
        var first = SendAll(lane);
        Assert.That(first, Has.Length.EqualTo(4), "careful while nothing is known");

        foreach (var work in first) End(lane, work, LaneEnd.Succeeded);
        var second = SendAll(lane);
        Assert.That(second, Has.Length.EqualTo(8));
        End(lane, second[0], LaneEnd.SaysNothing);
        Assert.That(SendAll(lane), Has.Length.EqualTo(1));
        End(lane, second[1], LaneEnd.Failed);
        Assert.That(SendAll(lane), Is.Empty);
    }

    [Test]
    public void Update_LowerConcurrency_HoldsAtOnce()
    {
        var lane = NewLane(Model(maxConcurrency: 8));
        for (var i = 0; i < 8; i++) lane.TryOffer(Pending(), Now);
        lane.Update(Model(maxConcurrency: 2));
        Assert.That(SendAll(lane), Has.Length.EqualTo(2));
    }

    [Test]
    public void TryBegin_NoRateLimit_MayAlways()
    {
        var lane = NewLane();
        lane.TryOffer(Pending(), Now);
        Assert.That(lane.TryBegin(Send(lane), Now.AddSeconds(3)), Is.True);
    }

    [Test]
    public void TryBegin_Waited_TheLimitCountsFromThen()
    {
        var lane = NewLane(Model(rate: OneInTenSeconds));
        lane.TryOffer(Pending(), Now);
        var work = Send(lane);
        Assert.That(lane.TryBegin(work, Now), Is.True);
        Assert.That(lane.TryBegin(work, Now.AddSeconds(3)), Is.True);
        lane.TryWake(Now);
        Assert.That(lane.NextTurnAt(Now), Is.EqualTo(Now.AddSeconds(13)));
    }

    [Test]
    public void TryBegin_EndpointHasMoved_MayNot()
    {
        var lane = NewLane();
        lane.TryOffer(Pending(), Now);
        var work = Send(lane);
        lane.Update(Model(url: "https://example.com/other"));
        Assert.That(lane.TryBegin(work, Now.AddSeconds(3)), Is.False);
    }

    [Test]
    public void TryBegin_OthersWereQuicker_MayNot()
    {
        var lane = NewLane(Model(rate: OneInTenSeconds));
        lane.TryOffer(Pending(), Now);
        var slow = Send(lane);
        lane.TryWake(Now.AddSeconds(10));
        Read(lane, Now.AddSeconds(10), Pending());
        var quick = lane.TakeTurn(Now.AddSeconds(10), 1, LongLease).Send!;
        Assert.That(lane.TryBegin(quick, Now.AddSeconds(10)), Is.True);
        Assert.That(lane.TryBegin(slow, Now.AddSeconds(11)), Is.False);
    }

    [Test]
    public void Update_RateLimitIsSetAndChanged_WhatStartedBeforeCounts()
    {
        var lane = NewLane(Model(rate: OneInTenSeconds));
        lane.TryOffer(Pending(), Now);
        Send(lane);
        lane.TryWake(Now);
        lane.Update(Model(rate: new RateLimit(1, TimeSpan.FromSeconds(30))));
        Assert.That(lane.NextTurnAt(Now), Is.EqualTo(Now.AddSeconds(30)));
        lane.Update(Model());
        Assert.That(lane.NextTurnAt(Now), Is.LessThanOrEqualTo(Now));
    }

    [Test]
    public void Update_OlderVersion_ChangesNothing()
    {
        var older = Model(status: SubscriptionStatus.Paused);
        var lane = NewLane(Model());
        lane.TryOffer(Pending(), Now);
        lane.Update(older);
        Assert.That(Turn(lane).Send, Is.Not.Null);
    }

    [Test]
    public void Update_SameVersion_ChangesNothing()
    {
        var model = Model();
        var lane = NewLane(model);
        lane.TryOffer(Pending(), Now);
        lane.Update(Model(status: SubscriptionStatus.Paused, version: model.Subscription.Version));
        Assert.That(Turn(lane).Send, Is.Not.Null);
    }

    [Test]
    public void Update_AnotherUrlOrEnabledAgain_GivesTheEndpointAFreshStart([Values] bool isUrl)
    {
        var lane = NewLane(breaker: new BreakerOptions { Failures = 1 });
        lane.TryOffer(Pending(), Now);
        var work = Send(lane);
        lane.Sent(work, LaneEnd.Failed, Now.AddMinutes(5), Now);
        lane.Health.Learn(Now);
        lane.TryWake(Now);
        Assert.That((lane.IsBreakerOpen, lane.NextTurnAt(Now)), Is.EqualTo((true, Now.AddMinutes(5))));

        lane.Update(Model());
        Assert.That((lane.IsBreakerOpen, lane.NextTurnAt(Now)), Is.EqualTo((true, Now.AddMinutes(5))), "nothing that concerns the endpoint has changed");

        if (!isUrl) lane.Update(Model(status: SubscriptionStatus.Disabled));
        lane.Update(isUrl ? Model(url: "https://example.com/other") : Model());
        Assert.That((lane.IsBreakerOpen, lane.Health.IsKnown, lane.Health.FailingSince), Is.EqualTo((false, true, (DateTimeOffset?)null)));
        Assert.That(Turn(lane).Read, Is.Not.Null);
    }

    [Test]
    public void Sent_ToWhereTheEndpointWas_SaysNothingOfWhereItIs([Values] bool succeeded)
    {
        var lane = NewLane(breaker: new BreakerOptions { Failures = 1 });
        for (var i = 0; i < 3; i++) lane.TryOffer(Pending(), Now);
        var before = Send(lane);
        var work = Send(lane);
        Assert.That(lane.IsAt(work.Model), Is.True);

        lane.Update(Model(url: "https://example.com/other"));
        lane.Sent(before, succeeded ? LaneEnd.Succeeded : LaneEnd.Failed, Now.AddHours(1), Now);

        Assert.That((lane.IsAt(work.Model), lane.IsBreakerOpen, lane.Health.SucceededAt), Is.EqualTo((false, false, DateTimeOffset.MinValue)));
        Assert.That(Send(lane).Model.Subscription.Url.AbsolutePath, Is.EqualTo("/other"));
    }

    [Test]
    public void Sent_ProbeOfWhereTheEndpointWas_AllowsNoSecondProbe()
    {
        var lane = NewLane(Model(maxConcurrency: 8), new BreakerOptions { Failures = 1, OpenFor = TimeSpan.FromSeconds(10) });
        for (var i = 0; i < 5; i++)
        {
            lane.TryOffer(Pending(), Now);
            lane.Sent(Send(lane), i < 4 ? LaneEnd.Succeeded : LaneEnd.Failed, null, Now);
        }

        var before = SendAt(Now.AddSeconds(10));
        Assert.That(before.IsProbe, Is.True);

        lane.Update(Model(maxConcurrency: 8, url: "https://example.com/other"));
        lane.Sent(SendAt(Now.AddSeconds(10)), LaneEnd.Failed, null, Now.AddSeconds(10));
        var later = Now.AddSeconds(20);
        Assert.That(SendAt(later).IsProbe, Is.True);
        lane.Sent(before, LaneEnd.Failed, null, later);
        lane.TryWake(later);

        Assert.That(lane.NextTurnAt(later), Is.EqualTo(DateTimeOffset.MaxValue));

        LaneWork SendAt(DateTimeOffset now)
        {
            lane.TryWake(now);
            Read(lane, now, Pending());
            var turn = lane.TakeTurn(now, 1, LongLease);
            for (; turn.Read is { } more; turn = lane.TakeTurn(now, 1, LongLease)) lane.ReadEnded([], more.Limit, now);
            return turn.Send!;
        }
    }

    [Test]
    public void Update_BatchingChanges_BeginsAnew()
    {
        var lane = NewLane();
        lane.TryOffer(Pending(), Now);
        lane.Update(Model(batching: new BatchingOptions()));
        Assert.That(lane.NextTurnAt(Now), Is.EqualTo(Now));
        Assert.That(Turn(lane).Read is { Held: null }, Is.True, "what waited is read again");
    }

    [Test]
    public void Reread_OrderedOnly_ReadsAgainWhatItHas([Values] DeliveryOrder order, [Values] bool all)
    {
        var lane = NewLane(Model(order: order));
        lane.TryWake(Now);
        Read(lane, Now, Pending("a"), Pending("b"));
        if (all) lane.RereadAll();
        else lane.Reread();
        var turn = Turn(lane);
        Assert.That(turn.Read is { Held: null }, Is.EqualTo(all || order != DeliveryOrder.None));
        Assert.That(turn.Send is not null, Is.EqualTo(!all && order == DeliveryOrder.None));
    }

    [Test]
    public void Reread_Twice_ReadsAgainAllTheSame()
    {
        var lane = NewLane(Model(order: DeliveryOrder.Strict));
        lane.TryWake(Now);
        Read(lane, Now, Pending());
        lane.Reread();
        lane.Reread();
        Assert.That(Turn(lane).Read is { Held: null }, Is.True);
    }

    [Test]
    public void RereadAll_ReadIsUnderWay_WaitsForItsEndAndTakesNothingOfIt()
    {
        var lane = NewLane();
        lane.TryWake(Now);
        var read = Turn(lane).Read!.Value;
        lane.RereadAll();
        Assert.That((lane.NextTurnAt(Now), lane.IsBusy), Is.EqualTo((DateTimeOffset.MaxValue, true)));
        lane.ReadEnded([Pending()], read.Limit, Now);
        Assert.That(Turn(lane).Read is { Held: null }, Is.True);
    }

    [Test]
    public void Forget_WaitingOrNot_FreesItsPlace([Values] DeliveryOrder order)
    {
        var budget = new BufferBudget(long.MaxValue);
        var lane = NewLane(Model(order: order), budget: budget);
        var (one, two) = (Pending("a"), Pending("a"));
        lane.TryWake(Now);
        Read(lane, Now, one, two);
        Assert.That(lane.NextTurnAt(Now), Is.LessThanOrEqualTo(Now));
        lane.Forget(Guid.NewGuid());
        Assert.That(budget.Count, Is.EqualTo(2));
        lane.Forget(one.Delivery.Id);
        Assert.That(budget.Count, Is.EqualTo(1));
        lane.Forget(two.Delivery.Id);
        Assert.That(budget.Count, Is.Zero);
        Assert.That(Turn(lane).Read is not null, Is.EqualTo(order != DeliveryOrder.None), "what an ordered one held back may be in the store");
    }

    [Test]
    public void IsBusy_ReadingOrNotSettled_IsTrue()
    {
        var lane = NewLane();
        Assert.That(lane.IsBusy, Is.False);
        lane.TryWake(Now);
        var read = Turn(lane).Read!.Value;
        Assert.That(lane.IsBusy, Is.True);
        lane.ReadEnded([Pending()], read.Limit, Now);
        Assert.That(lane.IsBusy, Is.False);
        var work = Send(lane);
        Assert.That(lane.IsBusy, Is.True);
        lane.Sent(work, LaneEnd.Succeeded, null, Now);
        Assert.That(lane.IsBusy, Is.True, "it is not stored yet");
        lane.Settled(work, [work.Items[0].Succeeded()], Now);
        Assert.That(lane.IsBusy, Is.False);
    }

    [Test]
    public void LeastToRead_Batching_IsAWholeBatch() =>
        Assert.That((NewLane().LeastToRead, NewLane(Model(batching: new BatchingOptions { MaxEvents = 70 })).LeastToRead), Is.EqualTo((4, 70)));

    [TestCase(0, null, 16)]
    [TestCase(1, null, 16)]
    [TestCase(2, null, 16)]
    [TestCase(0, 70, 140, Description = "two batches")]
    [TestCase(2, 200, 400)]
    public void Read_Limit_IsLittleAtFirstButTwoBatches(int order, int? maxEvents, int limit)
    {
        var lane = NewLane(
            Model(order: (DeliveryOrder)order, batching: maxEvents is { } most ? new BatchingOptions { MaxEvents = most } : null), bufferSize: 2000);
        lane.TryWake(Now);
        Assert.That(Turn(lane).Read!.Value.Limit, Is.EqualTo(limit));
    }

    [Test]
    public void Read_Ordered_IsToldWhatToLeaveOut()
    {
        var lane = NewLane(Model(order: DeliveryOrder.PerKey));
        lane.TryWake(Now);
        var (a, b) = (Pending("a"), Pending("b"));
        Read(lane, Now, a with { Delivery = a.Failed(Now.AddSeconds(50)) }, b);
        lane.TryWake(Now);
        var read = Turn(lane).Read!.Value;
        Assert.That((read.SubscriptionId, read.InSequence, read.KeylessDueBy), Is.EqualTo(("s", true, (DateTimeOffset?)Now)));
        Assert.That(read.WithoutKeys, Is.EqualTo(new[] { "a" }));
        Assert.That(read.Held, Is.EquivalentTo(new[] { a, b }.Ids()));
    }

    [Test]
    public void Read_Unordered_LeavesOutNothing()
    {
        var lane = NewLane();
        lane.TryWake(Now);
        var read = Turn(lane).Read!.Value;
        Assert.That((read.InSequence, read.KeylessDueBy, read.Held, read.DueFrom), Is.EqualTo((false, (DateTimeOffset?)null, (IReadOnlySet<Guid>?)null, (DateTimeOffset?)null)));
    }

    [Test]
    public void TryOffer_DueLater_IsLeftToTheStoreUntilThen()
    {
        var lane = NewLane();
        lane.TryOffer(Pending(dueAt: Now.AddSeconds(5)), Now);
        Assert.That((Turn(lane), lane.NextTurnAt(Now)), Is.EqualTo((default(Turn), Now.AddSeconds(5))));
    }

    [Test]
    public void TryOffer_MoreIsDueInTheStore_GoesBehindIt()
    {
        var lane = NewLane();
        lane.TryWake(Now);
        lane.TryOffer(Pending(), Now);
        Assert.That(Turn(lane) is { Send: null, Read.Held: null }, Is.True);
    }

    [Test]
    public void TryOffer_Twice_GoesOnce()
    {
        var lane = NewLane();
        var item = Pending();
        lane.TryOffer(item, Now);
        lane.TryOffer(item, Now);
        Send(lane);
        Assert.That(Turn(lane).Send, Is.Null);
    }

    [TestCase(1, true)]
    [TestCase(1.1, false)]
    public void Sent_EndpointWantsToBeLeftAlone_WhatWaitsIsKeptForAShortTimeOnly(double seconds, bool kept)
    {
        var budget = new BufferBudget(long.MaxValue);
        var lane = NewLane(budget: budget);
        for (var i = 0; i < 3; i++) lane.TryOffer(Pending(), Now);
        var work = Send(lane);
        lane.Sent(work, LaneEnd.Failed, Now.AddSeconds(seconds), Now);
        Assert.That(budget.Count, Is.EqualTo(kept ? 3 : 1));
    }

    [Test]
    public void Sent_SeveralWaits_TheLongestCounts()
    {
        var lane = NewLane(Model(maxConcurrency: 3));
        for (var i = 0; i < 3; i++) lane.TryOffer(Pending(), Now);
        LaneWork[] works = [Send(lane), Send(lane), Send(lane)];
        lane.Sent(works[0], LaneEnd.Failed, Now.AddSeconds(30), Now);
        lane.Sent(works[1], LaneEnd.Failed, Now.AddSeconds(20), Now);
        lane.Sent(works[2], LaneEnd.Succeeded, null, Now);
        lane.TryWake(Now);
        Assert.That(lane.NextTurnAt(Now), Is.EqualTo(Now.AddSeconds(30)));
    }

    [TestCase(1, true)]
    [TestCase(1.1, false)]
    public void TakeTurn_RateLimitIsUsedUp_WhatWaitsIsKeptForAShortTimeOnly(double seconds, bool kept)
    {
        var budget = new BufferBudget(long.MaxValue);
        var lane = NewLane(Model(rate: new RateLimit(1, TimeSpan.FromSeconds(seconds))), budget: budget);
        for (var i = 0; i < 3; i++) lane.TryOffer(Pending(), Now);
        Send(lane);
        Assert.That(budget.Count, Is.EqualTo(kept ? 3 : 1));
    }

    [Test]
    public void NextTurnAt_ReadIsUnderWay_IsNotForAnother()
    {
        var lane = NewLane();
        lane.TryWake(Now);
        Turn(lane);
        lane.TryWake(Now);
        Assert.That(lane.NextTurnAt(Now), Is.EqualTo(DateTimeOffset.MaxValue));
    }

    [Test]
    public void NextTurnAt_NoRoomForMore_IsNotForARead()
    {
        var lane = NewLane(Model(order: DeliveryOrder.Strict));
        lane.TryWake(Now);
        Read(lane, Now, [.. Enumerable.Range(0, 16).Select(_ => Pending())]);
        Send(lane);
        Assert.That(lane.NextTurnAt(Now), Is.EqualTo(DateTimeOffset.MaxValue), "there is more in the store, but one at a time is sent, and enough waits");
    }

    [Test]
    public void Read_OrderedAndTheEndpointTakesAllAtOnce_ReadsNoMoreThanIsOfUse()
    {
        var lane = NewLane(Model(order: DeliveryOrder.Strict), bufferSize: 2000);
        lane.TryWake(Now);
        List<int> limits = [];
        for (var i = 0; i < 8; i++)
        {
            Turn turn;
            while ((turn = Turn(lane)).Read is null) End(lane, turn.Send!, LaneEnd.Succeeded);
            limits.Add(turn.Read.Value.Limit);
            lane.ReadEnded([.. Enumerable.Range(0, turn.Read.Value.Limit).Select(_ => Pending())], turn.Read.Value.Limit, Now);
        }

        Assert.That(limits[^1], Is.EqualTo(192), "256, less a quarter that is still there");
    }

    [Test]
    public void ReadEnded_OneKeyWithVeryMuch_KeepsNoMoreThanIsOfUse()
    {
        var budget = new BufferBudget(long.MaxValue);
        var lane = NewLane(Model(order: DeliveryOrder.PerKey), bufferSize: 2000, budget: budget);
        lane.TryWake(Now);
        Read(lane, Now, [.. Enumerable.Range(0, 300).Select(_ => Pending("a"))]);
        Assert.That(budget.Count, Is.EqualTo(256));
    }

    [Test]
    public void Read_BreakerIsOpen_AWholeBatchIsReadForTheProbe()
    {
        var lane = NewLane(Model(batching: new BatchingOptions { MaxEvents = 70 }), new BreakerOptions { Failures = 1, OpenFor = TimeSpan.FromSeconds(10) });
        lane.TryWake(Now);
        Read(lane, Now, Pending(batchId: "b", attempts: 1));
        var work = Send(lane);
        lane.Sent(work, LaneEnd.Failed, null, Now);
        lane.Settled(work, [work.Items[0].Failed(Now.AddSeconds(5), "b")], Now);
        Assert.That(lane.TakeTurn(Now.AddSeconds(10), 1, LongLease).Read!.Value.Limit, Is.EqualTo(140));
    }

    [Test]
    public void Update_PausedAndEnabled_ReadsLittleAtFirstAgain()
    {
        var lane = NewLane(bufferSize: 100);
        lane.TryWake(Now);
        Read(lane, Now, [.. Enumerable.Range(0, 16).Select(_ => Pending())]);
        Turn turn;
        while ((turn = Turn(lane)).Read is null) End(lane, turn.Send!, LaneEnd.Succeeded);
        Assert.That(turn.Read.Value.Limit, Is.GreaterThan(16));
        lane.ReadFailed(Now);
        lane.Update(Model(status: SubscriptionStatus.Paused));
        lane.Update(Model());
        lane.TryWake(Now);
        Assert.That(Turn(lane).Read!.Value.Limit, Is.EqualTo(16));
    }

    /// <summary>It would be its first place then; and a drain would take the lane for one that cannot go.</summary>
    [Test]
    public void NextTurnAt_WasRefusedASecondPlaceAndTheFirstIsFree_IsNow()
    {
        var lane = NewLane(Model(maxConcurrency: 4));
        for (var i = 0; i < 3; i++) lane.TryOffer(Pending(), Now);
        var first = Crowded(lane, Now).Send!;
        Assert.That((Crowded(lane, Now), lane.NextTurnAt(Now)), Is.EqualTo((default(Turn), Now.AddSeconds(1))));

        lane.Sent(first, LaneEnd.SaysNothing, null, Now);

        Assert.That(lane.NextTurnAt(Now), Is.LessThanOrEqualTo(Now));
        Assert.That(Crowded(lane, Now).Send, Is.Not.Null);
    }

    [Test]
    public void TakeTurn_NodeIsCrowdedAndTheEndpointHasNotAnsweredOfLate_WaitsForAMoment()
    {
        var lane = NewLane(Model(maxConcurrency: 4));
        for (var i = 0; i < 4; i++) lane.TryOffer(Pending(), Now);
        End(lane, Crowded(lane, Now).Send!, LaneEnd.Succeeded);
        var first = Crowded(lane, Now).Send!;
        Assert.That(Crowded(lane, Now.AddSeconds(1)).Send, Is.Not.Null, "it has answered a second ago");
        var later = Now.AddSeconds(1.1);
        Assert.That((Crowded(lane, later), lane.NextTurnAt(later)), Is.EqualTo((default(Turn), later.AddSeconds(1))));
        Assert.That(lane.TakeTurn(later, 1, LongLease), Is.EqualTo(default(Turn)), "however many places there are now");

        lane.Sent(first, LaneEnd.Succeeded, null, later);
        Assert.That(Crowded(lane, later).Send, Is.Not.Null, "its endpoint has answered");
    }

    [TestCase(SubscriptionStatus.Enabled, 30, false)]
    [TestCase(SubscriptionStatus.Enabled, 31, true)]
    [TestCase(SubscriptionStatus.Paused, 30, false)]
    [TestCase(SubscriptionStatus.Disabled, 30, true, Description = "it begins anew when it is enabled")]
    public void TryCloseIdle_EndpointWantsToBeLeftAlone_RemembersIt(SubscriptionStatus status, int seconds, bool closes)
    {
        var lane = NewLane();
        lane.TryOffer(Pending(), Now);
        var work = Send(lane);
        lane.Sent(work, LaneEnd.SaysNothing, Now.AddSeconds(31), Now);
        lane.Settled(work, [work.Items[0].Succeeded()], Now);
        if (status != SubscriptionStatus.Enabled) lane.Update(Model(status: status));
        Assert.That(lane.TryCloseIdle(Now.AddSeconds(seconds), Now.AddMinutes(1)), Is.EqualTo(closes));
        Assert.That(lane.IsClosed, Is.EqualTo(closes));
    }

    [TestCase(9, false)]
    [TestCase(10, true)]
    public void TryCloseIdle_RateLimit_RemembersWhatStarted(int seconds, bool closes)
    {
        var lane = NewLane(Model(rate: OneInTenSeconds));
        lane.TryOffer(Pending(), Now);
        End(lane, Send(lane), LaneEnd.Succeeded);
        Assert.That(lane.TryCloseIdle(Now.AddSeconds(seconds), Now.AddMinutes(1)), Is.EqualTo(closes));
    }

    [Test]
    public void TryCloseIdle_ReadIsUnderWay_StaysOpen()
    {
        var lane = NewLane();
        lane.TryWake(Now);
        Turn(lane);
        Assert.That(lane.TryCloseIdle(Now, Now.AddSeconds(-5)), Is.False);
    }

    [TestCase(5, false)]
    [TestCase(6, true)]
    public void TryCloseIdle_SomethingToDo_StaysOpenIfItIsSoon(int dueIn, bool closes)
    {
        var lane = NewLane();
        lane.TryWake(Now.AddSeconds(dueIn));
        Assert.That(lane.TryCloseIdle(Now, Now.AddSeconds(5)), Is.EqualTo(closes));
    }

    [Test]
    public void TryCloseIdle_Twice_StaysClosed()
    {
        var lane = NewLane();
        Assert.That((lane.TryCloseIdle(Now, Now), lane.TryCloseIdle(Now, Now), lane.IsClosed), Is.EqualTo((true, true, true)));
    }

    [Test]
    public void TryCloseIdle_Closed_StaysClosed()
    {
        var lane = NewLane();
        lane.TryOffer(Pending(), Now);
        Send(lane);
        lane.Close();
        Assert.That((lane.TryCloseIdle(Now, Now), lane.IsClosed), Is.EqualTo((false, true)));
    }

    private static Lane NewLane(SubscriptionModel? model = null, BreakerOptions? breaker = null, int bufferSize = 16, BufferBudget? budget = null) =>
        new(model ?? Model(), bufferSize, breaker ?? new BreakerOptions(), budget ?? new BufferBudget(long.MaxValue), takenOverAt: null);

    private static Turn Turn(Lane lane) => lane.TakeTurn(Now, 1, LongLease);

    private static Turn Crowded(Lane lane, DateTimeOffset now) => lane.TakeTurn(now, 1, LongLease, out _, isCrowded: true);

    private static LaneWork Send(Lane lane) => Turn(lane).Send ?? throw new AssertionException("The lane sends nothing.");

    private static LaneWork[] SendAll(Lane lane)
    {
        List<LaneWork> works = [];
        while (Turn(lane).Send is { } work) works.Add(work);
        return [.. works];
    }

    private static void Read(Lane lane, DateTimeOffset now, params PendingDelivery[] rows)
    {
        var read = lane.TakeTurn(now, 1, LongLease).Read ?? throw new AssertionException("The lane reads nothing.");
        lane.ReadEnded(rows, read.Limit, now);
    }

    private static void End(Lane lane, LaneWork work, LaneEnd end)
    {
        lane.Sent(work, end, null, Now);
        lane.Settled(work, [.. work.Items.Select(i => i.Succeeded())], Now);
    }
}
