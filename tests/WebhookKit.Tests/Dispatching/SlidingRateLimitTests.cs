using NUnit.Framework;
using WebhookKit.Dispatching;
using static WebhookKit.Tests.Dispatching.TestData;

namespace WebhookKit.Tests.Dispatching;

public sealed class SlidingRateLimitTests
{
    [Test]
    public void AllowedFrom_UpToTheLimit_IsAtOnce()
    {
        var limit = new SlidingRateLimit(new RateLimit(2, TimeSpan.FromSeconds(10)), null);
        limit.Start(Now);
        Assert.That(limit.AllowedFrom, Is.LessThanOrEqualTo(Now));
        limit.Start(Now.AddSeconds(3));
        Assert.That(limit.AllowedFrom, Is.EqualTo(Now.AddSeconds(10)));
    }

    [Test]
    public void AllowedFrom_RandomDemand_NoWindowHoldsMoreThanTheLimit([Values(1, 3, 7)] int requests)
    {
        var per = TimeSpan.FromSeconds(10);
        var limit = new SlidingRateLimit(new RateLimit(requests, per), null);
        var random = new Random(requests);
        List<DateTimeOffset> starts = [];
        for (var now = Now; starts.Count < 200; now = now.AddMilliseconds(random.Next(0, 1500)))
        {
            if (limit.AllowedFrom > now) continue;
            limit.Start(now);
            starts.Add(now);
        }

        Assert.That(starts.Select(s => starts.Count(o => o >= s && o < s + per)), Is.All.LessThanOrEqualTo(requests));
    }

    /// <summary>With a clock that goes on while requests are made ready, every start is moved.</summary>
    [Test]
    public void TryMove_RandomDemand_NoWindowHoldsMoreThanTheLimit([Values(1, 3, 100)] int requests)
    {
        var per = TimeSpan.FromSeconds(10);
        var limit = new SlidingRateLimit(new RateLimit(requests, per), null);
        var random = new Random(requests);
        List<DateTimeOffset> starts = [];
        List<DateTimeOffset> underWay = [];
        for (var now = Now; starts.Count < 1000; now = now.AddMilliseconds(random.Next(0, 200)))
        {
            if (limit.AllowedFrom <= now && underWay.Count < 4)
            {
                limit.Start(now);
                underWay.Add(now);
            }

            if (underWay.Count == 0 || random.Next(2) == 0) continue;
            var at = random.Next(underWay.Count);
            if (limit.TryMove(underWay[at], now)) starts.Add(now);
            underWay.RemoveAt(at);
        }

        Assert.That(starts.Select(s => starts.Count(o => o >= s && o < s + per)), Is.All.LessThanOrEqualTo(requests));
    }

