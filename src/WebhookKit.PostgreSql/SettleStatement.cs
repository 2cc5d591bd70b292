using Npgsql;
using WebhookKit.PostgreSql.Connections;

namespace WebhookKit.PostgreSql;

/// <summary>Stores the next states of deliveries with the attempts that led there by one statement, however many there are.</summary>
/// <remarks>
/// The rows of the partitions are locked, so that nobody takes one over until this is stored, and whoever has is seen. A delivery that was
/// attempted before is locked first, for its earlier attempt is copied as it is. That a delivery is pending is written as a sum, since the
/// planner would otherwise go through the index of all pending ones while it believes that there are few.
/// </remarks>
internal static class SettleStatement
{
    /// <summary>Which of the fencing numbers of <c>$1</c> and <c>$2</c> count.</summary>
    public const string Held = """
        WITH held AS MATERIALIZED (
            SELECT o.place FROM ~.webhook_partition p JOIN unnest($1::smallint[], $2::bigint[]) WITH ORDINALITY o (partition, fence, place)
                ON p.partition = o.partition AND p.fence = o.fence
            WHERE p.owner IS NOT NULL
            ORDER BY p.partition FOR SHARE OF p
        )
        """;

    /// <summary>The deliveries: where among the fences, which, of what subscription, after how many attempts, until when.</summary>
    private const string Key = "$3::integer[], $4::uuid[], $5::text[], $6::integer[], $7::bigint[]";

    private const string Finds = """
        i.held = ANY(ARRAY(SELECT place FROM held)) AND d.partition = ($1::smallint[])[i.held] AND d.id = i.id AND d.subscription_id = i.subscription_id
            AND d.status + 0 = 0 AND d.attempt_count = i.expected AND d.expires_at IS NOT DISTINCT FROM i.expires_at
        """;

    private const string Change = $"""
        {Held}, texts AS (
            INSERT INTO ~.webhook_batch_text (id, started_at, response_body, error)
            SELECT * FROM unnest($23::uuid[], $24::bigint[], $25::text[], $26::text[])
        ), earlier AS MATERIALIZED (
            SELECT d.partition, d.id, d.attempt_count, d.attempt_started_at, d.attempt_duration, d.attempt_message_id, d.attempt_batch_size,
                d.attempt_outcome, d.attempt_status_code, d.attempt_response_body, d.attempt_error, d.attempt_text_id
            FROM unnest({Key}, $14::bigint[]) i (held, id, subscription_id, expected, expires_at, started_at), ~.webhook_delivery d
            WHERE i.expected > 0 AND i.started_at IS NOT NULL AND {Finds} AND d.attempt_started_at IS NOT NULL
            FOR UPDATE OF d
        ), moved AS (
            INSERT INTO ~.webhook_attempt (partition, delivery_id, number, started_at, duration, message_id, batch_size, outcome, status_code,
                response_body, error, text_id)
            SELECT * FROM earlier
        ), changed AS (
            UPDATE ~.webhook_delivery d SET status = i.status, due_at = i.due_at, completed_at = i.completed_at,
                attempt_count = CASE WHEN i.started_at IS NULL THEN i.expected ELSE i.expected + 1 END,
                batch_id = i.batch_id, last_outcome = i.last_outcome, last_status_code = i.last_status_code,
                attempt_started_at = CASE WHEN i.started_at IS NULL THEN d.attempt_started_at ELSE i.started_at END,
                attempt_duration = CASE WHEN i.started_at IS NULL THEN d.attempt_duration ELSE i.duration END,
                attempt_message_id = CASE WHEN i.started_at IS NULL THEN d.attempt_message_id ELSE i.message_id END,
                attempt_batch_size = CASE WHEN i.started_at IS NULL THEN d.attempt_batch_size ELSE i.batch_size END,
                attempt_outcome = CASE WHEN i.started_at IS NULL THEN d.attempt_outcome ELSE i.outcome END,
                attempt_status_code = CASE WHEN i.started_at IS NULL THEN d.attempt_status_code ELSE i.status_code END,
                attempt_response_body = CASE WHEN i.started_at IS NULL THEN d.attempt_response_body ELSE i.response_body END,
                attempt_error = CASE WHEN i.started_at IS NULL THEN d.attempt_error ELSE i.error END,
                attempt_text_id = CASE WHEN i.started_at IS NULL THEN d.attempt_text_id ELSE i.text_id END
            FROM unnest({Key}, $8::smallint[], $9::bigint[], $10::bigint[], $11::text[], $12::smallint[], $13::integer[], $14::bigint[], $15::bigint[],
                $16::text[], $17::integer[], $18::smallint[], $19::integer[], $20::text[], $21::text[], $22::uuid[])
                WITH ORDINALITY i (held, id, subscription_id, expected, expires_at, status, due_at, completed_at, batch_id, last_outcome, last_status_code,
                    started_at, duration, message_id, batch_size, outcome, status_code, response_body, error, text_id, place)
            WHERE {Finds}
                AND (SELECT count(*) FROM earlier) >= 0 -- has been read before anything is changed
            RETURNING i.place
        )
        SELECT ARRAY(SELECT place FROM held), ARRAY(SELECT place FROM changed)
        """;

    private const string Remove = $"""
        {Held}, removed AS (
            DELETE FROM ~.webhook_delivery d
            USING unnest({Key}) WITH ORDINALITY i (held, id, subscription_id, expected, expires_at, place)
            WHERE {Finds}
            RETURNING i.place, d.partition, d.id, d.event_partition, d.event_seq, d.subscription_id
        ), {Removal.Rest}
        SELECT ARRAY(SELECT place FROM held), ARRAY(SELECT place FROM removed)
        """;

    /// <summary>Stores next states.</summary>
    /// <param name="session">Where.</param>
    /// <param name="rows">The deliveries, each but once.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>For each whether it was applied, and for each settlement whether its fence counts.</returns>
    public static Task ChangeAsync(Session session, SettleRows rows, CancellationToken cancellationToken) =>
        RunAsync(rows.AddChange(session.UseIndexed(Change)), rows, cancellationToken);

    /// <summary>Removes deliveries that have succeeded.</summary>
    public static Task RemoveAsync(Session session, SettleRows rows, CancellationToken cancellationToken) =>
        RunAsync(rows.AddKey(session.UseIndexed(Remove)), rows, cancellationToken);

    /// <summary>Reads which of the fences count, and which of what was to be settled has been.</summary>
    public static (long[] Held, long[] Applied) ReadPlaces(NpgsqlDataReader row) => (row.GetFieldValue<long[]>(0), row.GetFieldValue<long[]>(1));

    private static async Task RunAsync(Command command, SettleRows rows, CancellationToken cancellationToken)
    {
        var (held, applied) = await command.FirstAsync(ReadPlaces, cancellationToken);
        rows.Note(held, applied);
    }
}
