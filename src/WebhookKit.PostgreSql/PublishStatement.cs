using System.Runtime.InteropServices;
using WebhookKit.PostgreSql.Connections;
using WebhookKit.PostgreSql.Rows;
using WebhookKit.PostgreSql.Runs;
using WebhookKit.Stored;

namespace WebhookKit.PostgreSql;

/// <summary>Stores events with their deliveries by one statement, however many there are.</summary>
internal static class PublishStatement
{
    /// <remarks>
    /// The numbers are taken first, a group at a time, so that an event and its deliveries find each other by their place in the arrays and nothing
    /// has to be joined. An event that is stale, or there already, is left out with its deliveries; then the others have rows and no runs. The subscriptions are
    /// kept until this is stored, so that their deletion comes after it and finds the deliveries: a lock that only a deletion conflicts with. One
    /// that this statement still sees but that is gone once it is locked has been deleted meanwhile, and all has to be matched again.
    /// </remarks>
    private const string Statement = """
        WITH numbers AS MATERIALIZED (
            SELECT ARRAY(SELECT nextval('~.webhook_event_seq') FROM generate_series(0, (cardinality($1::text[]) - 1) / 512)) AS groups
        ), kept AS MATERIALIZED (
            SELECT id FROM ~.webhook_subscription WHERE id = ANY($24::text[]) ORDER BY id FOR KEY SHARE
        ), stored AS (
            INSERT INTO ~.webhook_event (partition, seq, id, tenant_id, type, occurred_at, occurred_offset, published_at, is_addressed, first_deliveries,
                kept_deliveries, content_type, ordering_key, attributes, trace_parent, data)
            SELECT i.partition, n.groups[((i.place - 1) / 512 + 1)::integer] * 512 + (i.place - 1) % 512, i.id, i.tenant_id, i.type, i.occurred_at, i.occurred_offset, i.published_at, i.is_addressed, i.deliveries,
                i.deliveries, i.content_type, i.ordering_key, i.attributes, i.trace_parent, i.data
            FROM numbers n, unnest($1::text[], $2::smallint[], $3::text[], $4::text[], $5::bigint[], $6::smallint[], $7::bigint[], $8::boolean[], $9::integer[],
                $10::text[], $11::text[], $12::text[], $13::text[], $14::bytea[], $15::bigint[], $16::boolean[])
                WITH ORDINALITY i (id, partition, tenant_id, type, occurred_at, occurred_offset, published_at, is_addressed, deliveries,
                    content_type, ordering_key, attributes, trace_parent, data, matched, all_tenants, place)
            WHERE CASE
                WHEN i.matched IS NULL THEN true
                WHEN (SELECT count(*) FROM kept) <> (SELECT count(*) FROM ~.webhook_subscription WHERE id = ANY($24::text[])) THEN false
                WHEN i.matched >= (SELECT change_number FROM ~.webhook_info) THEN true
                WHEN i.all_tenants OR i.matched < (SELECT forgotten_up_to FROM ~.webhook_info) THEN false
                ELSE NOT EXISTS (SELECT 1 FROM ~.webhook_subscription s WHERE s.tenant_id = i.tenant_id AND s.version > i.matched)
                    AND NOT EXISTS (SELECT 1 FROM ~.webhook_subscription_deleted s WHERE s.tenant_id = i.tenant_id AND s.version > i.matched)
            END
            ON CONFLICT (id, tenant_id, partition) DO NOTHING
            RETURNING seq
        ), whole AS MATERIALIZED (
            SELECT count(*) = cardinality($1::text[]) AS is_whole FROM stored
        ), added AS (
            INSERT INTO ~.webhook_delivery (partition, id, event_partition, event_seq, subscription_id, status, due_at, created_at, expires_at, attempt_count,
                schedule_base)
            SELECT d.partition, d.id, ($2::smallint[])[d.event + 1], n.groups[d.event / 512 + 1] * 512 + d.event % 512, d.subscription_id, 0, d.due_at, d.created_at,
                d.expires_at, 0, 0
            FROM numbers n, unnest(($17::integer[])[1:(SELECT CASE WHEN is_whole THEN $25::integer ELSE cardinality($17::integer[]) END FROM whole)],
                $18::smallint[], $19::uuid[], $20::text[], $21::bigint[], $22::bigint[], $23::bigint[])
                d (event, partition, id, subscription_id, due_at, created_at, expires_at)
            WHERE d.event IS NOT NULL
                AND ((SELECT is_whole FROM whole) OR (n.groups[d.event / 512 + 1] * 512 + d.event % 512 IN (SELECT seq FROM stored)) IS TRUE)
        ), run AS (
            INSERT INTO ~.webhook_run (partition, subscription_id, event_group, event_partition, first_id, last_id, due_at, places, pending_places, pending, members,
                outcomes)
            SELECT r.partition, r.subscription_id, n.groups[r.block + 1], r.event_partition, r.first_id, r.last_id, r.due_at, r.places, r.places, r.pending, r.members, ''
            FROM numbers n, unnest($26::smallint[], $27::text[], $28::integer[], $29::smallint[], $30::uuid[], $31::uuid[], $32::bigint[], $33::varbit[], $34::smallint[],
                $35::bytea[]) r (partition, subscription_id, block, event_partition, first_id, last_id, due_at, places, pending, members)
            WHERE (SELECT is_whole FROM whole)
        )
        SELECT n.groups, CASE WHEN w.is_whole THEN NULL ELSE ARRAY(SELECT seq FROM stored) END FROM numbers n, whole w
        """;

