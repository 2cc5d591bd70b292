using Npgsql;
using WebhookKit.PostgreSql.Connections;
using WebhookKit.Stored;

namespace WebhookKit.PostgreSql.Rows;

/// <summary>The table of statistics.</summary>
internal static class StatisticsRows
{
    /// <summary>Nodes that add to the same rows lock them in the same order.</summary>
    private const string Upsert = """
        INSERT INTO ~.webhook_statistics AS s
            (tenant_id, span, subscription_id, at, delivered, failed_attempts, gave_up, last_attempt_at, max_latency, latencies)
        SELECT n.tenant_id, n.span, n.subscription_id, n.at, n.delivered, n.failed_attempts, n.gave_up, n.last_attempt_at, n.max_latency, n.latencies::bigint[]
        FROM unnest($1::text[], $2::integer[], $3::text[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[], $8::bigint[], $9::bigint[], $10::text[])
            n (tenant_id, span, subscription_id, at, delivered, failed_attempts, gave_up, last_attempt_at, max_latency, latencies)
        ORDER BY n.tenant_id COLLATE "C", n.span, n.subscription_id COLLATE "C", n.at
        ON CONFLICT (tenant_id, span, subscription_id, at) DO UPDATE SET
            delivered = s.delivered + excluded.delivered,
            failed_attempts = s.failed_attempts + excluded.failed_attempts,
            gave_up = s.gave_up + excluded.gave_up,
            last_attempt_at = greatest(s.last_attempt_at, excluded.last_attempt_at),
            max_latency = greatest(s.max_latency, excluded.max_latency),
            latencies = ARRAY(
                SELECT coalesce(l.before, 0) + coalesce(l.more, 0) FROM unnest(s.latencies, excluded.latencies) WITH ORDINALITY l (before, more, class) ORDER BY l.class)
        """;

    private const string InRange = "s.tenant_id = $1 AND s.span = $2 AND s.at >= $3 AND s.at < $4";

    private const string SelectRange = $"""
        SELECT s.subscription_id, s.at, s.delivered, s.failed_attempts, s.gave_up, s.last_attempt_at, s.max_latency, s.latencies
        FROM ~.webhook_statistics s WHERE {InRange} AND s.subscription_id = $5 ORDER BY s.at
        """;

    private const string OfThose = "unnest($5::text[]) w (id)";
    private const string OfTenant = "~.webhook_subscription w";

    /// <summary>Each subscription's rows are looked up by themselves.</summary>
    private static readonly string SumOfThose = CreateSum(OfThose, "true");
    private static readonly string SumOfTenant = CreateSum(OfTenant, "w.tenant_id = $1");

    public static Task<int> AddAsync(Session session, IReadOnlyList<DeliveryCounts> rows, CancellationToken cancellationToken) => session.Use(Upsert)
        .WithoutFlush()
        .With(Column(rows, static r => Columns.OfTenant(r.TenantId)))
        .With(Column(rows, static r => (int)r.Span.TotalSeconds))
        .With(Column(rows, static r => r.SubscriptionId ?? ""))
        .With(Column(rows, static r => Columns.OfTime(r.At)))
        .With(Column(rows, static r => r.Delivered))
        .With(Column(rows, static r => r.FailedAttempts))
        .With(Column(rows, static r => r.GaveUp))
        .With(Column(rows, static r => Columns.OfTime(r.LastAttemptAt)))
        .With(Column(rows, static r => r.MaxLatency.Ticks))
        .With(Column(rows, static r => $"{{{string.Join(',', r.Latencies)}}}"))
        .RunAsync(cancellationToken);

    public static Task<List<DeliveryCounts>> ReadAsync(Session session, StatisticsRange range, string? subscriptionId, CancellationToken cancellationToken) =>
        Bind(session.UseIndexed(SelectRange), range).With(subscriptionId ?? "").ListAsync(r => Read(r, range, subscriptionId), cancellationToken);

    public static Task<List<DeliveryCounts>> SumAsync(
        Session session, StatisticsRange range, IReadOnlyCollection<string>? subscriptionIds, CancellationToken cancellationToken)
    {
        var command = Bind(session.UseIndexed(subscriptionIds is null ? SumOfTenant : SumOfThose), range);
        if (subscriptionIds is not null) command.With(subscriptionIds.ToArray());
        return command.ListAsync(r => Read(r, range, r.GetString(0)), cancellationToken);
    }

    private static Command Bind(Command command, StatisticsRange range) =>
        command.With(Columns.OfTenant(range.TenantId)).With((int?)range.Span.TotalSeconds).With(Columns.OfTime(range.From)).With(Columns.OfTime(range.To));

    private static DeliveryCounts Read(NpgsqlDataReader row, StatisticsRange range, string? subscriptionId)
    {
        var latencies = row.GetFieldValue<long[]>(7);
        return new DeliveryCounts
        {
            TenantId = range.TenantId,
            SubscriptionId = subscriptionId,
            Span = range.Span,
            At = Columns.ToTime(row.GetInt64(1)),
            Delivered = row.GetInt64(2),
            FailedAttempts = row.GetInt64(3),
            GaveUp = row.GetInt64(4),
            LastAttemptAt = row.IsDBNull(5) ? null : Columns.ToTime(row.GetInt64(5)),
            MaxLatency = TimeSpan.FromTicks(row.GetInt64(6)),
            Latencies = Array.TrueForAll(latencies, static l => l == 0) ? [] : latencies,
        };
    }

    private static string CreateSum(string subscriptions, string condition)
    {
        var classes = string.Join(", ", Enumerable.Range(1, LatencyScale.Count).Select(i => $"coalesce(sum(s.latencies[{i}]), 0)::bigint"));
        return $"""
            SELECT w.id, $3::bigint, c.delivered, c.failed_attempts, c.gave_up, c.last_attempt_at, c.max_latency, c.latencies
            FROM {subscriptions} CROSS JOIN LATERAL (
                SELECT count(*) AS found, sum(s.delivered)::bigint AS delivered, sum(s.failed_attempts)::bigint AS failed_attempts, sum(s.gave_up)::bigint AS gave_up,
                    max(s.last_attempt_at) AS last_attempt_at, max(s.max_latency) AS max_latency, ARRAY[{classes}] AS latencies
                FROM ~.webhook_statistics s WHERE {InRange} AND s.subscription_id = w.id
            ) c
            WHERE {condition} AND c.found > 0
            """;
    }

    private static T[] Column<T>(IReadOnlyList<DeliveryCounts> rows, Func<DeliveryCounts, T> value) => [.. rows.Select(value)];
}
