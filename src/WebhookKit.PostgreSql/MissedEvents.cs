using WebhookKit.PostgreSql.Connections;
using WebhookKit.PostgreSql.Rows;
using WebhookKit.Stored;

namespace WebhookKit.PostgreSql;

/// <summary>Lists the events that a subscription has no delivery of. One call looks at a bounded number of events.</summary>
internal static class MissedEvents
{
    /// <summary>The events of a tenant are in one partition, in the order in which they were stored.</summary>
    private const string Select = $"""
        SELECT {EventRows.Names}, e.seq,
            e.tenant_id = $3 AND e.published_at >= $4 AND NOT e.is_addressed
            AND NOT EXISTS (SELECT 1 FROM ~.webhook_delivery d WHERE d.event_seq = e.seq AND d.subscription_id = $5 AND d.partition = $6)
            AND NOT EXISTS (SELECT 1 FROM ~.webhook_delivery_removed r WHERE r.event_seq = e.seq AND r.subscription_id = $5 AND r.partition = $6)
            AND NOT EXISTS (
                SELECT 1 FROM ~.webhook_run r
                WHERE r.partition = $6 AND r.subscription_id = $5 AND r.event_group = e.seq / 512 AND get_bit(r.places, (e.seq % 512)::integer) = 1)
        FROM ~.webhook_event e WHERE e.partition = $1 AND e.seq > $2 ORDER BY e.seq LIMIT $7
        """;

    private const int SeqColumn = EventRows.Count;

    /// <summary>How far apart the order of storing and that of publishing can lie: longer than any write waits for the server.</summary>
    private static readonly TimeSpan Slack = TimeSpan.FromMinutes(15);

    public static async Task<Page<WebhookEvent>> ListAsync(
        Session session, short eventPartition, short partition, string? tenantId, string subscriptionId, DateTimeOffset since, string? after, int limit, int maxSteps,
        CancellationToken cancellationToken)
    {
        var last = PageKey.ParseEvent(after) ?? await FindFirstSinceAsync(session, eventPartition, since, cancellationToken) - 1;
        await using var rows = await session.UseIndexed(Select)
            .With((short?)eventPartition)
            .With(last)
            .With(Columns.OfTenant(tenantId))
            .With(Columns.OfTime(since))
            .With(subscriptionId)
            .With((short?)partition)
            .With(maxSteps + 1)
            .ReadAsync(cancellationToken);
        List<WebhookEvent> items = [];
        for (var steps = 0; await rows.ReadAsync(cancellationToken); steps++)
        {
            var isMissed = rows.GetBoolean(SeqColumn + 1);
            if (steps >= maxSteps || (isMissed && items.Count == limit)) return new Page<WebhookEvent>(items, PageKey.Of(last));
            if (isMissed) items.Add(EventRows.Read(rows, 0));
            last = rows.GetInt64(SeqColumn);
        }

        return new Page<WebhookEvent>(items, null);
    }

    /// <summary>
    /// The first event that may have been published at a time or later: events are stored nearly, but not quite, in the order in which they
    /// are published, so the search begins earlier than the time says.
    /// </summary>
    private static async Task<long> FindFirstSinceAsync(Session session, short partition, DateTimeOffset since, CancellationToken cancellationToken)
    {
        var time = since < DateTimeOffset.MinValue + Slack ? 0 : Columns.OfTime(since - Slack);
        var bounds = await session.UseIndexed("""
            SELECT coalesce((SELECT seq FROM ~.webhook_event WHERE partition = $1 ORDER BY seq LIMIT 1), 0),
                coalesce((SELECT seq FROM ~.webhook_event WHERE partition = $1 ORDER BY seq DESC LIMIT 1), 0)
            """).With((short?)partition).ListAsync(static r => (r.GetInt64(0), r.GetInt64(1)), cancellationToken);
        var (low, high) = (bounds[0].Item1, bounds[0].Item2 + 1);
        while (low < high)
        {
            var middle = low + ((high - low) / 2);
            var found = await session.UseIndexed("SELECT published_at FROM ~.webhook_event WHERE partition = $1 AND seq >= $2 ORDER BY seq LIMIT 1")
                .With((short?)partition).With(middle).ScalarAsync<long?>(cancellationToken);
            if (found < time) low = middle + 1;
            else high = middle;
        }

        return low;
    }
}
