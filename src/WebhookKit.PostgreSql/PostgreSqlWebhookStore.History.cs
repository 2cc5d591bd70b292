using WebhookKit.PostgreSql.Connections;
using WebhookKit.PostgreSql.Rows;
using WebhookKit.PostgreSql.Runs;
using WebhookKit.Stored;

namespace WebhookKit.PostgreSql;

internal sealed partial class PostgreSqlWebhookStore
{
    /// <summary>Locks the events, so that what they have is known until the deliveries are added.</summary>
    private const string LockEvents = """
        SELECT e.seq, e.id, e.tenant_id FROM ~.webhook_event e
        JOIN unnest($1::text[], $2::text[], $3::smallint[]) w (id, tenant_id, partition)
            ON e.id = w.id AND e.tenant_id = w.tenant_id AND e.partition + 0 = w.partition
        ORDER BY e.seq FOR UPDATE OF e
        """;

    private const string InsertAdded = """
        WITH added AS (
            INSERT INTO ~.webhook_delivery (event_seq, event_partition, partition, id, subscription_id, status, due_at, created_at, expires_at, attempt_count,
                schedule_base)
            SELECT d.event_seq, d.event_partition, d.partition, d.id, d.subscription_id, 0, d.due_at, d.created_at, d.expires_at, 0, 0
            FROM unnest($1::bigint[], $2::smallint[], $3::smallint[], $4::uuid[], $5::text[], $6::bigint[], $7::bigint[], $8::bigint[])
                d (event_seq, event_partition, partition, id, subscription_id, due_at, created_at, expires_at)
            WHERE NOT EXISTS (
                SELECT 1 FROM ~.webhook_delivery_removed r
                WHERE r.event_seq = d.event_seq AND r.subscription_id = d.subscription_id AND r.partition = d.partition)
                AND NOT EXISTS (
                    SELECT 1 FROM ~.webhook_run r
                    WHERE r.partition = d.partition AND r.subscription_id = d.subscription_id AND r.event_group = d.event_seq / 512
                        AND get_bit(r.places, (d.event_seq % 512)::integer) = 1)
            ON CONFLICT (event_seq, subscription_id, partition) DO NOTHING
            RETURNING event_partition, event_seq
        ), counted AS (
            SELECT event_partition, event_seq, count(*)::integer AS deliveries FROM added GROUP BY event_partition, event_seq
        ), increased AS (
            UPDATE ~.webhook_event e SET kept_deliveries = e.kept_deliveries + c.deliveries
            FROM counted c WHERE e.partition = c.event_partition AND e.seq = c.event_seq
        )
        SELECT count(*) FROM added
        """;

    public async ValueTask<WebhookDelivery?> GetDeliveryAsync(Guid id, CancellationToken cancellationToken) =>
        await Ready.ReadAtOnceAsync(session => FindAsync(session, id, cancellationToken), cancellationToken);

    public async ValueTask<WebhookEvent?> GetEventAsync(string? tenantId, string id, CancellationToken cancellationToken) =>
        await Ready.RunAsync(session => EventRows.FindAsync(session, tenantId, id, _partitionCount, cancellationToken), cancellationToken);

    public async ValueTask<Page<WebhookDelivery>> ListDeliveriesAsync(DeliveryQuery query, CancellationToken cancellationToken) =>
        await Ready.ReadAtOnceAsync(session => DeliveryLists.ListAsync(session, query, _partitionCount, _maxListSteps, cancellationToken), cancellationToken);

    public async ValueTask<IReadOnlyList<DeliveryAttempt>> GetAttemptsAsync(Guid id, CancellationToken cancellationToken) => await Ready.ReadAtOnceAsync<List<DeliveryAttempt>>(
        async session => await DeliveryRows.FindAsync(session, id, _allPartitions, locks: false, cancellationToken) is { } found
            ? await AttemptRows.ListAsync(session, found, cancellationToken)
            : await RunLookup.ListAttemptsAsync(session, id, cancellationToken),
        cancellationToken);

    public async ValueTask<WebhookDelivery?> ResendAsync(Guid id, DateTimeOffset now, CancellationToken cancellationToken)
    {
        // Which subscription it is must be known first, since that is locked first.
        if (await GetDeliveryAsync(id, cancellationToken) is not { } known) return null;
        return await Ready.TransactAsync(
            async session =>
            {
                if (!await SubscriptionRows.KeepAsync(session, known.SubscriptionId, cancellationToken)) return null;
                return await DeliveryRows.FindAsync(session, id, _allPartitions, locks: true, cancellationToken) is { Delivery.Status: DeliveryStatus.Exhausted or DeliveryStatus.Expired } found
                    ? await BeginAnewAsync(session, found, now, cancellationToken)
                    : null;
            },
            cancellationToken);
    }

    public async ValueTask<int> RecoverAsync(string subscriptionId, DateTimeOffset since, int limit, DateTimeOffset now, CancellationToken cancellationToken) => await Ready.TransactAsync(
        async session =>
        {
            if (!await SubscriptionRows.KeepAsync(session, subscriptionId, cancellationToken)) return 0;
            var failed = await DeliveryLists.FindFailedAsync(session, PartitionOf(subscriptionId), subscriptionId, since, limit, cancellationToken);
            foreach (var row in failed) await BeginAnewAsync(session, row, now, cancellationToken);
            return failed.Count;
        },
        cancellationToken);

