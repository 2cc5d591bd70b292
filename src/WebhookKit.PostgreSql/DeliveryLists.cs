using WebhookKit.PostgreSql.Connections;
using WebhookKit.PostgreSql.Rows;
using WebhookKit.PostgreSql.Runs;
using WebhookKit.Stored;

namespace WebhookKit.PostgreSql;

/// <summary>Lists deliveries, newest event first.</summary>
/// <remarks>
/// One call looks at a bounded number of rows of each list, so a page may be shorter than asked and yet not the last. To find the newest
/// pending ones of a subscription, its pending ones are gone through in the index, which has them by due time.
/// </remarks>
internal static class DeliveryLists
{
    private const string Matches = """
        ($4 OR e.tenant_id = $3) AND ($5::smallint IS NULL OR d.status = $5) AND ($6::bigint IS NULL OR d.created_at >= $6)
            AND ($7::bigint IS NULL OR d.created_at < $7) AND ($13::text IS NULL OR e.type = $13)
        """;

    private const string Before = "(d.event_seq, d.subscription_id) < ($1, $2)";
    private const string NewestFirst = "ORDER BY d.event_seq DESC, d.subscription_id DESC";

    private const string OfAll = $"FROM ~.webhook_delivery d WHERE {Before} {NewestFirst}";

    /// <summary>
    /// A tenant's events are in one partition: those of other tenants are hardly met. Each event's deliveries are looked up by themselves; many have
    /// none here, but in a run, so the events are bounded too.
    /// </summary>
    private const string OfTenant = $"""
        FROM (SELECT seq, partition FROM ~.webhook_event WHERE partition = $12 AND seq <= $1 AND seq >= $15::bigint ORDER BY seq DESC) e JOIN LATERAL (
            SELECT * FROM ~.webhook_delivery d WHERE d.event_seq = e.seq AND d.event_partition = e.partition AND {Before}
            ORDER BY d.subscription_id DESC OFFSET 0
        ) d ON d.event_seq = e.seq
        """;

    private const string OfEvent = $"FROM ~.webhook_delivery d WHERE {Before} AND d.event_seq = ANY($9) AND ($10::text IS NULL OR d.subscription_id = $10) {NewestFirst}";
    private const string OfSubscription = $"FROM ~.webhook_delivery d WHERE {Before} AND d.partition = $11 AND d.subscription_id = $10 AND d.status = $5 AND d.status <> 0 ORDER BY d.event_seq DESC";
    private const string OfSubscriptionPending = $"FROM ~.webhook_delivery d WHERE {Before} AND d.partition = $11 AND d.subscription_id = $10 AND d.status = 0 {NewestFirst}";

    /// <summary>Of all tenants.</summary>
    private const string OfFailed = $"FROM ~.webhook_delivery d WHERE {Before} AND d.status = $5 AND d.status > 1 {NewestFirst}";

    private const string SelectOldest = "SELECT seq FROM ~.webhook_event WHERE partition = $1 AND seq <= $2 ORDER BY seq DESC OFFSET $3 - 1 LIMIT 1";

    private const string SelectEventSeqs = "SELECT seq FROM ~.webhook_event WHERE id = $1 AND ($3 OR tenant_id = $2)";

    private const string SelectFailed = $"""
        SELECT {DeliveryRows.WholeNames} FROM ~.webhook_delivery d {DeliveryRows.JoinEventHead}
        WHERE d.partition = $1 AND d.subscription_id = $2 AND d.status = $3 AND d.status > 1 AND d.created_at >= $4
        ORDER BY d.created_at, d.event_seq LIMIT $5
        FOR UPDATE OF d
        """;

    private static readonly DeliveryStatus[] AllStatuses = Enum.GetValues<DeliveryStatus>();
    private static readonly DeliveryStatus[] Failed = [DeliveryStatus.Exhausted, DeliveryStatus.Expired];

    public static async Task<Page<WebhookDelivery>> ListAsync(Session session, DeliveryQuery query, int partitionCount, int maxSteps, CancellationToken cancellationToken)
    {
        var look = new Look(session, query, PageKey.ParseDelivery(query.After), partitionCount, maxSteps);
        if (query.EventId is not null)
        {
            look.EventSeqs = await session.UseIndexed(SelectEventSeqs).With(query.EventId).With(Columns.OfTenant(query.TenantId)).With(query.AllTenants)
                .ListAsync(static r => r.GetInt64(0), cancellationToken);
            await look.AddAsync(OfEvent, query.Status, cancellationToken);
        }
        else if (query.SubscriptionId is not null)
        {
            // The index has them by status: those of each are merged.
            foreach (var status in query.Status is { } one ? [one] : AllStatuses)
                await look.AddAsync(status == DeliveryStatus.Pending ? OfSubscriptionPending : OfSubscription, status, cancellationToken);
        }
        else
        {
            // Of those that failed there are few among very many.
            var isFailed = query.Status is not (null or DeliveryStatus.Pending or DeliveryStatus.Succeeded);
            if (!isFailed && !query.AllTenants) await look.FindOldestAsync(cancellationToken);
            await look.AddAsync(isFailed ? OfFailed : query.AllTenants ? OfAll : OfTenant, query.Status, cancellationToken);
        }

        await look.AddRunsAsync(cancellationToken);
        return look.ToPage();
    }

