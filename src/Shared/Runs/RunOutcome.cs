namespace WebhookKit.Stored.Runs;

/// <summary>How a delivery in a run succeeded, at the first attempt.</summary>
/// <param name="Place">Its place in the run.</param>
/// <param name="CompletedAt">When it was settled, in ticks.</param>
/// <param name="Attempt">The attempt. Its message id is empty when it is that of the event.</param>
/// <param name="BatchId">The batch that it was sent in.</param>
internal readonly record struct RunOutcome(int Place, long CompletedAt, DeliveryAttempt Attempt, string? BatchId)
{
    /// <summary>The delivery as it became, of how it was while it was pending.</summary>
    public WebhookDelivery ToDelivery(WebhookDelivery pending) => pending with
    {
        Status = DeliveryStatus.Succeeded,
        CompletedAt = Columns.ToTime(CompletedAt),
        AttemptCount = 1,
        BatchId = BatchId,
        LastOutcome = Attempt.Outcome,
        LastStatusCode = Attempt.StatusCode,
    };

    /// <summary>The attempt with its message id.</summary>
    public DeliveryAttempt ToAttempt(string eventId) => BatchId is null ? Attempt with { MessageId = eventId } : Attempt;
}
