using Npgsql;
using WebhookKit.PostgreSql.Connections;
using WebhookKit.PostgreSql.Rows;
using WebhookKit.PostgreSql.Runs;
using WebhookKit.Stored;

namespace WebhookKit.PostgreSql;

internal sealed partial class PostgreSqlWebhookStore
{
    /// <summary>Goes from lane to lane by the index, so that the deliveries of a long one are passed over at once.</summary>
    private static readonly string SelectDueLanes =
        $"{SkipScan("~.webhook_delivery", "d.status = 0")} UNION ALL {SkipScan("~.webhook_run", "d.pending > 0")}";

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
    /// time, and the first so many are sorted. That has to be said: the index of events gives the order too, but past the deliveries of all lanes,
    /// also those that have ended. The data comes with those only that are asked for.
    /// </summary>
    private const string SelectInSequence = $"""
        SELECT {DeliveryRows.Names}, 1::bigint, d.event_seq, {EventRows.NamesWithoutData},
            CASE WHEN w.is_wanted AND count(*) FILTER (WHERE w.is_wanted) OVER (ORDER BY d.event_seq) <= $9 THEN e.data END, w.is_wanted
        FROM (
            SELECT * FROM (
                SELECT * FROM ~.webhook_delivery f
                WHERE f.partition = $1 AND f.subscription_id = $2 AND f.status = 0 AND f.event_seq > $3 AND f.event_seq < $8
                ORDER BY f.due_at, f.event_seq OFFSET 0
            ) f
            ORDER BY f.event_seq LIMIT $4
        ) d
        {DeliveryRows.JoinEvent}
        CROSS JOIN LATERAL (
            SELECT CASE WHEN e.ordering_key IS NULL THEN d.due_at <= $5 ELSE (e.ordering_key = ANY($6)) IS NOT TRUE END
                AND (d.id IN (SELECT unnest($7::uuid[]))) IS NOT TRUE AS is_wanted
            OFFSET 0
        ) w
        ORDER BY d.event_seq
        """;

    /// <summary>Not by their key, which would lead past all that have ended.</summary>
    private const string SelectFirstRun = """
        SELECT min(r.event_group) FROM (
            SELECT event_group FROM ~.webhook_run WHERE partition = $1 AND subscription_id = $2 AND pending > 0 ORDER BY due_at, event_group OFFSET 0
        ) r
        """;

    private const int PlaceColumn = DeliveryRows.Count;
    private const int SeqColumn = PlaceColumn + 1;
    private const int EventColumn = SeqColumn + 1;
    private const int DataColumn = EventColumn + EventRows.Count - 1;
    private const int WantedColumn = DataColumn + 1;

    /// <summary>How many more rows than asked for are sorted at once, where some of them may be left out.</summary>
    private const int SortReserve = 256;

    /// <summary>Up to here pending deliveries are counted; beyond, the planner's figures are taken.</summary>
    private const int MaxCounted = 10_000;

    /// <summary>How many runs become rows at once, where a lane is read in sequence or goes.</summary>
    private const int RunStep = 8;

    public async ValueTask<IReadOnlyList<LaneDue>> ListDueLanesAsync(IReadOnlyCollection<int> partitions, DateTimeOffset dueBy, CancellationToken cancellationToken)
    {
        var asked = CheckPartitions(partitions);
        return await Ready.RunAsync(
            async session =>
            {
                var due = await ListDueLanesAsync(session, asked, dueBy, cancellationToken);
                await Estimates.TryRenewAsync(session, cancellationToken);
                return due;
            },
            cancellationToken);
    }

    public async ValueTask<IReadOnlyList<IReadOnlyList<PendingDelivery>>> ReadAsync(IReadOnlyList<LaneRead> reads, CancellationToken cancellationToken)
    {
        var results = new IReadOnlyList<PendingDelivery>[reads.Count];
        LaneRead[] byDueTime = [.. reads.Where(static r => !r.InSequence)];
        var found = byDueTime.Length == 0 ? [] : await Ready.RunAsync(session => ReadAsync(session, byDueTime, cancellationToken), cancellationToken);
        for (int i = 0, next = 0; i < results.Length; i++)
            results[i] = reads[i].InSequence ? await ReadInSequenceAsync(reads[i], cancellationToken) : found[next++];
        return results;
    }

