using WebhookKit.Sqlite.Connections;
using WebhookKit.Stored;

namespace WebhookKit.Sqlite.Rows;

/// <summary>The texts of an attempt that many deliveries share: stored once, with the first that refers to them.</summary>
internal sealed class BatchTexts(SqliteSession session, DeliveryAttempt attempt)
{
    private long? _seq;

    /// <summary>Where they stand; <see langword="null"/> when there are none.</summary>
    public long? Seq => attempt.ResponseBody is null && attempt.Error is null ? null : _seq ??= Add();

    private long Add()
    {
        session.Use("INSERT INTO webhook_batch_text (started_at, response_body, error) VALUES (?1, ?2, ?3)")
            .Bind(1, Columns.OfTime(attempt.StartedAt)).Bind(2, attempt.ResponseBody).Bind(3, attempt.Error).Run();
        return session.LastRowId;
    }
}
