using System.Runtime.InteropServices;
using WebhookKit.PostgreSql.Connections;
using WebhookKit.PostgreSql.Rows;
using WebhookKit.PostgreSql.Runs;
using WebhookKit.Stored;

namespace WebhookKit.PostgreSql;

/// <summary>Stores events with their deliveries by one statement, however many there are.</summary>
/// <remarks>
/// The numbers are taken first, a group at a time, so that an event and its deliveries find each other by their place in the arrays and nothing
/// has to be joined. The subscriptions are kept until all is stored, so that their deletion comes after it and finds the deliveries: a lock that only a deletion
/// conflicts with. One that the statement still sees but that is gone once it is locked has been deleted meanwhile, and all has to be matched again.
/// </remarks>
internal static class PublishStatement
{
    private const string Beginning = """
        WITH numbers AS MATERIALIZED (
            SELECT ARRAY(SELECT nextval('~.webhook_event_seq') FROM generate_series(0, (cardinality($1::text[]) - 1) / 512)) AS groups
        ), kept AS MATERIALIZED (
            SELECT id FROM ~.webhook_subscription WHERE id = ANY($22::text[]) ORDER BY id FOR KEY SHARE
        )
        """;

    /// <summary>Whether nothing has changed since the one named i was matched.</summary>
    private const string IsFresh = """
        CASE
            WHEN i.matched IS NULL THEN true
            WHEN (SELECT count(*) FROM kept) < cardinality($22::text[]) AND (SELECT count(*) FROM kept) <> (SELECT count(*) FROM ~.webhook_subscription WHERE id = ANY($22::text[])) THEN false
            WHEN i.matched >= (SELECT change_number FROM ~.webhook_info) THEN true
            WHEN i.all_tenants OR i.matched < (SELECT forgotten_up_to FROM ~.webhook_info) THEN false
            ELSE NOT EXISTS (SELECT 1 FROM ~.webhook_subscription s WHERE s.tenant_id = i.tenant_id AND s.version > i.matched)
                AND NOT EXISTS (SELECT 1 FROM ~.webhook_subscription_deleted s WHERE s.tenant_id = i.tenant_id AND s.version > i.matched)
        END
        """;

    private const string AddEvents = """
        INSERT INTO ~.webhook_event (partition, seq, id, tenant_id, type, occurred_at, occurred_offset, published_at, is_addressed, first_deliveries,
            kept_deliveries, content_type, ordering_key, attributes, trace_parent, data)
        SELECT coalesce(e.partition, ($2::smallint[])[1]), n.groups[((e.place - 1) / 512 + 1)::integer] * 512 + (e.place - 1) % 512, e.id,
            coalesce(e.tenant_id, ($3::text[])[1]), coalesce(e.type, ($4::text[])[1]), coalesce(e.occurred_at, ($5::bigint[])[1]),
            coalesce(e.occurred_offset, ($6::smallint[])[1]), coalesce(e.published_at, ($7::bigint[])[1]), coalesce(e.is_addressed, ($8::boolean[])[1]),
            coalesce(e.deliveries, ($9::integer[])[1]), coalesce(e.deliveries, ($9::integer[])[1]), coalesce(e.content_type, ($10::text[])[1]),
            e.ordering_key, e.attributes, e.trace_parent, e.data
        FROM numbers n, unnest($1::text[], $2::smallint[], $3::text[], $4::text[], $5::bigint[], $6::smallint[], $7::bigint[], $8::boolean[], $9::integer[],
            $10::text[], $11::text[], $12::text[], $13::text[], $14::bytea[])
            WITH ORDINALITY e (id, partition, tenant_id, type, occurred_at, occurred_offset, published_at, is_addressed, deliveries, content_type,
                ordering_key, attributes, trace_parent, data, place)
        """;

