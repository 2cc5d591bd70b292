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
}
