using Npgsql;
using WebhookKit.PostgreSql.Connections;
using WebhookKit.PostgreSql.Rows;
using WebhookKit.Stored;

namespace WebhookKit.PostgreSql;

internal sealed partial class PostgreSqlWebhookStore
{
    /// <summary>Goes from lane to lane by the index, so that the deliveries of a long one are passed over at once.</summary>
    private const string SelectDueLanes = """
        WITH RECURSIVE lane AS (
            SELECT p.partition, l.subscription_id, l.due_at
            FROM unnest($1::smallint[]) p (partition) CROSS JOIN LATERAL (
                SELECT d.subscription_id, d.due_at FROM ~.webhook_delivery d
                WHERE d.partition = p.partition AND d.status = 0
                ORDER BY d.subscription_id, d.due_at LIMIT 1
            ) l
            UNION ALL
            SELECT l.partition, n.subscription_id, n.due_at
            FROM lane l CROSS JOIN LATERAL (
                SELECT d.subscription_id, d.due_at FROM ~.webhook_delivery d
                WHERE d.partition = l.partition AND d.status = 0 AND d.subscription_id > l.subscription_id
                ORDER BY d.subscription_id, d.due_at LIMIT 1
            ) n
        )
        SELECT subscription_id, due_at FROM lane WHERE due_at <= $2
        """;

    /// <summary>The data of an event that has many deliveries comes with the first of them only.</summary>
    private const string SelectDue = $"""
        SELECT {DeliveryRows.Names}, r.place, d.event_seq, {EventRows.NamesWithoutData},
            CASE WHEN row_number() OVER (PARTITION BY d.event_seq ORDER BY r.place) = 1 THEN e.data END
        FROM unnest($1::smallint[], $2::text[], $3::integer[], $5::bigint[]) WITH ORDINALITY r (partition, subscription_id, take, due_from, place)
        CROSS JOIN LATERAL (
            SELECT * FROM ~.webhook_delivery d
            WHERE d.partition = r.partition AND d.subscription_id = r.subscription_id AND d.status = 0 AND d.due_at >= r.due_from
                AND (d.id IN (SELECT unnest($4::uuid[]))) IS NOT TRUE
            ORDER BY d.due_at, d.event_seq LIMIT r.take
        ) d
        {DeliveryRows.JoinEvent}
        ORDER BY r.place, d.due_at, d.event_seq
        """;

    /// <summary>
    /// There is no index for this order, which few lanes ask for: the pending deliveries of the lane are looked through in the index by due
    /// time, and the first so many are sorted.
    /// </summary>
    private const string SelectInSequence = $"""
        SELECT {DeliveryRows.Names}, 1::bigint, d.event_seq, {EventRows.NamesWithoutData}, e.data,
            CASE WHEN e.ordering_key IS NULL THEN d.due_at <= $5 ELSE (e.ordering_key = ANY($6)) IS NOT TRUE END
                AND (d.id IN (SELECT unnest($7::uuid[]))) IS NOT TRUE
        FROM (
            SELECT * FROM ~.webhook_delivery d
            WHERE d.partition = $1 AND d.subscription_id = $2 AND d.status = 0 AND d.event_seq > $3
            ORDER BY d.event_seq LIMIT $4
        ) d
        {DeliveryRows.JoinEvent}
        ORDER BY d.event_seq
        """;

    private const int PlaceColumn = DeliveryRows.Count;
    private const int SeqColumn = PlaceColumn + 1;
    private const int EventColumn = SeqColumn + 1;
    private const int DataColumn = EventColumn + EventRows.Count - 1;
    private const int WantedColumn = DataColumn + 1;

    /// <summary>How many more rows than asked for are sorted at once, since some of them may be left out.</summary>
    private const int SortReserve = 256;

    /// <summary>Up to here pending deliveries are counted; beyond, the planner's figures are taken.</summary>
    private const int MaxCounted = 10_000;

    public async ValueTask<IReadOnlyList<LaneDue>> ListDueLanesAsync(IReadOnlyCollection<int> partitions, DateTimeOffset dueBy, CancellationToken cancellationToken)
    {
        var asked = CheckPartitions(partitions);
        return await Ready.RunAsync(session => ListDueLanesAsync(session, asked, dueBy, cancellationToken), cancellationToken);
    }

    public async ValueTask<IReadOnlyList<IReadOnlyList<PendingDelivery>>> ReadAsync(IReadOnlyList<LaneRead> reads, CancellationToken cancellationToken) =>
        await Ready.RunAsync(session => ReadAsync(session, reads, cancellationToken), cancellationToken);

    public async ValueTask<QueueDepth> MeasureAsync(IReadOnlyCollection<int> partitions, CancellationToken cancellationToken)
    {
        var asked = CheckPartitions(partitions);
        return await Ready.RunAsync(session => MeasureAsync(session, asked, cancellationToken), cancellationToken);
    }

    private static Task<List<LaneDue>> ListDueLanesAsync(Session session, short[] partitions, DateTimeOffset dueBy, CancellationToken cancellationToken) => session
        .UseIndexed(SelectDueLanes)
        .With(partitions)
        .With(Columns.OfTime(dueBy))
        .ListAsync(static r => new LaneDue(r.GetString(0), Columns.ToTime(r.GetInt64(1))), cancellationToken);

