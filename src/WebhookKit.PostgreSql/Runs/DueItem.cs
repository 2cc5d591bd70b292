namespace WebhookKit.PostgreSql.Runs;

/// <summary>A pending delivery that was found: in a row, or as a member of a run.</summary>
internal readonly record struct DueItem(long DueAt, long EventSeq, StoredRun? Run, RunMember Member, WebhookDelivery? Delivery)
{
    public static int Compare(DueItem left, DueItem right)
    {
        var byTime = left.DueAt.CompareTo(right.DueAt);
        return byTime != 0 ? byTime : left.EventSeq.CompareTo(right.EventSeq);
    }

    public PendingDelivery ToPending(WebhookEvent ofEvent) =>
        new(Delivery ?? Run!.ToDelivery(Member, new EventInfo(ofEvent.Id, ofEvent.Type, ofEvent.TenantId)), ofEvent);
}