    public async ValueTask<WebhookDelivery?> CancelAsync(Guid id, DateTimeOffset now, CancellationToken cancellationToken) => await Ready.TransactAsync(
        async session =>
        {
            await RunMoves.MoveAsync(session, _places, id, cancellationToken);
            if (await DeliveryRows.FindAsync(session, id, _allPartitions, locks: true, cancellationToken) is not { Delivery.Status: DeliveryStatus.Pending } found) return null;
            var canceled = found.Delivery with { Status = DeliveryStatus.Canceled, CompletedAt = now };
            await DeliveryRows.ChangeAsync(session, found, canceled, cancellationToken);
            return canceled;
        },
        cancellationToken);

    public async ValueTask<Page<WebhookEvent>> ListMissedEventsAsync(
        string? tenantId, string subscriptionId, DateTimeOffset since, string? after, int limit, CancellationToken cancellationToken) => await Ready.ReadAtOnceAsync(
        session => MissedEvents.ListAsync(
            session, EventPartitionOf(tenantId), PartitionOf(subscriptionId), tenantId, subscriptionId, since, after, limit, _maxListSteps, cancellationToken),
        cancellationToken);

    public async ValueTask<int> AddDeliveriesAsync(IReadOnlyList<WebhookDelivery> deliveries, CancellationToken cancellationToken)
    {
        try
        {
            return await Ready.TransactAsync(session => AddAsync(session, deliveries, cancellationToken), cancellationToken);
        }
        catch (WebhookStoreException cause) when (IsKeyTaken(cause.InnerException))
        {
            throw RefuseIds(cause.InnerException!);
        }
    }

    public async ValueTask<int> PurgeAsync(PurgeQuery query, CancellationToken cancellationToken)
    {
        var inRuns = await Ready.TransactAsync(session => RunPurge.StepAsync(session, query.SucceededBefore, query.Limit, cancellationToken), cancellationToken);
        return await Ready.RunAsync(session => Purge.StepAsync(session, query, inRuns, cancellationToken), cancellationToken);
    }

    private async Task<WebhookDelivery?> FindAsync(Session session, Guid id, CancellationToken cancellationToken) =>
        (await DeliveryRows.FindAsync(session, id, _allPartitions, locks: false, cancellationToken))?.Delivery
        ?? await RunLookup.FindDeliveryAsync(session, id, cancellationToken);

    private async Task<int> AddAsync(Session session, IReadOnlyList<WebhookDelivery> deliveries, CancellationToken cancellationToken)
    {
        HashSet<string> subscriptions = new(StringComparer.Ordinal);
        foreach (var id in deliveries.Select(d => d.SubscriptionId).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal))
        {
            if (await SubscriptionRows.KeepAsync(session, id, cancellationToken)) subscriptions.Add(id);
        }

        var seqs = await LockEventsAsync(session, deliveries, cancellationToken);
        List<WebhookDelivery> left = [.. deliveries.Where(d => subscriptions.Contains(d.SubscriptionId) && seqs.ContainsKey((d.EventId, Columns.OfTenant(d.TenantId))))];
        if (left.Count == 0) return 0;
        if ((await RunLookup.FindAsync(session, [.. left.Select(d => d.Id)], cancellationToken)).Exists(IsTaken)) throw RefuseIds(null);
        var command = session.UseIndexed(InsertAdded)
            .With(left.Select(d => seqs[(d.EventId, Columns.OfTenant(d.TenantId))]).ToArray())
            .With(left.Select(d => EventPartitionOf(d.TenantId)).ToArray());
        return (int)await DeliveryColumns.Add(command, left, _partitionCount).ScalarAsync<long>(cancellationToken);

        // Of another event: that of the same one is passed over.
        bool IsTaken((StoredRun Run, RunMember Member) found) => left.Exists(d =>
            d.Id == found.Member.Id && d.SubscriptionId == found.Run.Key.SubscriptionId
            && seqs[(d.EventId, Columns.OfTenant(d.TenantId))] != found.Run.EventSeqOf(found.Member));
    }

    private async Task<Dictionary<(string Id, string Tenant), long>> LockEventsAsync(Session session, IReadOnlyList<WebhookDelivery> deliveries, CancellationToken cancellationToken)
    {
        (string Id, string? Tenant)[] wanted = [.. deliveries.Select(d => (d.EventId, d.TenantId)).Distinct()];
        var found = await session.UseIndexed(LockEvents)
            .With(Array.ConvertAll(wanted, static w => w.Id))
            .With(Array.ConvertAll(wanted, static w => Columns.OfTenant(w.Tenant)))
            .With(Array.ConvertAll(wanted, w => EventPartitionOf(w.Tenant)))
            .ListAsync(static r => (Key: (r.GetString(1), r.GetString(2)), Seq: r.GetInt64(0)), cancellationToken);
        return found.ToDictionary(f => f.Key, f => f.Seq);
    }

    private static async Task<WebhookDelivery> BeginAnewAsync(Session session, DeliveryRow row, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var next = row.Delivery with
        {
            Status = DeliveryStatus.Pending,
            DueAt = now,
            ExpiresAt = null,
            CompletedAt = null,
            BatchId = null,
            ScheduleBase = row.Delivery.AttemptCount,
        };
        await DeliveryRows.ChangeAsync(session, row, next, cancellationToken);
        return next;
    }
}
