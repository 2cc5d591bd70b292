namespace WebhookKit.Dispatching;

/// <summary>Keeps batches that failed whole when the store is read in pieces.</summary>
internal static class BatchRows
{
    /// <summary>Whether two deliveries may go as one request: of one batch, or of none yet and at the same place of their schedule.</summary>
    /// <remarks>The outcome of a batch decides for all of it, so that a fresh delivery must not end with one that is at its last attempt.</remarks>
    public static bool BelongTogether(WebhookDelivery one, WebhookDelivery other) =>
        one.BatchId == other.BatchId && one.ScheduleAttempts == other.ScheduleAttempts;

    /// <summary>
    /// Removes the last batch from rows that may have been cut off in the middle of it, unless it is all there is: then it goes as
    /// it is, as a new batch.
    /// </summary>
    public static void LeaveCutBatch(List<PendingDelivery> rows)
    {
        if (rows.Count == 0 || rows[^1].Delivery.BatchId is not { } batchId) return;
        if (rows.TrueForAll(r => r.Delivery.BatchId == batchId)) return;
        rows.RemoveAll(r => r.Delivery.BatchId == batchId);
    }
}
