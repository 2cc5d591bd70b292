using WebhookKit.Sqlite.Connections;
using WebhookKit.Stored;

namespace WebhookKit.Sqlite.Rows;

/// <summary>The table of statistics. Rows are added up here and not by SQLite, which cannot add counters that stand in one value.</summary>
internal static class StatisticsRows
{
    private const string Values = "delivered, failed_attempts, gave_up, last_attempt_at, max_latency, latencies";
    private const string SelectOne = $"SELECT {Values} FROM webhook_statistics WHERE tenant_id = ?1 AND span = ?2 AND subscription_id = ?3 AND at = ?4";
    private const string SelectRange = $"""
        SELECT {Values}, at FROM webhook_statistics WHERE tenant_id = ?1 AND span = ?2 AND subscription_id = ?3 AND at >= ?4 AND at < ?5 ORDER BY at
        """;

    private const string Replace = $"""
        INSERT INTO webhook_statistics (tenant_id, span, subscription_id, at, {Values}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
        ON CONFLICT (tenant_id, span, subscription_id, at) DO UPDATE SET delivered = ?5, failed_attempts = ?6, gave_up = ?7, last_attempt_at = ?8,
            max_latency = ?9, latencies = ?10
        """;

    private const int MaxBytes = 24 * 10;

    public static void Add(SqliteSession session, DeliveryCounts row)
    {
        var sum = new Sum();
        using (var known = BindKey(session.Use(SelectOne), row.TenantId, row.Span, row.SubscriptionId).Bind(4, Columns.OfTime(row.At)))
        {
            if (known.Step()) sum.Add(known);
        }

        sum.Add(row);
        Span<byte> bytes = stackalloc byte[MaxBytes];
        BindKey(session.Use(Replace), row.TenantId, row.Span, row.SubscriptionId)
            .Bind(4, Columns.OfTime(row.At))
            .Bind(5, sum.Delivered)
            .Bind(6, sum.FailedAttempts)
            .Bind(7, sum.GaveUp)
            .Bind(8, sum.LastAttemptAt)
            .Bind(9, sum.MaxLatency)
            .Bind(10, bytes[..sum.WriteLatencies(bytes)])
            .Run();
    }

    public static List<DeliveryCounts> Read(SqliteSession session, StatisticsRange range, string? subscriptionId)
    {
        using var statement = Select(session, range, subscriptionId);
        List<DeliveryCounts> found = [];
        while (statement.Step())
        {
            var one = new Sum();
            one.Add(statement);
            found.Add(one.ToCounts(range, subscriptionId, Columns.ToTime(statement.Long(6))));
        }

        return found;
    }

    /// <summary>Adds up what there is of each of some subscriptions.</summary>
    public static List<DeliveryCounts> SumUp(SqliteSession session, StatisticsRange range, IEnumerable<string> subscriptionIds)
    {
        List<DeliveryCounts> found = [];
        foreach (var id in subscriptionIds)
        {
            using var statement = Select(session, range, id);
            if (!statement.Step()) continue;
            var sum = new Sum();
            do sum.Add(statement);
            while (statement.Step());
            found.Add(sum.ToCounts(range, id, range.From));
        }

        return found;
    }

    /// <summary>Removes what begins before a time.</summary>
    public static void Remove(SqliteSession session, DateTimeOffset before, ref int left)
    {
        session.Use("""
            DELETE FROM webhook_statistics WHERE (tenant_id, span, subscription_id, at) IN (
                SELECT tenant_id, span, subscription_id, at FROM webhook_statistics INDEXED BY webhook_statistics_at WHERE at < ?1 ORDER BY at LIMIT ?2)
            """).Bind(1, Columns.OfTime(before)).Bind(2, left).Run();
        left -= session.Changes;
    }

    private static Statement Select(SqliteSession session, StatisticsRange range, string? subscriptionId) =>
        BindKey(session.Use(SelectRange), range.TenantId, range.Span, subscriptionId).Bind(4, Columns.OfTime(range.From)).Bind(5, Columns.OfTime(range.To));

    private static Statement BindKey(Statement statement, string? tenantId, TimeSpan span, string? subscriptionId) =>
        statement.Bind(1, Columns.OfTenant(tenantId)).Bind(2, (long)span.TotalSeconds).Bind(3, subscriptionId ?? "");

    private sealed class Sum
    {
        private readonly long[] _latencies = new long[LatencyScale.Count];

        public long Delivered { get; private set; }

        public long FailedAttempts { get; private set; }

        public long GaveUp { get; private set; }

        public long? LastAttemptAt { get; private set; }

        public long MaxLatency { get; private set; }

        public void Add(Statement row)
        {
            Add(row.Long(0), row.Long(1), row.Long(2), row.LongOrNull(3), row.Long(4));
            var bytes = row.Bytes(5);
            for (int at = 0, i = 0; at < bytes.Length; i++)
            {
                long count = 0;
                for (var shift = 0; ; shift += 7)
                {
                    var next = bytes[at++];
                    count |= (long)(next & 0x7f) << shift;
                    if (next < 0x80) break;
                }

                _latencies[i] += count;
            }
        }

        public void Add(DeliveryCounts row)
        {
            Add(row.Delivered, row.FailedAttempts, row.GaveUp, Columns.OfTime(row.LastAttemptAt), row.MaxLatency.Ticks);
            for (var i = 0; i < row.Latencies.Count; i++) _latencies[i] += row.Latencies[i];
        }

        public int WriteLatencies(Span<byte> bytes)
        {
            int length = 0, used = 0;
            foreach (var latency in _latencies)
            {
                var rest = latency;
                for (; rest >= 0x80; rest >>= 7) bytes[length++] = (byte)(rest | 0x80);
                bytes[length++] = (byte)rest;
                if (latency > 0) used = length;
            }

            return used;
        }

        public DeliveryCounts ToCounts(StatisticsRange range, string? subscriptionId, DateTimeOffset at) => new()
        {
            TenantId = range.TenantId,
            SubscriptionId = subscriptionId,
            Span = range.Span,
            At = at,
            Delivered = Delivered,
            FailedAttempts = FailedAttempts,
            GaveUp = GaveUp,
            LastAttemptAt = Columns.ToTime(LastAttemptAt),
            Latencies = Array.TrueForAll(_latencies, static l => l == 0) ? [] : _latencies,
            MaxLatency = TimeSpan.FromTicks(MaxLatency),
        };

        private void Add(long delivered, long failedAttempts, long gaveUp, long? lastAttemptAt, long maxLatency)
        {
            Delivered += delivered;
            FailedAttempts += failedAttempts;
            GaveUp += gaveUp;
            if (LastAttemptAt is null || lastAttemptAt > LastAttemptAt) LastAttemptAt = lastAttemptAt ?? LastAttemptAt;
            MaxLatency = Math.Max(MaxLatency, maxLatency);
        }
    }
}
