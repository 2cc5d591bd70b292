namespace WebhookKit.Dispatching;

/// <summary>Keeps batches that failed whole when the store is read in pieces.</summary>
internal static class BatchRows
{
    /// <summary>After so many reads in vain, one after another, what they bring goes as it is: they grow no longer than the lane's buffer.</summary>
    private const int MaxReadsInVain = 8;

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

    /// <summary>
    /// Does so where rows come by due time. There any batch may have been cut off that is due when the last row is, for batches that are due at
    /// one moment stand among each other.
    /// </summary>
    /// <param name="rows">The rows that are new.</param>
    /// <param name="lastDueAt">When the last row of the read is due.</param>
    /// <param name="readsInVain">How many reads in a row have left nothing: a longer one may see the end of such batches.</param>
    public static void LeaveCutBatches(List<PendingDelivery> rows, DateTimeOffset lastDueAt, ref int readsInVain)
    {
        var isOneBatch = rows.TrueForAll(r => r.Delivery.BatchId == rows[0].Delivery.BatchId);
        var mayAllGoOn = rows.TrueForAll(MayGoOn);
        if (!isOneBatch && (!mayAllGoOn || readsInVain < MaxReadsInVain))
        {
            readsInVain = mayAllGoOn ? readsInVain + 1 : 0;
            rows.RemoveAll(MayGoOn);
            return;
        }

        readsInVain = 0;
        LeaveCutBatch(rows);

        bool MayGoOn(PendingDelivery row) => row.Delivery.BatchId is not null && row.Delivery.DueAt == lastDueAt;
    }
}