    /// <summary>The exhausted and expired deliveries of a subscription, oldest first; locked.</summary>
    public static async Task<List<DeliveryRow>> FindFailedAsync(
        Session session, short partition, string subscriptionId, DateTimeOffset since, int limit, CancellationToken cancellationToken)
    {
        // The index has them by status: those of both are merged.
        List<DeliveryRow> found = [];
        foreach (var status in Failed)
        {
            found.AddRange(await session.UseIndexed(SelectFailed).With((short?)partition).With(subscriptionId).With((short?)status).With(Columns.OfTime(since)).With(limit)
                .ListAsync(DeliveryRows.ReadWhole, cancellationToken));
        }

        return [.. found.OrderBy(static f => f.Delivery.CreatedAt).ThenBy(static f => f.Key.EventSeq).Take(limit)];
    }

    public static int Compare(DeliveryKey left, DeliveryKey right)
    {
        var bySeq = left.EventSeq.CompareTo(right.EventSeq);
        return bySeq != 0 ? bySeq : string.CompareOrdinal(left.SubscriptionId, right.SubscriptionId);
    }

    /// <summary>One listing, which may go through several lists.</summary>
    private sealed class Look(Session session, DeliveryQuery query, DeliveryKey after, int partitionCount, int maxSteps)
    {
        private readonly List<DeliveryRow> _found = [];
        private DeliveryKey? _end;
        private long? _oldest;

        public IReadOnlyList<long> EventSeqs { get; set; } = [];

        /// <summary>Finds the last event of the tenant that may be looked at, if there are as many.</summary>
        public async Task FindOldestAsync(CancellationToken cancellationToken)
        {
            _oldest = await session.UseIndexed(SelectOldest).With((short?)EventRows.PartitionOf(query.TenantId, partitionCount)).With((long?)after.EventSeq).With((int?)maxSteps)
                .ScalarAsync<long?>(cancellationToken);
            if (_oldest is { } seq) NoteEnd(new DeliveryKey(seq, ""));
        }

        /// <summary>Adds what matches of a list, one more than the page holds if there are as many.</summary>
        public async Task AddAsync(string list, DeliveryStatus? status, CancellationToken cancellationToken)
        {
            // The inner part is read no further than the outer one needs.
            var items = await Bind(session.UseIndexed($"""
                SELECT {DeliveryRows.WholeNames} FROM (SELECT d.* {list} LIMIT $8) d {DeliveryRows.JoinEventHead}
                WHERE {Matches} {NewestFirst} LIMIT $14
                """), status).With(query.Limit + 1).With(_oldest ?? 0).ListAsync(DeliveryRows.ReadWhole, cancellationToken);
            _found.AddRange(items);
            NoteEnd(items.Count > query.Limit ? items[^1].Key : await FindLastAsync(list, status, cancellationToken));
        }

        /// <summary>Adds what matches of those in runs.</summary>
        public async Task AddRunsAsync(CancellationToken cancellationToken)
        {
            var runs = new RunList(session, query, after, EventSeqs, partitionCount, maxSteps);
            _found.AddRange(await runs.ReadAsync(cancellationToken));
            NoteEnd(runs.End);
        }

        public Page<WebhookDelivery> ToPage()
        {
            // What is older than the last one looked at belongs to a later page.
            if (_end is { } last) _found.RemoveAll(f => Compare(f.Key, last) < 0);
            _found.Sort(static (left, right) => Compare(right.Key, left.Key));
            var end = _end;
            if (_found.Count > query.Limit)
            {
                _found.RemoveRange(query.Limit, _found.Count - query.Limit);
                end = _found[^1].Key;
            }

            return new Page<WebhookDelivery>(_found.ConvertAll(static f => f.Delivery), end is { } next ? PageKey.Of(next) : null);
        }

        private void NoteEnd(DeliveryKey? end)
        {
            if (end is not null && (_end is null || Compare(end.Value, _end.Value) > 0)) _end = end;
        }

        /// <summary>The last row that may be looked at, if there are as many.</summary>
        private async Task<DeliveryKey?> FindLastAsync(string list, DeliveryStatus? status, CancellationToken cancellationToken)
        {
            var last = await Bind(session.UseIndexed($"SELECT d.event_seq, d.subscription_id {list} OFFSET $8 - 1 LIMIT 1"), status).With(query.Limit).With(_oldest ?? 0)
                .ListAsync(static r => new DeliveryKey(r.GetInt64(0), r.GetString(1)), cancellationToken);
            return last.Count == 0 ? null : last[0];
        }

        private Command Bind(Command command, DeliveryStatus? status) => command
            .With(after.EventSeq)
            .With(after.SubscriptionId)
            .With(Columns.OfTenant(query.TenantId))
            .With(query.AllTenants)
            .With((short?)status)
            .With(Columns.OfTime(query.From))
            .With(Columns.OfTime(query.To))
            .With(maxSteps)
            .With(EventSeqs.ToArray())
            .With(query.SubscriptionId)
            .With((short?)(query.SubscriptionId is { } id ? Partitioner.GetPartition(id, partitionCount) : 0))
            .With((short?)EventRows.PartitionOf(query.TenantId, partitionCount))
            .With(query.EventType);
    }
}
