using NUnit.Framework;

namespace WebhookKit.Tests;

public class RetryScheduleTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Test]
    public void StandardWebhooks_WholeSchedule_TakesSeventyFiveHours()
    {
        var schedule = WebhookProfiles.StandardWebhooks.Retry;
        var total = TimeSpan.Zero;
        var failures = 0;
        while (schedule.NextDelay(failures + 1, total, 0.5) is { } delay)
        {
            total += delay;
            failures++;
        }

        Assert.That(failures, Is.EqualTo(9));
        Assert.That(total, Is.EqualTo(new TimeSpan(75, 35, 5)));
    }

    [TestCase(1, 10)]
    [TestCase(2, 100)]
    [TestCase(3, 1000)]
    [TestCase(4, null)]
    [TestCase(int.MaxValue, null)]
    public void NextDelay_Listed_IsTheDelayAfterThatFailure(int failures, int? seconds)
    {
        var schedule = new RetrySchedule(10 * Second, 100 * Second, 1000 * Second);

        Assert.That(schedule.NextDelay(failures, TimeSpan.Zero, 0.3), Is.EqualTo(seconds * Second));
    }

    [TestCase(1, 5)]
    [TestCase(2, 7)]
    [TestCase(3, 7)]
    [TestCase(1_000_000, 7)]
    public void NextDelay_RepeatLast_GoesOnForEver(int failures, int seconds)
    {
        var schedule = new RetrySchedule(5 * Second, 7 * Second) { RepeatLast = true };

        Assert.That(schedule.NextDelay(failures, TimeSpan.Zero, 0), Is.EqualTo(seconds * Second));
    }

    [Test]
    public void NextDelay_NothingToRepeat_Ends() =>
        Assert.That(new RetrySchedule { RepeatLast = true }.NextDelay(1, TimeSpan.Zero, 0), Is.Null);

    [TestCase(0)]
    [TestCase(-1)]
    public void NextDelay_NoFailure_IsRefused(int failures) =>
        Assert.That(() => RetrySchedule.None.NextDelay(failures, TimeSpan.Zero, 0), Throws.InstanceOf<ArgumentOutOfRangeException>());

    [TestCase(0.0, 80)]
    [TestCase(0.25, 90)]
    [TestCase(0.5, 100)]
    [TestCase(0.75, 110)]
    public void NextDelay_Jitter_SpreadsBothWays(double random, int seconds)
    {
        var schedule = new RetrySchedule(100 * Second) { Jitter = 0.2 };

        Assert.That(schedule.NextDelay(1, TimeSpan.Zero, random), Is.EqualTo(seconds * Second));
    }

    [Test]
    public void NextDelay_AnyJitter_StaysWithinItsBounds()
    {
        var random = new Random(4711);
        for (var i = 0; i < 10_000; i++)
        {
            var jitter = random.NextDouble();
            var schedule = new RetrySchedule(100 * Second) { Jitter = jitter };

            var delay = schedule.NextDelay(1, TimeSpan.Zero, random.NextDouble())!.Value;

            Assert.That(delay.TotalSeconds, Is.InRange(100 * (1 - jitter) - 0.001, 100 * (1 + jitter) + 0.001));
        }
    }

    [TestCase(49, 10)]
    [TestCase(50, 10)]
    [TestCase(51, null)]
    public void NextDelay_Limit_AllowsNoAttemptAfterIt(int elapsed, int? seconds)
    {
        var schedule = new RetrySchedule(10 * Second) { RepeatLast = true, Limit = 60 * Second };

        Assert.That(schedule.NextDelay(5, elapsed * Second, 0.5), Is.EqualTo(seconds * Second));
    }

    [Test]
    public void Then_Several_AddsThemAndKeepsTheRest()
    {
        var schedule = new RetrySchedule(Second) { Jitter = 0.1, RepeatLast = true, Limit = TimeSpan.FromDays(1) }.Then(2, 3 * Second);

        Assert.That(schedule.Delays, Is.EqualTo(new[] { Second, 3 * Second, 3 * Second }));
        Assert.That(schedule, Has.Property("Jitter").EqualTo(0.1).And.Property("RepeatLast").True.And.Property("Limit").EqualTo(TimeSpan.FromDays(1)));
    }

    [Test]
    public void Then_Negative_IsRefused() =>
        Assert.That(() => RetrySchedule.None.Then(-1, Second), Throws.InstanceOf<ArgumentOutOfRangeException>());

    [TestCase(-1)]
    [TestCase(366 * 24 * 3600)]
    public void New_DelayOutOfRange_IsRefusedByNumberAndValue(int seconds) =>
        Assert.That(
            () => new RetrySchedule(Second, seconds * Second),
            Throws.InstanceOf<ArgumentOutOfRangeException>().With.Message.Contains("Delay 2 of 2").And.Message.Contains((seconds * Second).ToString()));

    [TestCase(-0.1)]
    [TestCase(1.1)]
    [TestCase(double.NaN)]
    public void Jitter_OutOfRange_IsRefused(double jitter) =>
        Assert.That(() => new RetrySchedule(Second) { Jitter = jitter }, Throws.InstanceOf<ArgumentOutOfRangeException>().With.Message.Contains("jitter"));

    [Test]
    public void Limit_Negative_IsRefused() =>
        Assert.That(() => new RetrySchedule(Second) { Limit = -Second }, Throws.InstanceOf<ArgumentOutOfRangeException>().With.Message.Contains("limit"));

    [Test]
    public void Equals_SameValues_IsTrue()
    {
        var one = new RetrySchedule(Second, 2 * Second) { Jitter = 0.1, Limit = TimeSpan.FromHours(1) };
        var other = new RetrySchedule(Second).Then(1, 2 * Second) with { Jitter = 0.1, Limit = TimeSpan.FromHours(1) };

        Assert.That(one, Is.EqualTo(other));
        Assert.That(one.GetHashCode(), Is.EqualTo(other.GetHashCode()));
    }

    [Test]
    public void Equals_AnyDifference_IsFalse()
    {
        var schedule = new RetrySchedule(Second, 2 * Second);
        RetrySchedule[] others =
        [
            new(Second), new(2 * Second, Second), new(Second, 2 * Second, 3 * Second),
            schedule with { Jitter = 0.1 }, schedule with { RepeatLast = true }, schedule with { Limit = Second },
        ];

        Assert.That(others, Has.None.EqualTo(schedule));
        Assert.That(schedule, Is.Not.EqualTo(null));
    }

    [Test]
    public void Delays_CannotBeChanged() =>
        Assert.That(() => ((IList<TimeSpan>)new RetrySchedule(Second).Delays)[0] = TimeSpan.Zero, Throws.InstanceOf<NotSupportedException>());

    [TestCase(1, 0)]
    [TestCase(2, 5)]
    [TestCase(3, 12)]
    [TestCase(5, 26)]
    public void PlannedTime_RepeatLast_SumsWhatWasWaited(int failures, int seconds)
    {
        var schedule = new RetrySchedule(5 * Second, 7 * Second) { RepeatLast = true };

        Assert.That(schedule.PlannedTime(failures), Is.EqualTo(seconds * Second));
    }

    [Test]
    public void PlannedTime_NoRetry_IsZero() => Assert.That(RetrySchedule.None.PlannedTime(3), Is.EqualTo(TimeSpan.Zero));
}
