namespace WebhookKit.PostgreSql.Runs;

/// <summary>How a delivery in a run succeeded, at the first attempt.</summary>
/// <param name="Place">The place of its event in the group.</param>
/// <param name="CompletedAt">When it was settled, in ticks.</param>
/// <param name="Attempt">The attempt. Its message id is empty when it is that of the event.</param>
/// <param name="BatchId">The batch that it was sent in.</param>
internal readonly record struct RunOutcome(int Place, long CompletedAt, DeliveryAttempt Attempt, string? BatchId)
{
    /// <summary>The longest answer that is kept in a run: it is copied with all others of the run each time that one is added.</summary>
    private const int MaxBodyLength = 256;

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
