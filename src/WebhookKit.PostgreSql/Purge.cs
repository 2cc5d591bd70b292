using WebhookKit.PostgreSql.Connections;
using WebhookKit.Stored;

namespace WebhookKit.PostgreSql;

/// <summary>
/// Removes what is old enough, as much as one step may. What somebody else has locked is left for the next. What a crash brings back is removed
/// again, so no step adds to the waiting for the disk that those who publish and settle have to do.
/// </summary>
internal static class Purge
{
    private const string RemoveFinished = $"""
        WITH removed AS (
            DELETE FROM ~.webhook_delivery d USING (
                SELECT partition, id FROM ~.webhook_delivery
                WHERE status = $1 AND status <> 0 AND completed_at < $2 ORDER BY completed_at LIMIT $3 FOR UPDATE SKIP LOCKED
            ) o
            WHERE d.partition = o.partition AND d.id = o.id
            RETURNING d.partition, d.id, d.event_partition, d.event_seq, d.subscription_id
        ), {Removal.Rest}
        SELECT count(*) FROM removed
        """;

    private const string RemoveAttempts = """
        WITH removed AS (
            DELETE FROM ~.webhook_attempt a USING (
                SELECT partition, delivery_id, number FROM ~.webhook_attempt WHERE started_at < $1 ORDER BY started_at LIMIT $2 FOR UPDATE SKIP LOCKED
            ) o
            WHERE a.partition = o.partition AND a.delivery_id = o.delivery_id AND a.number = o.number
            RETURNING 1
        )
        SELECT count(*) FROM removed
        """;

    /// <summary>Those that are older than anything need be, unless a delivery that is still there refers to them.</summary>
    private const string RemoveTexts = """
        WITH removed AS (
            DELETE FROM ~.webhook_batch_text t USING (
                SELECT id FROM ~.webhook_batch_text o
                WHERE started_at < $1
                    AND NOT EXISTS (SELECT 1 FROM ~.webhook_delivery d WHERE d.attempt_text_id = o.id)
                    AND NOT EXISTS (SELECT 1 FROM ~.webhook_attempt a WHERE a.text_id = o.id)
                ORDER BY started_at LIMIT $2 FOR UPDATE SKIP LOCKED
            ) o
            WHERE t.id = o.id
            RETURNING 1
        )
        SELECT count(*) FROM removed
        """;

    /// <summary>Of an event that went to very many, what is remembered of them goes in several steps, and the event with the last of them.</summary>
    private const string RemoveEvents = """
        WITH idle AS MATERIALIZED (
            SELECT partition, seq FROM ~.webhook_event
            WHERE kept_deliveries = 0 AND published_at < $1 ORDER BY published_at LIMIT $2 FOR UPDATE SKIP LOCKED
        ), forgotten AS (
            DELETE FROM ~.webhook_delivery_removed m USING (
                SELECT r.event_seq, r.subscription_id, r.partition FROM idle i JOIN ~.webhook_delivery_removed r ON r.event_seq = i.seq LIMIT $2
            ) o
            WHERE m.event_seq = o.event_seq AND m.subscription_id = o.subscription_id AND m.partition = o.partition
            RETURNING m.event_seq, m.subscription_id, m.partition
        ), removed AS (
            DELETE FROM ~.webhook_event e USING idle i
            WHERE e.partition = i.partition AND e.seq = i.seq AND NOT EXISTS (
                SELECT 1 FROM ~.webhook_delivery_removed r
                WHERE r.event_seq = i.seq AND ((r.event_seq, r.subscription_id, r.partition) IN (SELECT event_seq, subscription_id, partition FROM forgotten)) IS NOT TRUE)
            RETURNING 1
        )
        SELECT (SELECT count(*) FROM removed) + (SELECT count(*) FROM forgotten)
        """;

    private const string RemoveStatistics = """
        WITH removed AS (
            DELETE FROM ~.webhook_statistics s USING (
                SELECT tenant_id, span, subscription_id, at FROM ~.webhook_statistics WHERE at < $1 ORDER BY at LIMIT $2 FOR UPDATE SKIP LOCKED
            ) o
            WHERE s.tenant_id = o.tenant_id AND s.span = o.span AND s.subscription_id = o.subscription_id AND s.at = o.at
            RETURNING 1
        )
        SELECT count(*) FROM removed
        """;

    /// <summary>Takes one step.</summary>
    /// <param name="session">Where.</param>
    /// <param name="query">What.</param>
    /// <param name="inRuns">How many deliveries in runs have been removed in this step.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>How many rows were removed.</returns>
    public static async Task<int> StepAsync(Session session, PurgeQuery query, int inRuns, CancellationToken cancellationToken)
    {
        var left = query.Limit - inRuns;
        (DeliveryStatus Status, DateTimeOffset Before)[] finished =
        [
            (DeliveryStatus.Succeeded, query.SucceededBefore),
            (DeliveryStatus.Exhausted, query.FailedBefore),
            (DeliveryStatus.Expired, query.FailedBefore),
            (DeliveryStatus.Canceled, query.FailedBefore),
        ];
        foreach (var (status, before) in finished)
            left -= await RemoveAsync(session.UseIndexed(RemoveFinished).With((short?)status), before, left, cancellationToken);
        left -= await RemoveAsync(session.UseIndexed(RemoveAttempts), query.AttemptsBefore, left, cancellationToken);
        var oldest = new[] { query.SucceededBefore, query.FailedBefore, query.AttemptsBefore }.Min();
        left -= await RemoveAsync(session.UseIndexed(RemoveTexts), oldest, left, cancellationToken);
        left -= await RemoveAsync(session.UseIndexed(RemoveEvents), query.EventsBefore, left, cancellationToken);
        left -= await RemoveAsync(session.UseIndexed(RemoveStatistics), query.StatisticsBefore, left, cancellationToken);
        return query.Limit - Math.Max(left, 0);
    }

    private static async Task<int> RemoveAsync(Command command, DateTimeOffset before, int limit, CancellationToken cancellationToken) =>
        limit <= 0 ? 0 : (int)await command.WithoutFlush().With(Columns.OfTime(before)).With(limit).ScalarAsync<long>(cancellationToken);
}