    private async Task<IReadOnlyList<IReadOnlyList<PendingDelivery>>> ReadAsync(Session session, IReadOnlyList<LaneRead> reads, CancellationToken cancellationToken)
    {
        var results = new List<PendingDelivery>[reads.Count];
        for (var i = 0; i < results.Length; i++) results[i] = [];

        // An event with many deliveries is held once.
        var events = new Dictionary<long, WebhookEvent>();
        await ReadDueAsync(session, reads, events, results, cancellationToken);
        for (var i = 0; i < results.Length; i++)
        {
            if (reads[i].InSequence) await ReadInSequenceAsync(session, reads[i], events, results[i], cancellationToken);
        }

        return results;
    }

    /// <summary>Reads all lanes that want their deliveries by due time, by one statement.</summary>
    private async Task ReadDueAsync(
        Session session, IReadOnlyList<LaneRead> reads, Dictionary<long, WebhookEvent> events, List<PendingDelivery>[] results, CancellationToken cancellationToken)
    {
        int[] places = [.. Enumerable.Range(0, reads.Count).Where(i => !reads[i].InSequence)];
        if (places.Length == 0) return;
        await using var rows = await session.UseIndexed(SelectDue)
            .With(Array.ConvertAll(places, i => PartitionOf(reads[i].SubscriptionId)))
            .With(Array.ConvertAll(places, i => reads[i].SubscriptionId))
            .With(Array.ConvertAll(places, i => Math.Max(reads[i].Limit, 0)))
            .With(places.SelectMany(i => reads[i].Held ?? (IEnumerable<Guid>)[]).ToArray())
            .With(Array.ConvertAll(places, i => Columns.OfTime(reads[i].DueFrom ?? DateTimeOffset.MinValue)))
            .ReadAsync(cancellationToken);
        while (await rows.ReadAsync(cancellationToken)) results[places[rows.GetInt64(PlaceColumn) - 1]].Add(Read(rows, events));
    }

    private async Task ReadInSequenceAsync(
        Session session, LaneRead read, Dictionary<long, WebhookEvent> events, List<PendingDelivery> found, CancellationToken cancellationToken)
    {
        Guid[] held = [.. read.Held ?? (IEnumerable<Guid>)[]];
        string[] keys = [.. read.WithoutKeys ?? []];
        var size = Math.Max(read.Limit, 0) + held.Length + SortReserve;
        var isMore = true;
        for (long last = -1; isMore && found.Count < read.Limit;)
        {
            await using var rows = await session.UseIndexed(SelectInSequence)
                .With((short?)PartitionOf(read.SubscriptionId))
                .With(read.SubscriptionId)
                .With(last)
                .With(size)
                .With(Columns.OfTime(read.KeylessDueBy ?? DateTimeOffset.MaxValue))
                .With(keys)
                .With(held)
                .ReadAsync(cancellationToken);
            var seen = 0;
            for (; found.Count < read.Limit && await rows.ReadAsync(cancellationToken); seen++)
            {
                last = rows.GetInt64(SeqColumn);
                if (rows.GetBoolean(WantedColumn)) found.Add(Read(rows, events));
            }

            isMore = seen == size;
        }
    }

    private static PendingDelivery Read(NpgsqlDataReader row, Dictionary<long, WebhookEvent> events)
    {
        var seq = row.GetInt64(SeqColumn);
        if (!events.TryGetValue(seq, out var webhookEvent))
        {
            webhookEvent = EventRows.Read(row, EventColumn);
            events.Add(seq, webhookEvent);
        }

        return new PendingDelivery(DeliveryRows.Read(row, webhookEvent.Id, webhookEvent.Type, webhookEvent.TenantId), webhookEvent);
    }

    private async Task<QueueDepth> MeasureAsync(Session session, short[] partitions, CancellationToken cancellationToken)
    {
        var lanes = await ListDueLanesAsync(session, partitions, DateTimeOffset.MaxValue, cancellationToken);
        if (lanes.Count == 0) return new QueueDepth(0, null);
        var counted = await session
            .UseIndexed("SELECT count(*) FROM (SELECT 1 FROM ~.webhook_delivery WHERE partition = ANY($1) AND status = 0 LIMIT $2) d")
            .With(partitions).With(MaxCounted).ScalarAsync<long>(cancellationToken);
        return new QueueDepth(counted < MaxCounted ? counted : Math.Max(counted, await EstimateAsync(session, partitions, cancellationToken)), lanes.Min(l => l.DueAt));
    }

    /// <summary>How many there may be, as the last vacuum or analyze saw it: the index holds pending ones only.</summary>
    private async Task<long> EstimateAsync(Session session, short[] partitions, CancellationToken cancellationToken)
    {
        var all = await session.Use("SELECT reltuples::float8 FROM pg_catalog.pg_class WHERE oid = to_regclass($1)")
            .With(_database.Schema.Replace("~.webhook_delivery_due")).ScalarAsync<double>(cancellationToken);
        return (long)(Math.Max(all, 0) * partitions.Length / _partitionCount);
    }
}
