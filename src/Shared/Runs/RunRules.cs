namespace WebhookKit.Stored.Runs;

/// <summary>What may be, and may happen, in a run. To all else a delivery has, or gets, a row of its own.</summary>
internal static class RunRules
{
    /// <summary>How far apart the ids of a run may be, by the time in them: a delivery is looked for among the runs that begin within this time before it.</summary>
    public const int MaxSpanMilliseconds = 10_000;

    /// <summary>The longest answer that is kept in a run: it is copied with all others of the run each time that one is added.</summary>
    private const int MaxBodyLength = 256;

    /// <summary>Whether a new delivery may be in one: of which more is to be said has a row of its own.</summary>
    public static bool Takes(WebhookDelivery delivery) =>
        delivery is { Status: DeliveryStatus.Pending, ExpiresAt: null, AttemptCount: 0 } && delivery.DueAt == delivery.CreatedAt;

    /// <summary>Whether an outcome says no more than a run can tell.</summary>
    public static bool Fits(Settlement settlement, WebhookDelivery next) =>
        next is { Status: DeliveryStatus.Succeeded, AttemptCount: 1, ScheduleBase: 0, ExpiresAt: null, CompletedAt: not null, LastOutcome: AttemptOutcome.Succeeded }
        && next.DueAt == next.CreatedAt
        && !settlement.RemovesSucceeded
        && settlement.Attempt is { Outcome: AttemptOutcome.Succeeded, Error: null } attempt
        && attempt.StatusCode == next.LastStatusCode
        && (next.BatchId is null ? attempt.MessageId == next.EventId && attempt.BatchSize == 1 : attempt.MessageId == next.BatchId)
        && (attempt.ResponseBody is null || attempt.ResponseBody.Length <= MaxBodyLength);
}
