using WebhookKit.PostgreSql.Connections;
using WebhookKit.PostgreSql.Rows;
using WebhookKit.Stored;

namespace WebhookKit.PostgreSql;

/// <summary>Lists the events that a subscription has no delivery of. One call looks at a bounded number of events.</summary>
internal static class MissedEvents
{
    /// <summary>
    /// The events of a tenant are in one partition, in the order in which they were stored. The inner part, of so many, is read no further than the outer
    /// one needs, and brings the data of no others. With EXISTS the server might read all deliveries of a partition first.
    /// </summary>
    private const string Select = $"""
        SELECT {EventRows.Names}, e.seq
        FROM (
            SELECT f.*,
                f.tenant_id = $3 AND f.published_at >= $4 AND NOT f.is_addressed
                AND (
                    SELECT 1 FROM ~.webhook_delivery d WHERE d.event_seq >= f.seq AND d.event_seq <= f.seq AND d.subscription_id = $5 AND d.partition = $6
                    ORDER BY d.event_seq LIMIT 1) IS NULL
                AND (
                    SELECT 1 FROM ~.webhook_delivery_removed r WHERE r.event_seq >= f.seq AND r.event_seq <= f.seq AND r.subscription_id = $5 AND r.partition = $6
                    ORDER BY r.event_seq LIMIT 1) IS NULL
                AND (
                    SELECT 1 FROM ~.webhook_run r
                    WHERE r.partition = $6 AND r.subscription_id = $5 AND r.event_group >= f.seq / 512 AND r.event_group <= f.seq / 512
                        AND get_bit(r.places, (f.seq % 512)::integer) = 1
                    ORDER BY r.event_group LIMIT 1) IS NULL
                AS is_missed
            FROM ~.webhook_event f WHERE f.partition = $1 AND f.seq > $2 ORDER BY f.seq LIMIT $7
        ) e
        WHERE e.is_missed ORDER BY e.seq LIMIT $8
        """;

    /// <summary>The last event that may be looked at, and the one behind it.</summary>
    private const string SelectEnd = "SELECT seq FROM ~.webhook_event WHERE partition = $1 AND seq > $2 ORDER BY seq OFFSET $3 - 1 LIMIT 2";

    private const int SeqColumn = EventRows.Count;

    /// <summary>How far apart the order of storing and that of publishing can lie: longer than any write waits for the server.</summary>
    private static readonly TimeSpan Slack = TimeSpan.FromMinutes(15);

    public static async Task<Page<WebhookEvent>> ListAsync(
        Session session, short eventPartition, short partition, string? tenantId, string subscriptionId, DateTimeOffset since, string? after, int limit, int maxSteps,
        CancellationToken cancellationToken)
    {
        var last = PageKey.ParseEvent(after) ?? await FindFirstSinceAsync(session, eventPartition, since, cancellationToken) - 1;
        var found = await session.UseIndexed(Select)
            .With((short?)eventPartition)
            .With(last)
            .With(Columns.OfTenant(tenantId))
            .With(Columns.OfTime(since))
            .With(subscriptionId)
            .With((short?)partition)
            .With(maxSteps)
            .With(limit + 1)
            .ListAsync(static r => (Event: EventRows.Read(r, 0), Seq: r.GetInt64(SeqColumn)), cancellationToken);
        if (found.Count > limit) return new Page<WebhookEvent>([.. found.Take(limit).Select(static f => f.Event)], PageKey.Of(found[limit - 1].Seq));

        var end = await session.UseIndexed(SelectEnd).With((short?)eventPartition).With(last).With(maxSteps).ListAsync(static r => r.GetInt64(0), cancellationToken);
        return new Page<WebhookEvent>(found.ConvertAll(static f => f.Event), end.Count > 1 ? PageKey.Of(end[0]) : null);
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