    /// <summary>Of the first so many that have rows, where all is stored: the others are cut off by cutting off the places of their events.</summary>
    private const string AddDeliveries = """
        INSERT INTO ~.webhook_delivery (partition, id, event_partition, event_seq, subscription_id, status, due_at, created_at, expires_at, attempt_count,
            schedule_base)
        SELECT d.partition, d.id, coalesce(($2::smallint[])[d.event + 1], ($2::smallint[])[1]), n.groups[d.event / 512 + 1] * 512 + d.event % 512,
            d.subscription_id, 0, d.due_at, d.created_at, d.expires_at, 0, 0
        FROM numbers n, unnest(($15::integer[])[1:(SELECT CASE WHEN is_whole THEN $33::integer ELSE cardinality($15::integer[]) END FROM whole)],
            $16::smallint[], $17::uuid[], $18::text[], $19::bigint[], $20::bigint[], $21::bigint[])
            d (event, partition, id, subscription_id, due_at, created_at, expires_at)
        WHERE d.event IS NOT NULL
        """;

    private const string AddRuns = """
        INSERT INTO ~.webhook_run (partition, subscription_id, event_group, event_partition, first_id, last_id, due_at, places, pending_places, pending, members,
            outcomes)
        SELECT r.partition, r.subscription_id, n.groups[r.block + 1], r.event_partition, r.first_id, r.last_id, r.due_at, r.places, r.places, r.pending, r.members, ''
        FROM numbers n, unnest($23::smallint[], $24::text[], $25::integer[], $26::smallint[], $27::uuid[], $28::uuid[], $29::bigint[], $30::varbit[], $31::smallint[],
            $32::bytea[]) r (partition, subscription_id, block, event_partition, first_id, last_id, due_at, places, pending, members)
        WHERE (SELECT is_whole FROM whole)
        """;

    /// <summary>All or nothing, of events whose ids nobody else has: nothing is looked for, and deliveries that are in runs need not be sent a second time.</summary>
    private const string New = $"""
        {Beginning}, whole AS MATERIALIZED (
            SELECT coalesce(bool_and({IsFresh}), true) AS is_whole FROM unnest($34::text[], $35::bigint[], $36::boolean[]) i (tenant_id, matched, all_tenants)
        ), stored AS (
            {AddEvents}
            WHERE (SELECT is_whole FROM whole)
        ), added AS (
            {AddDeliveries}
            AND (SELECT is_whole FROM whole)
        ), run AS (
            {AddRuns}
        )
        SELECT n.groups, CASE WHEN w.is_whole THEN NULL ELSE ARRAY[]::bigint[] END FROM numbers n, whole w
        """;

    /// <summary>An event that is stale, or there already, is left out with its deliveries; then the others have rows and no runs.</summary>
    private const string Any = $"""
        {Beginning}, fresh AS MATERIALIZED (
            SELECT i.place FROM unnest($34::text[], $35::bigint[], $36::boolean[]) WITH ORDINALITY i (tenant_id, matched, all_tenants, place) WHERE {IsFresh}
        ), stored AS (
            {AddEvents}
            WHERE (e.place IN (SELECT place FROM fresh)) IS TRUE -- not as a join: of two with one id the first is stored
            ON CONFLICT (id, tenant_id, partition) DO NOTHING
            RETURNING seq
        ), whole AS MATERIALIZED (
            SELECT count(*) = cardinality($1::text[]) AS is_whole FROM stored
        ), added AS (
            {AddDeliveries}
            AND ((SELECT is_whole FROM whole) OR (n.groups[d.event / 512 + 1] * 512 + d.event % 512 IN (SELECT seq FROM stored)) IS TRUE)
        ), run AS (
            {AddRuns}
        )
        SELECT n.groups, CASE WHEN w.is_whole THEN NULL ELSE ARRAY(SELECT seq FROM stored) END FROM numbers n, whole w
        """;