    public async ValueTask<QueueDepth> MeasureAsync(IReadOnlyCollection<int> partitions, CancellationToken cancellationToken)
    {
        var asked = CheckPartitions(partitions);
        return await Ready.RunAsync(session => MeasureAsync(session, asked, cancellationToken), cancellationToken);
    }

    private static string SkipScan(string table, string isPending) => $"""
        (WITH RECURSIVE lane AS (
            SELECT p.partition, l.subscription_id, l.due_at
            FROM unnest($1::smallint[]) p (partition) CROSS JOIN LATERAL (
                SELECT d.subscription_id, d.due_at FROM {table} d
                WHERE d.partition = p.partition AND {isPending}
                ORDER BY d.subscription_id, d.due_at LIMIT 1
            ) l
            UNION ALL
            SELECT l.partition, n.subscription_id, n.due_at
            FROM lane l CROSS JOIN LATERAL (
                SELECT d.subscription_id, d.due_at FROM {table} d
                WHERE d.partition = l.partition AND {isPending} AND d.subscription_id > l.subscription_id
                ORDER BY d.subscription_id, d.due_at LIMIT 1
            ) n
        )
        SELECT subscription_id, due_at FROM lane WHERE due_at <= $2)
        """;

    private static async Task<IReadOnlyList<LaneDue>> ListDueLanesAsync(Session session, short[] partitions, DateTimeOffset dueBy, CancellationToken cancellationToken)
    {
        var found = await session.UseIndexed(SelectDueLanes).With(partitions).With(Columns.OfTime(dueBy))
            .ListAsync(static r => new LaneDue(r.GetString(0), Columns.ToTime(r.GetInt64(1))), cancellationToken);

        // A lane may have rows and runs.
        return [.. found.GroupBy(static l => l.SubscriptionId, StringComparer.Ordinal).Select(static g => g.MinBy(static l => l.DueAt))];
    }

    private async Task<IReadOnlyList<PendingDelivery>[]> ReadAsync(Session session, LaneRead[] reads, CancellationToken cancellationToken)
    {
        var results = new List<DueItem>[reads.Length];
        for (var i = 0; i < results.Length; i++) results[i] = [];

        // An event with many deliveries is held once.
        var events = new Dictionary<long, WebhookEvent>();
        await ReadDueAsync(session, reads, events, results, cancellationToken);
        await RunReads.AddDueAsync(session, PartitionOf, reads, results, events, _places, cancellationToken);
        return Array.ConvertAll(results, IReadOnlyList<PendingDelivery> (items) => items.ConvertAll(i => i.ToPending(events[i.EventSeq])));
    }

    /// <summary>Reads a lane in sequence. Its first runs become rows, as many as are needed.</summary>
    private async Task<IReadOnlyList<PendingDelivery>> ReadInSequenceAsync(LaneRead read, CancellationToken cancellationToken)
    {
        _sequenced.Add(read.SubscriptionId);
        var events = new Dictionary<long, WebhookEvent>();
        List<DueItem> found = [];
        var after = -1L;
        for (long? firstRun = -1; firstRun is not null && found.Count < read.Limit;)
        {
            firstRun = await Ready.RunAsync(session => FindFirstRunAsync(session, read.SubscriptionId, cancellationToken), cancellationToken);
            var before = firstRun is { } group ? EventNumber.Of(group, 0) : long.MaxValue;
            after = await Ready.RunAsync(session => ReadInSequenceAsync(session, read, after, before, events, found, cancellationToken), cancellationToken);

            // A run that has come meanwhile may stand before a row that has come after it.
            if (await Ready.RunAsync(session => FindFirstRunAsync(session, read.SubscriptionId, cancellationToken), cancellationToken) is { } latest
                && EventNumber.Of(latest, 0) is var bound && bound < before)
            {
                firstRun = latest;
                after = Math.Min(after, bound - 1);
                found.RemoveAll(item => item.EventSeq >= bound);
            }

            if (firstRun is not null && found.Count < read.Limit)
            {
                await Ready.TransactAsync(
                    session => RunMoves.MoveFirstAsync(session, _places, PartitionOf(read.SubscriptionId), read.SubscriptionId, RunStep, cancellationToken), cancellationToken);
            }
        }

        return found.ConvertAll(i => i.ToPending(events[i.EventSeq]));
    }

