namespace WebhookKit.Sqlite.Runs;

/// <summary>A pending delivery that was found, in a row or in a run: by due time, then as stored.</summary>
internal readonly record struct DueItem(long DueAt, long EventSeq, PendingDelivery Found)
{
    public static int Compare(DueItem left, DueItem right)
    {
        var byTime = left.DueAt.CompareTo(right.DueAt);
        return byTime != 0 ? byTime : left.EventSeq.CompareTo(right.EventSeq);
    }
}
