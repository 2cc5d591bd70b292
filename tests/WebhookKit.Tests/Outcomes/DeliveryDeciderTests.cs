using NUnit.Framework;
using WebhookKit.Outcomes;
using static WebhookKit.Tests.Outcomes.DeciderSample;

namespace WebhookKit.Tests.Outcomes;

public class DeliveryDeciderTests
{
    [Test]
    public void Decide_Success_EndsTheDelivery()
    {
        var delivery = Delivery(attempts: 2) with { LastOutcome = AttemptOutcome.TimedOut };

        var decision = DeliveryDecider.Decide(Input(AttemptOutcome.Succeeded, 204, delivery));

        Assert.That(decision.Deliveries, Is.EqualTo(new[]
        {
            delivery with
            {
                Status = DeliveryStatus.Succeeded, CompletedAt = Now, AttemptCount = 3, LastOutcome = AttemptOutcome.Succeeded, LastStatusCode = 204,
            },
        }));
        Assert.That(decision, Has.Property("Failed").False.And.Property("Health").Null.And.Property("LaneBlockedUntil").Null);
    }

    [Test]
    public void Decide_SuccessAfterItsTimeToLive_IsASuccessStill() =>
        Assert.That(StatusOf(Input(AttemptOutcome.Succeeded, 200, Delivery() with { ExpiresAt = Now - Second })), Is.EqualTo(DeliveryStatus.Succeeded));

    [Test]
    public void Decide_Failure_IsDueAgainAfterTheSchedulesDelay()
    {
        var delivery = Delivery(attempts: 1) with { BatchId = "old" };

        var decision = DeliveryDecider.Decide(Failure(delivery));

        Assert.That(decision.Deliveries, Is.EqualTo(new[]
        {
            delivery with
            {
                Status = DeliveryStatus.Pending, DueAt = Now + 100 * Second, AttemptCount = 2, LastOutcome = AttemptOutcome.ErrorStatus, LastStatusCode = 500, BatchId = null,
            },
        }));
        Assert.That(decision, Has.Property("Failed").True.And.Property("LaneBlockedUntil").Null);
    }

    [TestCase(0, 10)]
    [TestCase(1, 100)]
    [TestCase(2, 1000)]
    [TestCase(3, null)]
    public void Decide_FailureByFailure_FollowsTheSchedule(int attempts, int? seconds)
    {
        var next = DeliveryDecider.Decide(Failure(Delivery(attempts))).Deliveries[0];

        Assert.That(next.AttemptCount, Is.EqualTo(attempts + 1));
        Assert.That(next.Status, Is.EqualTo(seconds is null ? DeliveryStatus.Exhausted : DeliveryStatus.Pending));
        Assert.That(next.CompletedAt, Is.EqualTo(seconds is null ? Now : (DateTimeOffset?)null));
        if (seconds is { } s) Assert.That(next.DueAt, Is.EqualTo(Now + s * Second));
    }

    [Test]
    public void Decide_AfterAResend_BeginsTheScheduleAnew()
    {
        var next = DeliveryDecider.Decide(Failure(Delivery(attempts: 4) with { ScheduleBase = 4 })).Deliveries[0];

        Assert.That(next.DueAt, Is.EqualTo(Now + 10 * Second));
        Assert.That(next, Has.Property("Status").EqualTo(DeliveryStatus.Pending).And.Property("AttemptCount").EqualTo(5).And.Property("ScheduleBase").EqualTo(4));
    }

    [TestCase(0.0, 9)]
    [TestCase(0.5, 10)]
    public void Decide_Jitter_ComesFromTheRandomNumber(double random, int seconds)
    {
        var input = Failure() with { Random = random, Profile = Profile with { Retry = Profile.Retry with { Jitter = 0.1 } } };

        Assert.That(DueOf(input), Is.EqualTo(Now + seconds * Second));
    }

