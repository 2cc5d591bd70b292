namespace WebhookKit.PostgreSql;

/// <summary>What goes with deliveries that are removed.</summary>
internal static class Removal
{
    /// <summary>
    /// Follows on <c>removed (partition, id, event_partition, event_seq, subscription_id)</c>: their attempts go, their events have fewer
    /// deliveries but do not count as missed because of that. Events are locked in their order.
    /// </summary>
    public const string Rest = """
        attempts AS (
            DELETE FROM ~.webhook_attempt a USING removed r WHERE a.partition = r.partition AND a.delivery_id = r.id
        ), remembered AS (
            INSERT INTO ~.webhook_delivery_removed (event_seq, subscription_id, partition)
            SELECT event_seq, subscription_id, partition FROM removed ON CONFLICT DO NOTHING
        ), counted AS (
            SELECT event_partition, event_seq, count(*)::integer AS deliveries FROM removed GROUP BY event_partition, event_seq
        ), locked AS MATERIALIZED (
            SELECT e.partition, e.seq, c.deliveries FROM counted c JOIN ~.webhook_event e ON e.partition = c.event_partition AND e.seq = c.event_seq
            ORDER BY e.seq FOR UPDATE OF e
        ), lessened AS (
            UPDATE ~.webhook_event e SET kept_deliveries = e.kept_deliveries - l.deliveries
            FROM locked l WHERE e.partition = l.partition AND e.seq = l.seq
        )
        """;
}
