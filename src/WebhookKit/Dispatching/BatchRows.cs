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
    /// Removes the last batch from rows that come in their order and may have been cut off in the middle of it, and with it what was resent since and
    /// stands among its rows, lest that overtakes them. Unless it begins with the first row: then it goes as it is, as a new batch.
    /// </summary>
    public static void LeaveCutBatch(List<PendingDelivery> rows)
    {
        if (rows.Count == 0 || rows[^1].Delivery.BatchId is not { } batchId) return;
        var first = rows.FindIndex(r => r.Delivery.BatchId == batchId);
        if (first > 0) rows.RemoveRange(first, rows.Count - first);
    }

    /// <summary>
    /// Removes the last batch from rows that come by due time, unless it is all there is. There any batch may have been cut off that is due when the last row is,
    /// for batches that are due at one moment stand among each other.
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
        if (!isOneBatch && rows[^1].Delivery.BatchId is { } last) rows.RemoveAll(r => r.Delivery.BatchId == last);

        bool MayGoOn(PendingDelivery row) => row.Delivery.BatchId is not null && row.Delivery.DueAt == lastDueAt;
    }
}
