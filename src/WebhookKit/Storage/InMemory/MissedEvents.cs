namespace WebhookKit.Storage.InMemory;

/// <summary>Lists the events that a subscription has no delivery of. Guarded by the store's lock.</summary>
/// <remarks>One call looks at a bounded number of events, so a page may be shorter than asked and yet not the last.</remarks>
internal sealed class MissedEvents(EventTable events, int maxSteps)
{
    public Page<WebhookEvent> List(string? tenantId, string subscriptionId, DateTimeOffset since, string? after, int limit)
    {
        var items = new List<WebhookEvent>();
        EventRow? last = null;
        var steps = 0;
        for (var row = FindStart(tenantId, PageKey.Parse(after)); row is not null; row = row.NextOfTenant)
        {
            if (steps > maxSteps)
                return new Page<WebhookEvent>(items, PageKey.Of(last!).ToString());

            steps += 1 + row.Rows.Count;
            if (row.PublishedAt >= since && !row.IsAddressed && !row.HasDeliveryFor(subscriptionId))
            {
                if (items.Count == limit)
                    return new Page<WebhookEvent>(items, PageKey.Of(last!).ToString());
                items.Add(row.Event);
            }

            last = row;
        }

        return new Page<WebhookEvent>(items, null);
    }

    private EventRow? FindStart(string? tenantId, PageKey? after)
    {
        if (events.FindTenant(tenantId) is not { } tenant)
            return null;
        if (after is not { } key)
            return tenant.InOrder.First;
        if (tenant.ById.TryGetValue(key.Id, out var last) && last.Sequence == key.Sequence)
            return last.NextOfTenant;

        var row = tenant.InOrder.First;
        while (row is not null && row.Sequence <= key.Sequence)
            row = row.NextOfTenant;
        return row;
    }
}
