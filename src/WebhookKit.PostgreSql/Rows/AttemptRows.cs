using WebhookKit.PostgreSql.Connections;
using WebhookKit.Stored;

namespace WebhookKit.PostgreSql.Rows;

/// <summary>
/// Attempts. The last one of a delivery stands in the delivery's own row, which is written with it anyway; it moves to a table of its own
/// when the next one comes.
/// </summary>
internal static class AttemptRows
{
    private const string SelectOfDelivery = """
        SELECT a.number, a.message_id, a.batch_size, a.started_at, a.duration, a.outcome, a.status_code,
            coalesce(a.response_body, t.response_body), coalesce(a.error, t.error)
        FROM (
            SELECT number, message_id, batch_size, started_at, duration, outcome, status_code, response_body, error, text_id
            FROM ~.webhook_attempt WHERE partition = $1 AND delivery_id = $2
            UNION ALL
            SELECT attempt_count, attempt_message_id, attempt_batch_size, attempt_started_at, attempt_duration, attempt_outcome, attempt_status_code,
                attempt_response_body, attempt_error, attempt_text_id
            FROM ~.webhook_delivery WHERE partition = $1 AND id = $2 AND attempt_started_at IS NOT NULL
        ) a
        LEFT JOIN ~.webhook_batch_text t ON t.id = a.text_id
        ORDER BY 1
        """;

    /// <summary>The attempts of a delivery, oldest first.</summary>
    public static Task<List<DeliveryAttempt>> ListAsync(Session session, DeliveryRow delivery, CancellationToken cancellationToken) => session.UseIndexed(SelectOfDelivery)
        .With((short?)delivery.Partition)
        .With(delivery.Delivery.Id)
        .ListAsync(
            row => new DeliveryAttempt
            {
                Number = row.GetInt32(0),
                MessageId = row.TextOrNull(1) ?? delivery.Delivery.EventId,
                BatchSize = row.GetInt32(2),
                StartedAt = Columns.ToTime(row.GetInt64(3)),
                Duration = TimeSpan.FromTicks(row.GetInt64(4)),
                Outcome = (AttemptOutcome)row.GetInt16(5),
                StatusCode = row.IntOrNull(6),
                ResponseBody = row.TextOrNull(7),
                Error = row.TextOrNull(8),
            },
            cancellationToken);
}
