namespace WebhookKit.Storage.InMemory;

/// <summary>Lists deliveries, newest first. Guarded by the store's lock.</summary>
/// <remarks>
/// The history and the deliveries of one event are looked through whole. Pending deliveries can be a million: one call looks at a
/// bounded number of them, so that it does not hold up the store, and a page may so be shorter than asked and yet not the last.
/// </remarks>
internal sealed class DeliveryLists(DeliveryTable deliveries, LaneTable lanes, EventTable events, int maxSteps)
{
    public Page<WebhookDelivery> List(DeliveryQuery query)
    {
        var after = PageKey.Parse(query.After);
        var found = new List<DeliveryRow>();
        DeliveryRow? end = null;
        if (query.EventId is not null)
        {
            AddOfEvent(query, after, found);
        }
        else
        {
            if (query.Status is null or DeliveryStatus.Pending)
                end = AddPending(query, after, found);
            if (query.Status is null or DeliveryStatus.Succeeded)
                AddFinished(deliveries.FirstSucceeded, query, after, found);
            if (query.Status is not (DeliveryStatus.Pending or DeliveryStatus.Succeeded))
                AddFinished(deliveries.FirstFailed, query, after, found);
        }

        return ToPage(found, end, query.Limit);
    }

    /// <summary>The exhausted and expired deliveries of a subscription, oldest first.</summary>
    public List<DeliveryRow> FindFailed(string subscriptionId, DateTimeOffset since, int limit)
    {
        var found = new List<DeliveryRow>();
        for (var row = deliveries.FirstFailed; row is not null; row = row.NextDue)
        {
            var delivery = row.Delivery;
            if (delivery.Status is DeliveryStatus.Exhausted or DeliveryStatus.Expired && delivery.SubscriptionId == subscriptionId && delivery.CreatedAt >= since)
                found.Add(row);
        }

        found.Sort(static (left, right) => left.Sequence.CompareTo(right.Sequence));
        if (found.Count > limit)
            found.RemoveRange(limit, found.Count - limit);
        return found;
    }

    private static Page<WebhookDelivery> ToPage(List<DeliveryRow> found, DeliveryRow? end, int limit)
    {
        // What is older than the last one looked at belongs to a later page.
        if (end is not null)
            found.RemoveAll(row => row.Sequence < end.Sequence);

        found.Sort(static (left, right) => right.Sequence.CompareTo(left.Sequence));
        if (found.Count > limit)
        {
            found.RemoveRange(limit, found.Count - limit);
            end = found[^1];
        }

        var items = found.ConvertAll(static row => row.Delivery);
        return new Page<WebhookDelivery>(items, end is null ? null : PageKey.Of(end).ToString());
    }

    private static bool Matches(DeliveryRow row, DeliveryQuery query, PageKey? after)
    {
        var delivery = row.Delivery;
        return (after is not { } key || row.Sequence < key.Sequence)
            && (query.AllTenants || delivery.TenantId == query.TenantId)
            && (query.SubscriptionId is null || delivery.SubscriptionId == query.SubscriptionId)
            && (query.EventType is null || delivery.EventType == query.EventType)
            && (query.Status is null || delivery.Status == query.Status)
            && (query.From is null || delivery.CreatedAt >= query.From)
            && (query.To is null || delivery.CreatedAt < query.To);
    }

    private void AddOfEvent(DeliveryQuery query, PageKey? after, List<DeliveryRow> found)
    {
        foreach (var row in events.FindAll(query.EventId!))
        {
            for (var delivery = row.Rows.First; delivery is not null; delivery = delivery.NextOfEvent)
            {
                if (Matches(delivery, query, after))
                    found.Add(delivery);
            }
        }
    }

    private static void AddFinished(DeliveryRow? first, DeliveryQuery query, PageKey? after, List<DeliveryRow> found)
    {
        for (var row = first; row is not null; row = row.NextDue)
        {
            if (Matches(row, query, after))
                found.Add(row);
        }
    }

    /// <summary>Adds one pending delivery more than the page holds, if there are as many.</summary>
    /// <returns>The last one looked at, if there are more to look at.</returns>
    private DeliveryRow? AddPending(DeliveryQuery query, PageKey? after, List<DeliveryRow> found)
    {
        var lane = query.SubscriptionId is { } id ? lanes.Find(id) : null;
        if (query.SubscriptionId is not null && lane is null)
            return null;

        var row = FindStart(lane, after);
        for (var steps = 1; row is not null; row = Older(row, lane), steps++)
        {
            if (row.IsPending && Matches(row, query, after))
                found.Add(row);
            if (found.Count > query.Limit || steps >= maxSteps)
                return Older(row, lane) is null ? null : row;
        }

        return null;
    }

    private static DeliveryRow? Older(DeliveryRow row, Lane? lane) => lane is null ? row.PreviousOfAll : row.PreviousInLane;

    private DeliveryRow? FindStart(Lane? lane, PageKey? after)
    {
        var row = lane is null ? deliveries.Newest : lane.Last;
        if (after is not { } key)
            return row;

        if (Guid.TryParseExact(key.Id, "N", out var id) && deliveries.Find(id) is { } last && last.Sequence == key.Sequence && (lane is null || last.Lane == lane))
            return Older(last, lane);

        while (row is not null && row.Sequence >= key.Sequence)
            row = Older(row, lane);
        return row;
    }
}
