using WebhookKit.Sqlite.Connections;
using WebhookKit.Stored;

namespace WebhookKit.Sqlite.Rows;

/// <summary>
/// Attempts. The last one of a delivery stands in the delivery's own row, which is written with it anyway; it moves to a table of its own
/// when the next one comes.
/// </summary>
internal static class AttemptRows
{
    private const string SettleWithAttempt = """
        UPDATE webhook_delivery SET status = ?4, due_at = ?5, completed_at = ?7, attempt_count = ?8, schedule_base = ?9, batch_id = ?10,
            last_outcome = ?11, last_status_code = ?12, attempt_started_at = ?13, attempt_duration = ?14, attempt_message_id = ?15,
            attempt_batch_size = ?16, attempt_outcome = ?17, attempt_status_code = ?18, attempt_response_body = ?19, attempt_error = ?20,
            attempt_text_seq = ?21
        WHERE id = ?1 AND subscription_id = ?2 AND status = 0 AND attempt_count = ?3 AND expires_at IS ?6
        """;

    private const string MoveEarlier = """
        INSERT INTO webhook_attempt (event_seq, subscription_id, number, started_at, duration, message_id, batch_size, outcome, status_code,
            response_body, error, text_seq)
        SELECT event_seq, subscription_id, attempt_count, attempt_started_at, attempt_duration, attempt_message_id, attempt_batch_size, attempt_outcome,
            attempt_status_code, attempt_response_body, attempt_error, attempt_text_seq
        FROM webhook_delivery
        WHERE id = ?1 AND subscription_id = ?2 AND status = 0 AND attempt_count = ?3 AND expires_at IS ?4 AND attempt_started_at IS NOT NULL
        """;

    private const string SelectOfDelivery = """
        SELECT a.number, a.message_id, a.batch_size, a.started_at, a.duration, a.outcome, a.status_code,
            coalesce(a.response_body, t.response_body), coalesce(a.error, t.error)
        FROM (
            SELECT number, message_id, batch_size, started_at, duration, outcome, status_code, response_body, error, text_seq
            FROM webhook_attempt WHERE event_seq = ?1 AND subscription_id = ?2
            UNION ALL
            SELECT attempt_count, attempt_message_id, attempt_batch_size, attempt_started_at, attempt_duration, attempt_outcome, attempt_status_code,
                attempt_response_body, attempt_error, attempt_text_seq
            FROM webhook_delivery WHERE event_seq = ?1 AND subscription_id = ?2 AND attempt_started_at IS NOT NULL
        ) a
        LEFT JOIN webhook_batch_text t ON t.seq = a.text_seq
        ORDER BY 1
        """;

    /// <summary>Stores the next state of a pending delivery with the attempt that led there, if it is as the attempt found it.</summary>
    /// <returns>Whether it was.</returns>
    public static bool TrySettle(SqliteSession session, WebhookDelivery next, int expectedAttempts, DeliveryAttempt attempt, BatchTexts? texts)
    {
        var textSeq = texts?.Seq;
        if (expectedAttempts > 0)
            session.Use(MoveEarlier).Bind(1, next.Id).Bind(2, next.SubscriptionId).Bind(3, expectedAttempts).Bind(4, Columns.OfTime(next.ExpiresAt)).Run();

        session.Use(SettleWithAttempt)
            .Bind(1, next.Id)
            .Bind(2, next.SubscriptionId)
            .Bind(3, expectedAttempts)
            .Bind(4, (int)next.Status)
            .Bind(5, Columns.OfTime(next.DueAt))
            .Bind(6, Columns.OfTime(next.ExpiresAt))
            .Bind(7, Columns.OfTime(next.CompletedAt))
            .Bind(8, next.AttemptCount)
            .Bind(9, next.ScheduleBase)
            .Bind(10, next.BatchId)
            .Bind(11, (int?)next.LastOutcome)
            .Bind(12, next.LastStatusCode)
            .Bind(13, Columns.OfTime(attempt.StartedAt))
            .Bind(14, attempt.Duration.Ticks)
            .Bind(15, attempt.MessageId == next.EventId ? null : attempt.MessageId)
            .Bind(16, attempt.BatchSize)
            .Bind(17, (int)attempt.Outcome)
            .Bind(18, attempt.StatusCode)
            .Bind(19, textSeq is null ? attempt.ResponseBody : null)
            .Bind(20, textSeq is null ? attempt.Error : null)
            .Bind(21, textSeq)
            .Run();
        return session.Changes > 0;
    }

    /// <summary>The attempts of a delivery, oldest first.</summary>
    public static List<DeliveryAttempt> List(SqliteSession session, DeliveryKey key, string eventId)
    {
        using var statement = session.Use(SelectOfDelivery);
        statement.Bind(1, key.EventSeq).Bind(2, key.SubscriptionId);
        List<DeliveryAttempt> found = [];
        while (statement.Step())
        {
            found.Add(new DeliveryAttempt
            {
                Number = statement.Int(0),
                MessageId = statement.TextOrNull(1) ?? eventId,
                BatchSize = statement.Int(2),
                StartedAt = Columns.ToTime(statement.Long(3)),
                Duration = TimeSpan.FromTicks(statement.Long(4)),
                Outcome = (AttemptOutcome)statement.Int(5),
                StatusCode = statement.IntOrNull(6),
                ResponseBody = statement.TextOrNull(7),
                Error = statement.TextOrNull(8),
            });
        }

        return found;
    }
}