    [TestCase(5, 10)]
    [TestCase(10, 10)]
    [TestCase(30, 30)]
    [TestCase(3600, 3600)]
    [TestCase(3601, 3600)]
    [TestCase(int.MaxValue, 3600)]
    public void Decide_RetryAfter_TheLaterOfScheduleAndWishUpToTheMostAllowed(int wish, int seconds)
    {
        var input = Failure() with { RetryAfter = wish * Second, MaxRetryAfter = TimeSpan.FromHours(1) };

        Assert.That(DueOf(input), Is.EqualTo(Now + seconds * Second));
    }

    [Test]
    public void Decide_RetryAfterNotHonoured_IsPassedOver()
    {
        var decision = DeliveryDecider.Decide(
            Input(AttemptOutcome.Throttled, 429) with { RetryAfter = 60 * Second, Profile = Profile with { HonorRetryAfter = false } });

        Assert.That(decision.Deliveries[0].DueAt, Is.EqualTo(Now + 10 * Second));
        Assert.That(decision.LaneBlockedUntil, Is.Null);
    }

    [TestCase(429, true)]
    [TestCase(502, true)]
    [TestCase(503, true)]
    [TestCase(504, true)]
    [TestCase(500, false)]
    [TestCase(404, false)]
    public void Decide_RetryAfter_HoldsTheWholeLaneForSomeStatuses(int status, bool held)
    {
        var decision = DeliveryDecider.Decide(Input(AttemptOutcome.ErrorStatus, status) with { RetryAfter = 3 * Second });

        Assert.That(decision.LaneBlockedUntil, Is.EqualTo(held ? Now + 3 * Second : (DateTimeOffset?)null));
    }

    [TestCase(null)]
    [TestCase(0)]
    public void Decide_NoRetryAfterOrAPastOne_HoldsNoLane(int? wish) =>
        Assert.That(DeliveryDecider.Decide(Input(AttemptOutcome.Throttled, 429) with { RetryAfter = wish * Second }).LaneBlockedUntil, Is.Null);

    [Test]
    public void Decide_LanesWait_IsCapped() =>
        Assert.That(
            DeliveryDecider.Decide(Input(AttemptOutcome.Throttled, 429) with { RetryAfter = TimeSpan.FromDays(999) }).LaneBlockedUntil,
            Is.EqualTo(Now.AddHours(24)));

    [Test]
    public void Decide_SuccessfulStatusOfThatKind_HoldsNoLane() =>
        Assert.That(DeliveryDecider.Decide(Input(AttemptOutcome.Succeeded, 503) with { RetryAfter = 60 * Second }).LaneBlockedUntil, Is.Null);

    [TestCase(true, DeliveryStatus.Exhausted)]
    [TestCase(false, DeliveryStatus.Pending)]
    public void Decide_Gone_EndsOnlyWhereTheProfileSaysSo(bool onGone, DeliveryStatus status)
    {
        var input = Input(AttemptOutcome.Gone, 410) with { Profile = Profile with { Disable = new DisableRule { OnGone = onGone } } };

        Assert.That(StatusOf(input), Is.EqualTo(status));
    }

    [TestCase(9, DeliveryStatus.Expired)]
    [TestCase(10, DeliveryStatus.Expired)]
    [TestCase(11, DeliveryStatus.Pending)]
    public void Decide_NextAttemptTooLateForItsTimeToLive_Expires(int seconds, DeliveryStatus status)
    {
        var next = DeliveryDecider.Decide(Failure(Delivery() with { ExpiresAt = Now + seconds * Second })).Deliveries[0];

        Assert.That(next.Status, Is.EqualTo(status));
        Assert.That(next.CompletedAt, Is.EqualTo(status == DeliveryStatus.Expired ? Now : (DateTimeOffset?)null));
        Assert.That(next.AttemptCount, Is.EqualTo(1));
    }

    [TestCase(70, DeliveryStatus.Pending)]
    [TestCase(69, DeliveryStatus.Exhausted)]
    public void Decide_Limit_CountsFromPublishing(int limit, DeliveryStatus status) =>
        Assert.That(StatusOf(Limited(limit, Delivery())), Is.EqualTo(status));

    [TestCase(90, DeliveryStatus.Pending)]
    [TestCase(89, DeliveryStatus.Exhausted)]
    public void Decide_LimitAndRetryAfter_TheLimitHolds(int limit, DeliveryStatus status) =>
        Assert.That(StatusOf(Limited(limit, Delivery()) with { RetryAfter = 30 * Second }), Is.EqualTo(status));