    private Task<long?> FindFirstRunAsync(Session session, string subscriptionId, CancellationToken cancellationToken) => session
        .UseIndexed(SelectFirstRun)
        .With((short?)PartitionOf(subscriptionId)).With(subscriptionId).ScalarAsync<long?>(cancellationToken);

    /// <summary>Reads all lanes that want their deliveries by due time, by one statement.</summary>
    private async Task ReadDueAsync(
        Session session, LaneRead[] reads, Dictionary<long, WebhookEvent> events, List<DueItem>[] results, CancellationToken cancellationToken)
    {
        await using var rows = await session.UseIndexed(SelectDue)
            .With(Array.ConvertAll(reads, r => PartitionOf(r.SubscriptionId)))
            .With(Array.ConvertAll(reads, static r => r.SubscriptionId))
            .With(Array.ConvertAll(reads, static r => Math.Max(r.Limit, 0)))
            .With(reads.SelectMany(static r => r.Held ?? (IEnumerable<Guid>)[]).ToArray())
            .With(Array.ConvertAll(reads, static r => Columns.OfTime(r.DueFrom ?? DateTimeOffset.MinValue)))
            .ReadAsync(cancellationToken);
        while (await rows.ReadAsync(cancellationToken)) results[rows.GetInt64(PlaceColumn) - 1].Add(Read(rows, events));
    }

    /// <summary>Reads the rows of a lane whose events come after one and before another.</summary>
    /// <returns>After which to go on.</returns>
    private async Task<long> ReadInSequenceAsync(
        Session session, LaneRead read, long after, long before, Dictionary<long, WebhookEvent> events, List<DueItem> found, CancellationToken cancellationToken)
    {
        Guid[] held = [.. read.Held ?? (IEnumerable<Guid>)[]];
        string[] keys = [.. read.WithoutKeys ?? []];
        var leavesOut = keys.Length > 0 || read.KeylessDueBy is not null;
        var size = Math.Max(read.Limit, 0) + held.Length + (leavesOut ? SortReserve : 0);
        var isMore = true;
        while (isMore && found.Count < read.Limit)
        {
            await using var rows = await session.UseIndexed(SelectInSequence)
                .With((short?)PartitionOf(read.SubscriptionId))
                .With(read.SubscriptionId)
                .With(after)
                .With(size)
                .With(Columns.OfTime(read.KeylessDueBy ?? DateTimeOffset.MaxValue))
                .With(keys)
                .With(held)
                .With(before)
                .With(read.Limit - found.Count)
                .ReadAsync(cancellationToken);
            var seen = 0;
            for (; found.Count < read.Limit && await rows.ReadAsync(cancellationToken); seen++)
            {
                after = rows.GetInt64(SeqColumn);
                if (rows.GetBoolean(WantedColumn)) found.Add(Read(rows, events));
            }

            isMore = seen == size;
        }

        return after;
    }

    private static DueItem Read(NpgsqlDataReader row, Dictionary<long, WebhookEvent> events)
    {
        var seq = row.GetInt64(SeqColumn);
        if (!events.TryGetValue(seq, out var webhookEvent))
        {
            webhookEvent = EventRows.Read(row, EventColumn);
            events.Add(seq, webhookEvent);
        }

        var delivery = DeliveryRows.Read(row, webhookEvent.Id, webhookEvent.Type, webhookEvent.TenantId);
        return new DueItem(Columns.OfTime(delivery.DueAt), seq, null, default, delivery);
    }

    private async Task<QueueDepth> MeasureAsync(Session session, short[] partitions, CancellationToken cancellationToken)
    {
        var lanes = await ListDueLanesAsync(session, partitions, DateTimeOffset.MaxValue, cancellationToken);
        if (lanes.Count == 0) return new QueueDepth(0, null);
        var counted = await session
            .UseIndexed("SELECT count(*) FROM (SELECT 1 FROM ~.webhook_delivery WHERE partition = ANY($1) AND status = 0 LIMIT $2) d")
            .With(partitions).With(MaxCounted).ScalarAsync<long>(cancellationToken);
        counted += await session
            .UseIndexed("SELECT coalesce(sum(pending), 0)::bigint FROM (SELECT pending FROM ~.webhook_run WHERE partition = ANY($1) AND pending > 0 LIMIT $2) r")
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
