using WebhookKit.Sqlite.Connections;
using WebhookKit.Sqlite.Rows;
using WebhookKit.Sqlite.Runs;
using WebhookKit.Stored;

namespace WebhookKit.Sqlite;

/// <summary>Lists the events that a subscription has no delivery of. One call looks at a bounded number of events.</summary>
internal static class MissedEvents
{
    private const string Select = $"""
        SELECT {EventRows.Names}, e.seq,
            e.tenant_id = ?2 AND e.published_at >= ?3 AND NOT e.is_addressed
            AND NOT EXISTS (SELECT 1 FROM webhook_delivery d WHERE d.event_seq = e.seq AND d.subscription_id = ?4)
            AND NOT EXISTS (SELECT 1 FROM webhook_delivery_removed r WHERE r.event_seq = e.seq AND r.subscription_id = ?4)
        FROM webhook_event e WHERE e.seq > ?1 ORDER BY e.seq
        """;

    private const int SeqColumn = EventRows.Count;

    public static Page<WebhookEvent> List(
        SqliteSession session, string? tenantId, string subscriptionId, DateTimeOffset since, string? after, int limit, int maxSteps)
    {
        var last = PageKey.ParseEvent(after) ?? EventRows.FindFirstSince(session, since) - 1;
        using var rows = session.Use(Select);
        rows.Bind(1, last).Bind(2, Columns.OfTenant(tenantId)).Bind(3, Columns.OfTime(since)).Bind(4, subscriptionId);
        List<WebhookEvent> items = [];
        var inRuns = new EventsInRuns(session, subscriptionId);
        for (var steps = 0; rows.Step(); steps++)
        {
            var isMissed = rows.Long(SeqColumn + 1) != 0 && !inRuns.Contains(rows.Long(SeqColumn));
            if (steps >= maxSteps || (isMissed && items.Count == limit)) return new Page<WebhookEvent>(items, PageKey.Of(last));
            if (isMissed) items.Add(EventRows.Read(rows, 0));
            last = rows.Long(SeqColumn);
        }

        return new Page<WebhookEvent>(items, null);
    }
}