    [Test]
    public void Decide_LimitAfterAResendOfAnOldEvent_CountsThisRunOnly()
    {
        // Published 30 days ago and resent: counted from then, each resend would end at its first failure.
        var old = Delivery(attempts: 4) with { ScheduleBase = 4, CreatedAt = Now.AddDays(-30) };

        Assert.That(StatusOf(Limited(70, old)), Is.EqualTo(DeliveryStatus.Pending));
    }

    [Test]
    public void Decide_LimitAfterAResendOfAnEndlessSchedule_EndsItStill()
    {
        var delivery = Delivery(attempts: 4) with { ScheduleBase = 4, CreatedAt = Now.AddDays(-30) };
        var attempts = 0;
        while (delivery.Status == DeliveryStatus.Pending)
        {
            delivery = DeliveryDecider.Decide(Limited(60, delivery)).Deliveries[0];
            Assert.That(++attempts, Is.LessThan(100));
        }

        // Attempts after 0, 10, … 60 s.
        Assert.That(attempts, Is.EqualTo(7));
    }

    [TestCase(10, DeliveryStatus.Pending)]
    [TestCase(9, DeliveryStatus.Exhausted)]
    public void Decide_ClockBehindThePublishersClock_CountsAsJustPublished(int limit, DeliveryStatus status) =>
        Assert.That(StatusOf(Limited(limit, Delivery() with { CreatedAt = Now.AddSeconds(5) })), Is.EqualTo(status));

    [TestCase(70, DeliveryStatus.Pending)]
    [TestCase(69, DeliveryStatus.Exhausted)]
    public void Decide_LimitOfABatch_CountsFromItsOldestEvent(int limit, DeliveryStatus status)
    {
        var old = Delivery();
        var young = old with { CreatedAt = Now };

        Assert.That(StatusOf(Limited(limit, old, young)), Is.EqualTo(status));
        Assert.That(StatusOf(Limited(limit, young, old)), Is.EqualTo(status));
    }

    [Test]
    public void Decide_Batch_StaysTogether()
    {
        var random = new Random(53);
        for (var i = 0; i < 200; i++)
        {
            var deliveries = Enumerable.Range(0, random.Next(2, 20))
                .Select(n => Delivery(attempts: 1) with { EventId = $"evt_{n}", CreatedAt = Now.AddSeconds(-random.Next(100)) }).ToArray();
            var input = Failure(deliveries) with
            {
                BatchId = "batch_1",
                Random = random.NextDouble(),
                Profile = Profile with { Retry = Profile.Retry with { Jitter = 0.5, Limit = random.Next(50, 300) * Second } },
            };

            var next = DeliveryDecider.Decide(input).Deliveries;

            Assert.That(next.Select(d => d.EventId), Is.EqualTo(deliveries.Select(d => d.EventId)));
            Assert.That(next.Select(d => d.BatchId), Is.All.EqualTo("batch_1"));
            Assert.That(next.Select(d => d.Status).Distinct().Count(), Is.EqualTo(1));
            if (next[0].Status == DeliveryStatus.Pending) Assert.That(next.Select(d => d.DueAt).Distinct().Count(), Is.EqualTo(1));
        }
    }

    [Test]
    public void Decide_BatchPartlyTooLate_ExpiresOnlyThose()
    {
        var decision = DeliveryDecider.Decide(Failure(Delivery(), Delivery() with { ExpiresAt = Now + Second }) with { BatchId = "batch_1" });

        Assert.That(decision.Deliveries.Select(d => d.Status), Is.EqualTo(new[] { DeliveryStatus.Pending, DeliveryStatus.Expired }));
    }

    [Test]
    public void Decide_Twice_IsTheSame()
    {
        var input = Failure() with { RetryAfter = 7 * Second };

        var first = DeliveryDecider.Decide(input).Deliveries;

        Assert.That(DeliveryDecider.Decide(input).Deliveries, Is.EqualTo(first));
    }

