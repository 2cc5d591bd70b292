using WebhookKit.Sqlite.Connections;
using WebhookKit.Sqlite.Rows;
using WebhookKit.Stored;

namespace WebhookKit.Sqlite;

internal sealed partial class SqliteWebhookStore
{
    private const string SelectDue = $"""
        SELECT {DeliveryRows.Names}, d.event_seq, {EventRows.Names}
        FROM webhook_delivery d INDEXED BY webhook_delivery_due JOIN webhook_event e ON e.seq = d.event_seq
        WHERE d.subscription_id = ?1 AND d.status = 0 AND d.due_at >= ?2
        ORDER BY d.due_at, d.event_seq
        """;

    /// <summary>
    /// There is no index for this order, which few lanes ask for: the pending deliveries of the lane are looked through in the index by due
    /// time, and the first so many are sorted.
    /// </summary>
    private const string SelectInSequence = $"""
        SELECT {DeliveryRows.Names}, d.event_seq, {EventRows.Names},
            CASE WHEN e.ordering_key IS NULL THEN d.due_at <= ?4 ELSE ?5 IS NULL OR e.ordering_key NOT IN (SELECT value FROM json_each(?5)) END
        FROM (
            SELECT event_seq FROM webhook_delivery INDEXED BY webhook_delivery_due
            WHERE subscription_id = ?1 AND status = 0 AND event_seq > ?2
            ORDER BY event_seq LIMIT ?3
        ) p
        CROSS JOIN webhook_delivery d ON d.event_seq = p.event_seq AND d.subscription_id = ?1
        CROSS JOIN webhook_event e ON e.seq = d.event_seq
        """;

    /// <summary>Where <see cref="SelectInSequence"/> says whether a row is asked for: after the delivery, its number and the event.</summary>
    private const int WantedColumn = DeliveryRows.Count + 1 + EventRows.Count;

    /// <summary>How many more rows than asked for are sorted at once, since some of them may be left out.</summary>
    private const int SortReserve = 256;

    public async ValueTask<IReadOnlyList<LaneDue>> ListDueLanesAsync(IReadOnlyCollection<int> partitions, DateTimeOffset dueBy, CancellationToken cancellationToken)
    {
        CheckPartitions(partitions);
        return await ReadAsync(session => ListDueLanes(session, [.. partitions], dueBy), cancellationToken);
    }

    public async ValueTask<IReadOnlyList<IReadOnlyList<PendingDelivery>>> ReadAsync(IReadOnlyList<LaneRead> reads, CancellationToken cancellationToken) =>
        await ReadAsync(session => Read(session, reads), cancellationToken);

    public async ValueTask<QueueDepth> MeasureAsync(IReadOnlyCollection<int> partitions, CancellationToken cancellationToken)
    {
        CheckPartitions(partitions);
        return await ReadAsync(session => Measure(session, [.. partitions]), cancellationToken);
    }

    /// <summary>Goes from lane to lane by the index, so that the deliveries of a long one are passed over at once.</summary>
    private List<LaneDue> ListDueLanes(SqliteSession session, HashSet<int> partitions, DateTimeOffset dueBy)
    {
        List<LaneDue> lanes = [];
        for (var last = ""; ;)
        {
            using var statement = session.Use("""
                SELECT subscription_id, due_at FROM webhook_delivery INDEXED BY webhook_delivery_due
                WHERE status = 0 AND subscription_id > ?1
                ORDER BY subscription_id, due_at LIMIT 1
                """);
            if (!statement.Bind(1, last).Step()) return lanes;
            last = statement.Text(0);
            var dueAt = Columns.ToTime(statement.Long(1));
            if (dueAt <= dueBy && partitions.Contains(Partitioner.GetPartition(last, _partitionCount))) lanes.Add(new LaneDue(last, dueAt));
        }
    }

    private static List<PendingDelivery>[] Read(SqliteSession session, IReadOnlyList<LaneRead> reads)
    {
        // An event with many deliveries is held once.
        var events = new Dictionary<long, WebhookEvent>();
        var results = new List<PendingDelivery>[reads.Count];
        for (var i = 0; i < results.Length; i++) results[i] = Read(session, reads[i], events);
        return results;
    }

    private static List<PendingDelivery> Read(SqliteSession session, in LaneRead read, Dictionary<long, WebhookEvent> events)
    {
        List<PendingDelivery> found = [];
        if (read.InSequence)
        {
            ReadInSequence(session, read, events, found);
            return found;
        }

        using var rows = session.Use(SelectDue);
        rows.Bind(1, read.SubscriptionId).Bind(2, Columns.OfTime(read.DueFrom ?? DateTimeOffset.MinValue));
        while (found.Count < read.Limit && rows.Step())
        {
            if (read.Held?.Contains(rows.Guid(0)) != true) found.Add(Read(rows, read.SubscriptionId, events));
        }

        return found;
    }

    private static void ReadInSequence(SqliteSession session, in LaneRead read, Dictionary<long, WebhookEvent> events, List<PendingDelivery> found)
    {
        var keys = read.WithoutKeys is { Count: > 0 } some ? StoredJson.OfList([.. some]) : null;
        var size = Math.Max(read.Limit, 0) + (read.Held?.Count ?? 0) + SortReserve;
        var isMore = true;
        for (long last = -1; isMore && found.Count < read.Limit;)
        {
            using var rows = session.Use(SelectInSequence);
            rows.Bind(1, read.SubscriptionId).Bind(2, last).Bind(3, size).Bind(4, Columns.OfTime(read.KeylessDueBy ?? DateTimeOffset.MaxValue)).Bind(5, keys);
            var seen = 0;
            for (; found.Count < read.Limit && rows.Step(); seen++)
            {
                last = rows.Long(DeliveryRows.Count);
                if (rows.Long(WantedColumn) != 0 && read.Held?.Contains(rows.Guid(0)) != true) found.Add(Read(rows, read.SubscriptionId, events));
            }

            isMore = seen == size;
        }
    }

    private static PendingDelivery Read(Statement row, string subscriptionId, Dictionary<long, WebhookEvent> events)
    {
        var seq = row.Long(DeliveryRows.Count);
        if (!events.TryGetValue(seq, out var webhookEvent))
        {
            webhookEvent = EventRows.Read(row, DeliveryRows.Count + 1);
            events.Add(seq, webhookEvent);
        }

        return new PendingDelivery(DeliveryRows.Read(row, webhookEvent.Id, webhookEvent.Type, webhookEvent.TenantId, subscriptionId), webhookEvent);
    }

    private QueueDepth Measure(SqliteSession session, HashSet<int> partitions)
    {
        using var statement = session.Use("""
            SELECT subscription_id, count(*), min(due_at) FROM webhook_delivery INDEXED BY webhook_delivery_due WHERE status = 0 GROUP BY subscription_id
            """);
        var pending = 0L;
        var oldest = long.MaxValue;
        while (statement.Step())
        {
            if (!partitions.Contains(Partitioner.GetPartition(statement.Text(0), _partitionCount))) continue;
            pending += statement.Long(1);
            oldest = Math.Min(oldest, statement.Long(2));
        }

        return new QueueDepth(pending, pending == 0 ? null : Columns.ToTime(oldest));
    }
}