    /// <summary>Stores what can be.</summary>
    /// <returns>For each write, whether it was stored.</returns>
    public static async Task<bool[]> RunAsync(
        Session session, IReadOnlyList<EventWrite> writes, RunPlaces places, SequencedLanes sequenced, int partitionCount, int leastRun, bool isOwn,
        CancellationToken cancellationToken)
    {
        var plan = PublishPlan.Make(writes, partitionCount, isOwn ? leastRun : int.MaxValue, sequenced);
        var command = isOwn ? session.UseIndexed(Statement) : session.Use(Statement);
        AddEvents(command, writes, partitionCount);
        AddDeliveries(command, plan, partitionCount);
        AddRuns(command, plan.Runs);
        await using var reader = await command.ReadAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        var groups = reader.GetFieldValue<long[]>(0);
        if (!reader.IsDBNull(1))
        {
            HashSet<long> stored = [.. reader.GetFieldValue<long[]>(1)];
            return [.. writes.Select((_, i) => stored.Contains(EventNumber.Of(groups[i / EventNumber.GroupSize], i % EventNumber.GroupSize)))];
        }

        foreach (var run in plan.Runs) places.Add(run, groups[run.Block]);
        return [.. Enumerable.Repeat(true, writes.Count)];
    }

    private static void AddEvents(Command command, IReadOnlyList<EventWrite> writes, int partitionCount)
    {
        var tenants = Of(writes, static w => Columns.OfTenant(w.Event.TenantId));
        command.With(Of(writes, static w => w.Event.Id))
            .With(PartitionsOf(tenants, partitionCount))
            .With(tenants)
            .With(Of(writes, static w => w.Event.Type))
            .With(Of(writes, static w => Columns.OfTime(w.Event.OccurredAt)))
            .With(Of(writes, static w => (short)w.Event.OccurredAt.TotalOffsetMinutes))
            .With(Of(writes, static w => Columns.OfTime(w.PublishedAt)))
            .With(Of(writes, static w => w.IsAddressed))
            .With(Of(writes, static w => w.Deliveries.Count))
            .With(Of(writes, static w => w.Event.ContentType))
            .WithSparse(Of(writes, static w => w.Event.OrderingKey))
            .WithSparse(Of(writes, static w => w.Event.Attributes.Count == 0 ? null : StoredJson.OfMap(w.Event.Attributes)))
            .WithSparse(Of(writes, static w => w.Event.TraceParent))
            .With(Of(writes, static w => BytesOf(w.Event.Data)))
            .WithSparse(Of(writes, static w => w.SubscriptionVersion))
            .With(Of(writes, static w => w.AllTenants));
    }

    private static void AddDeliveries(Command command, PublishPlan plan, int partitionCount)
    {
        var deliveries = plan.Deliveries.ConvertAll(static d => d.Delivery);
        command.With(plan.Deliveries.ConvertAll(static d => d.Event).ToArray());
        DeliveryColumns.Add(command, deliveries, partitionCount)
            .With(deliveries.Select(static d => d.SubscriptionId).Distinct(StringComparer.Ordinal).ToArray())
            .With(plan.Rows);
    }

    private static void AddRuns(Command command, IReadOnlyList<NewRun> runs) => command
        .With(runs.Select(static r => r.Partition).ToArray())
        .With(runs.Select(static r => r.SubscriptionId).ToArray())
        .With(runs.Select(static r => r.Block).ToArray())
        .With(runs.Select(static r => r.EventPartition).ToArray())
        .With(runs.Select(static r => r.FirstId).ToArray())
        .With(runs.Select(static r => r.LastId).ToArray())
        .With(runs.Select(static r => r.DueAt).ToArray())
        .WithBits(runs.Select(static r => r.Places()).ToArray())
        .With(runs.Select(static r => (short)r.Members.Count).ToArray())
        .With(runs.Select(static r => RunBytes.OfMembers(r.Members)).ToArray());

    private static short[] PartitionsOf(string[] tenants, int partitionCount)
    {
        // Nearly always there is one tenant, or few in a row.
        var partitions = new short[tenants.Length];
        for (var i = 0; i < tenants.Length; i++)
        {
            partitions[i] = i > 0 && tenants[i] == tenants[i - 1]
                ? partitions[i - 1]
                : EventRows.PartitionOf(Columns.ToTenant(tenants[i]), partitionCount);
        }

        return partitions;
    }

    private static byte[] BytesOf(ReadOnlyMemory<byte> data) =>
        MemoryMarshal.TryGetArray(data, out var segment) && segment.Offset == 0 && segment.Array is { } array && segment.Count == array.Length ? array : data.ToArray();

    private static T[] Of<T>(IReadOnlyList<EventWrite> writes, Func<EventWrite, T> column)
    {
        var values = new T[writes.Count];
        for (var i = 0; i < values.Length; i++) values[i] = column(writes[i]);
        return values;
    }
}