    [Test]
    public void Decide_WholeStandardSchedule_EndsAfterTenAttempts()
    {
        var delivery = Delivery() with { CreatedAt = Now, DueAt = Now };
        var now = Now;
        while (delivery.Status == DeliveryStatus.Pending)
        {
            now = delivery.DueAt;
            var input = Failure(delivery) with { Profile = WebhookProfiles.StandardWebhooks, Now = now };
            delivery = DeliveryDecider.Decide(input).Deliveries[0];
        }

        Assert.That(delivery, Has.Property("Status").EqualTo(DeliveryStatus.Exhausted).And.Property("AttemptCount").EqualTo(10));
        Assert.That(now - Now, Is.EqualTo(new TimeSpan(75, 35, 5)));
    }

    [Test]
    public void Expire_Pending_EndsItWithoutAnAttempt()
    {
        var delivery = Delivery(attempts: 2);

        Assert.That(DeliveryDecider.Expire(delivery, Now), Is.EqualTo(delivery with { Status = DeliveryStatus.Expired, CompletedAt = Now }));
    }

    [Test]
    public void EndUnsendable_OfABatchThatFailedBefore_EndsAloneWithOneAttemptMore()
    {
        var delivery = Delivery(attempts: 2) with { BatchId = "batch_1", LastOutcome = AttemptOutcome.ErrorStatus, LastStatusCode = 500 };

        Assert.That(DeliveryDecider.EndUnsendable(delivery, Now), Is.EqualTo(delivery with
        {
            Status = DeliveryStatus.Exhausted,
            CompletedAt = Now,
            AttemptCount = 3,
            LastOutcome = AttemptOutcome.Unsendable,
            LastStatusCode = null,
            BatchId = null,
        }));
    }

    [TestCase(-5, 1)]
    [TestCase(0, 1)]
    [TestCase(1, 1)]
    [TestCase(60, 60)]
    [TestCase(900, 900)]
    [TestCase(901, 900)]
    [TestCase(1_000_000, 900)]
    public void PutOff_OurOwnFault_WaitsAsLongAsItIsOldAndUsesUpNoAttempt(int age, int seconds)
    {
        var delivery = Delivery(attempts: 2) with { CreatedAt = Now - age * Second };

        Assert.That(DeliveryDecider.PutOff(delivery, Now), Is.EqualTo(delivery with { DueAt = Now + seconds * Second }));
    }

    [Test]
    public void PutOff_AgainAndAgain_BacksOff()
    {
        var delivery = Delivery() with { CreatedAt = Now, DueAt = Now };
        var waits = new List<double>();
        for (var i = 0; i < 12; i++)
        {
            var now = delivery.DueAt;
            delivery = DeliveryDecider.PutOff(delivery, now);
            waits.Add((delivery.DueAt - now).TotalSeconds);
        }

        Assert.That(waits, Is.EqualTo(new double[] { 1, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900 }));
    }

    [TestCase(0, DeliveryStatus.Expired)]
    [TestCase(-1, DeliveryStatus.Expired)]
    [TestCase(1, DeliveryStatus.Pending)]
    public void PutOff_TimeToLiveOver_Expires(int seconds, DeliveryStatus status) =>
        Assert.That(DeliveryDecider.PutOff(Delivery() with { ExpiresAt = Now + seconds * Second }, Now).Status, Is.EqualTo(status));

    [Test]
    public void PutOff_TimeToLiveEndsBefore_IsLookedAtThen() =>
        Assert.That(DeliveryDecider.PutOff(Delivery() with { ExpiresAt = Now + 30 * Second }, Now).DueAt, Is.EqualTo(Now + 30 * Second));

    private static DecisionInput Limited(int limit, params WebhookDelivery[] deliveries) => Failure(deliveries) with
    {
        Profile = Profile with { Retry = new RetrySchedule(10 * Second) { RepeatLast = true, Limit = limit * Second } },
    };

    private static DeliveryStatus StatusOf(in DecisionInput input) => DeliveryDecider.Decide(input).Deliveries[0].Status;

    private static DateTimeOffset DueOf(in DecisionInput input) => DeliveryDecider.Decide(input).Deliveries[0].DueAt;
}