    /// <summary>Stores what can be.</summary>
    /// <param name="session">The connection.</param>
    /// <param name="writes">What to store.</param>
    /// <param name="plan">Which of it becomes runs.</param>
    /// <param name="partitionCount">How many partitions there are.</param>
    /// <param name="isOwn">Whether the transaction is this statement's own, and not the host's.</param>
    /// <param name="areNew">Whether nobody else has their ids; then all or nothing is stored.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The numbers of the groups, and those of the events that were stored; <see langword="null"/> for all of them.</returns>
    public static async Task<(long[] Groups, HashSet<long>? Stored)> RunAsync(
        Session session, IReadOnlyList<EventWrite> writes, PublishPlan plan, int partitionCount, bool isOwn, bool areNew, CancellationToken cancellationToken)
    {
        var statement = areNew ? New : Any;
        var command = isOwn ? session.UseIndexed(statement) : session.Use(statement);
        AddEventsTo(command, writes, partitionCount);
        AddDeliveriesTo(command, areNew ? plan.Deliveries[..plan.Rows] : plan.Deliveries, partitionCount);
        command.With(plan.Deliveries.Select(static d => d.Delivery.SubscriptionId).Distinct(StringComparer.Ordinal).ToArray());
        AddRunsTo(command, plan.Runs);
        command.With(plan.Rows);
        AddMatchesTo(command, areNew ? writes.Where(static w => w.SubscriptionVersion is not null).Select(MatchOf).Distinct() : writes.Select(MatchOf));
        return await command.FirstAsync<(long[], HashSet<long>?)>(static r => (r.GetFieldValue<long[]>(0), r.IsDBNull(1) ? null : [.. r.GetFieldValue<long[]>(1)]), cancellationToken);
    }

    private static void AddEventsTo(Command command, IReadOnlyList<EventWrite> writes, int partitionCount)
    {
        var tenants = Of(writes, static w => Columns.OfTenant(w.Event.TenantId));
        command.With(Of(writes, static w => w.Event.Id))
            .WithCommon(PartitionsOf(tenants, partitionCount))
            .WithCommon(tenants)
            .WithCommon(Of(writes, static w => w.Event.Type))
            .WithCommon(Of(writes, static w => Columns.OfTime(w.Event.OccurredAt)))
            .WithCommon(Of(writes, static w => (short)w.Event.OccurredAt.TotalOffsetMinutes))
            .WithCommon(Of(writes, static w => Columns.OfTime(w.PublishedAt)))
            .WithCommon(Of(writes, static w => w.IsAddressed))
            .WithCommon(Of(writes, static w => w.Deliveries.Count))
            .WithCommon(Of(writes, static w => w.Event.ContentType))
            .WithSparse(Of(writes, static w => w.Event.OrderingKey))
            .WithSparse(Of(writes, static w => w.Event.Attributes.Count == 0 ? null : StoredJson.OfMap(w.Event.Attributes)))
            .WithSparse(Of(writes, static w => w.Event.TraceParent))
            .With(Of(writes, static w => BytesOf(w.Event.Data)));
    }

    private static void AddDeliveriesTo(Command command, List<(int Event, WebhookDelivery Delivery)> deliveries, int partitionCount)
    {
        command.With(deliveries.ConvertAll(static d => d.Event).ToArray());
        DeliveryColumns.Add(command, deliveries.ConvertAll(static d => d.Delivery), partitionCount);
    }

    private static (string Tenant, long? Version, bool AllTenants) MatchOf(EventWrite write) =>
        (Columns.OfTenant(write.Event.TenantId), write.SubscriptionVersion, write.AllTenants);

    private static void AddMatchesTo(Command command, IEnumerable<(string Tenant, long? Version, bool AllTenants)> matches)
    {
        var all = matches.ToArray();
        command.With(Array.ConvertAll(all, static m => m.Tenant))
            .WithSparse(Array.ConvertAll(all, static m => m.Version))
            .With(Array.ConvertAll(all, static m => m.AllTenants));
    }

    private static void AddRunsTo(Command command, IReadOnlyList<NewRun> runs) => command
        .With(runs.Select(static r => r.Partition).ToArray())
        .With(runs.Select(static r => r.SubscriptionId).ToArray())
        .With(runs.Select(static r => r.Block).ToArray())
        .With(runs.Select(static r => r.EventPartition).ToArray())
        .With(runs.Select(static r => r.Ids.First).ToArray())
        .With(runs.Select(static r => r.Ids.Last).ToArray())
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
