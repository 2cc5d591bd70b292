using System.Diagnostics;

namespace WebhookKit.Outcomes;

/// <summary>Decides what follows from an attempt: the next state of its deliveries, the endpoint's health, the lane's wait. Pure.</summary>
internal static class DeliveryDecider
{
    private static readonly TimeSpan MinPutOff = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan MaxPutOff = TimeSpan.FromMinutes(15);

    public static Decision Decide(in DecisionInput input)
    {
        var succeeded = input.Attempt.Outcome == AttemptOutcome.Succeeded;
        var nextDue = succeeded ? null : NextDue(input);
        var next = new WebhookDelivery[input.Deliveries.Count];
        for (var i = 0; i < next.Length; i++)
        {
            var delivery = input.Deliveries[i];
            var status = succeeded ? DeliveryStatus.Succeeded
                : nextDue is null ? DeliveryStatus.Exhausted
                : nextDue >= delivery.ExpiresAt ? DeliveryStatus.Expired
                : DeliveryStatus.Pending;
            next[i] = delivery with
            {
                Status = status,
                DueAt = status == DeliveryStatus.Pending ? nextDue!.Value : delivery.DueAt,
                CompletedAt = status == DeliveryStatus.Pending ? null : input.Now,
                AttemptCount = delivery.AttemptCount + 1,
                LastOutcome = input.Attempt.Outcome,
                LastStatusCode = input.Attempt.StatusCode,
                BatchId = input.BatchId,
            };
        }

        var exhausted = !succeeded && nextDue is null;
        return new Decision(next, HealthRule.Change(input, exhausted), LaneBlockedUntil(input), Failed: !succeeded);
    }

    /// <summary>Ends a delivery whose time to live is over before an attempt could be made.</summary>
    public static WebhookDelivery Expire(WebhookDelivery delivery, DateTimeOffset now) =>
        delivery with { Status = DeliveryStatus.Expired, CompletedAt = now };

    /// <summary>Ends a delivery that no request can carry. It gets one attempt in its history, which says why.</summary>
    public static WebhookDelivery EndUnsendable(WebhookDelivery delivery, DateTimeOffset now) => delivery with
    {
        Status = DeliveryStatus.Exhausted,
        CompletedAt = now,
        AttemptCount = delivery.AttemptCount + 1,
        LastOutcome = AttemptOutcome.Unsendable,
        LastStatusCode = null,
        BatchId = null,
    };

    /// <summary>
    /// Puts a delivery off because of a fault of our own (format, signer, store), which uses up no attempt. It waits as long again
    /// as it is old, so that repeated faults back off exponentially with no state stored for it.
    /// </summary>
    public static WebhookDelivery PutOff(WebhookDelivery delivery, DateTimeOffset now)
    {
        if (delivery.ExpiresAt <= now) return Expire(delivery, now);
        var age = now - delivery.CreatedAt;
        var due = now + (age < MinPutOff ? MinPutOff : age > MaxPutOff ? MaxPutOff : age);
        // Looked at again no later than when it expires, so that it does not seem pending for longer than it is.
        return delivery with { DueAt = due > delivery.ExpiresAt ? delivery.ExpiresAt.Value : due };
    }

    /// <summary>When the deliveries of a failed attempt are due again; <see langword="null"/> when their schedule has ended.</summary>
    /// <remarks>One answer for all: a batch is tried again as the same batch, so its deliveries must stay together.</remarks>
    private static DateTimeOffset? NextDue(in DecisionInput input)
    {
        if (input.Attempt.Outcome == AttemptOutcome.Gone && input.Profile.Disable.OnGone) return null;

        Debug.Assert(input.Deliveries.DistinctBy(d => d.ScheduleAttempts).Count() == 1, "A batch is at one place of its schedule.");
        var retry = input.Profile.Retry;
        var failures = input.Deliveries[0].ScheduleAttempts + 1;
        var elapsed = Elapsed(input, failures);
        if (retry.NextDelay(failures, elapsed, input.Random) is not { } delay) return null;
        if (input.HonoredRetryAfter > delay) delay = input.HonoredRetryAfter.Value;
        // The limit holds for the endpoint's wish too.
        return elapsed + delay > retry.Limit ? null : input.Now + delay;
    }

    /// <summary>How long the run of the schedule has lasted for the delivery that it began first for.</summary>
    private static TimeSpan Elapsed(in DecisionInput input, int failures)
    {
        var longest = TimeSpan.Zero; // another node's clock may be a little ahead: never negative
        foreach (var delivery in input.Deliveries)
        {
            // When a resend began is not stored, and its event may be weeks old: counted from that, the limit would end every
            // resend at its first failure. The time that the schedule planned so far is close, and lets the limit end it still.
            var elapsed = delivery.ScheduleBase > 0 ? input.Profile.Retry.PlannedTime(failures) : input.Now - delivery.CreatedAt;
            if (elapsed > longest) longest = elapsed;
        }

        return longest;
    }

    /// <summary>"Slow down" and "I am not well" concern all that is sent there, not only what was just refused.</summary>
    private static DateTimeOffset? LaneBlockedUntil(in DecisionInput input) =>
        input.Attempt is { Outcome: not AttemptOutcome.Succeeded, StatusCode: 429 or 502 or 503 or 504 } && input.HonoredRetryAfter > TimeSpan.Zero
            ? input.Now + input.HonoredRetryAfter
            : null;
}