    [Test]
    public void TryMove_ManyStarts_AllocatesNothing()
    {
        const int requests = 10_000;
        var limit = new SlidingRateLimit(new RateLimit(requests, TimeSpan.FromMinutes(1)), null);
        for (var i = 0; i < requests; i++) limit.Start(Now.AddMilliseconds(i));
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++) limit.TryMove(Now.AddMilliseconds(requests - 1 + i), Now.AddMilliseconds(requests + i));
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.LessThan(1000));
    }

    [Test]
    public void TryMove_ToAfterTheOthers_CountsFromThere()
    {
        var limit = new SlidingRateLimit(new RateLimit(2, TimeSpan.FromSeconds(10)), null);
        limit.Start(Now);
        limit.Start(Now.AddSeconds(3));

        Assert.That(limit.TryMove(Now, Now.AddSeconds(5)));
        Assert.That(limit.AllowedFrom, Is.EqualTo(Now.AddSeconds(13)));
        Assert.That(limit.CountAllowed(Now.AddSeconds(14)), Is.EqualTo(1));
    }

    [Test]
    public void TryMove_OfTwoThatWaitedForTheSame_LetsOnlyAsManyStartAsTheLimitSays()
    {
        var limit = new SlidingRateLimit(new RateLimit(1, TimeSpan.FromSeconds(1)), null);
        limit.Start(Now);
        limit.Start(Now.AddSeconds(1));

        Assert.That(limit.TryMove(Now, Now.AddSeconds(3)));
        Assert.That(limit.TryMove(Now.AddSeconds(1), Now.AddSeconds(3)), Is.False);
        Assert.That(limit.AllowedFrom, Is.EqualTo(Now.AddSeconds(4)));
    }

    [Test]
    public void AllowedFrom_TakenOverFromAnotherNode_WaitsOneWindow()
    {
        var limit = new SlidingRateLimit(new RateLimit(5, TimeSpan.FromSeconds(10)), takenOverAt: Now);
        Assert.That(limit.AllowedFrom, Is.EqualTo(Now.AddSeconds(10)));
    }

    [Test]
    public void IsPristine_AfterTheWindow_ForgetsItsStarts()
    {
        var limit = new SlidingRateLimit(new RateLimit(1, TimeSpan.FromSeconds(10)), null);
        limit.Start(Now);
        Assert.Multiple(() =>
        {
            Assert.That(limit.IsPristine(Now.AddSeconds(9)), Is.False);
            Assert.That(limit.IsPristine(Now.AddSeconds(10)), Is.True);
        });
    }

    [TestCase(9.9, 0)]
    [TestCase(10, 1)]
    [TestCase(12.9, 1)]
    [TestCase(13, 2)]
    public void CountAllowed_AsStartsLeaveTheWindow_Grows(double seconds, int allowed)
    {
        var limit = Started(2, 0, 3);
        Assert.That(limit.CountAllowed(Now.AddSeconds(seconds)), Is.EqualTo(allowed));
    }

    [TestCase(9.9, 0)]
    [TestCase(10, 5)]
    public void CountAllowed_TakenOverFromAnotherNode_IsNoneForOneWindow(double seconds, int allowed)
    {
        var limit = new SlidingRateLimit(new RateLimit(5, TimeSpan.FromSeconds(10)), takenOverAt: Now);
        Assert.That(limit.CountAllowed(Now.AddSeconds(seconds)), Is.EqualTo(allowed));
        Assert.That(limit.IsPristine(Now.AddSeconds(seconds)), Is.EqualTo(allowed > 0));
    }

    [TestCase(5, 15)]
    [TestCase(-5, 12)]
    public void AllowedFrom_TakenOverAndUsedUp_IsTheLaterOfBoth(int takenOverAt, int allowedFrom)
    {
        var limit = new SlidingRateLimit(new RateLimit(1, TimeSpan.FromSeconds(10)), Now.AddSeconds(takenOverAt), Started(1, 2));
        Assert.That(limit.AllowedFrom, Is.EqualTo(Now.AddSeconds(allowedFrom)));
    }

    [TestCase(1, 13, Description = "fewer: the latest counts")]
    [TestCase(2, 11)]
    [TestCase(3, 10)]
    [TestCase(4, null, Description = "more: one may start at once")]
    public void AllowedFrom_LimitWasChanged_WhatStartedBeforeCounts(int requests, int? allowedFrom)
    {
        var limit = new SlidingRateLimit(new RateLimit(requests, TimeSpan.FromSeconds(10)), null, Started(3, 0, 1, 3));
        Assert.That(limit.AllowedFrom, Is.EqualTo(allowedFrom is { } seconds ? Now.AddSeconds(seconds) : DateTimeOffset.MinValue));
    }

    [Test]
    public void TryMove_NoRoomThen_DoesNotCountAnyMore()
    {
        var limit = Started(2, 0, 3, 4);
        Assert.That(limit.TryMove(Now.AddSeconds(1), Now.AddSeconds(5)), Is.False, "both are others'");
        Assert.That(limit.CountAllowed(Now.AddSeconds(13)), Is.EqualTo(1), "the others count as before");
    }

    [TestCase(12.9, false)]
    [TestCase(13, true)]
    public void IsPristine_SeveralStarts_TheLatestCounts(double seconds, bool isPristine) =>
        Assert.That(Started(2, 0, 3).IsPristine(Now.AddSeconds(seconds)), Is.EqualTo(isPristine));

    private static SlidingRateLimit Started(int requests, params int[] seconds)
    {
        var limit = new SlidingRateLimit(new RateLimit(requests, TimeSpan.FromSeconds(10)), null);
        foreach (var second in seconds) limit.Start(Now.AddSeconds(second));
        return limit;
    }
}
