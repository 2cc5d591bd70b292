namespace WebhookKit.Dispatching;

/// <summary>Keeps batches that failed whole when the store is read in pieces.</summary>
internal static class BatchRows
{
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
