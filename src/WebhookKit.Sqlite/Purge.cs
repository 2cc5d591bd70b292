using WebhookKit.Sqlite.Connections;
using WebhookKit.Sqlite.Rows;
using WebhookKit.Sqlite.Runs;
using WebhookKit.Stored;

namespace WebhookKit.Sqlite;

/// <summary>Removes what is old enough, as much as one step may.</summary>
internal static class Purge
{
    /// <summary>Takes one step.</summary>
    /// <returns>How many rows were removed.</returns>
    public static int Step(SqliteSession session, PurgeQuery query)
    {
        var left = query.Limit;
        RemoveFinished(session, DeliveryStatus.Succeeded, query.SucceededBefore, ref left);
        RemoveRuns(session, query.SucceededBefore, ref left);
        RemoveFinished(session, DeliveryStatus.Exhausted, query.FailedBefore, ref left);
        RemoveFinished(session, DeliveryStatus.Expired, query.FailedBefore, ref left);
        RemoveFinished(session, DeliveryStatus.Canceled, query.FailedBefore, ref left);
        RemoveAttempts(session, query.AttemptsBefore, ref left);
        RemoveTexts(session, Earliest(query.SucceededBefore, query.FailedBefore, query.AttemptsBefore), ref left);
        RemoveEvents(session, query.EventsBefore, ref left);
        StatisticsRows.Remove(session, query.StatisticsBefore, ref left);
        return query.Limit - left;
    }

    private static void RemoveFinished(SqliteSession session, DeliveryStatus status, DateTimeOffset before, ref int left)
    {
        List<DeliveryKey> old = [];
        using (var statement = session.Use("""
            SELECT event_seq, subscription_id FROM webhook_delivery INDEXED BY webhook_delivery_finished
            WHERE status = ?1 AND status <> 0 AND completed_at < ?2 ORDER BY completed_at LIMIT ?3
            """))
        {
            statement.Bind(1, (int)status).Bind(2, Columns.OfTime(before)).Bind(3, left);
            while (statement.Step()) old.Add(new DeliveryKey(statement.Long(0), statement.Text(1)));
        }

        foreach (var key in old) DeliveryRows.Remove(session, key);
        left -= old.Count;
    }

    /// <summary>A run goes whole, be it larger than what may go: fewer than that would say that there is no more.</summary>
    private static void RemoveRuns(SqliteSession session, DateTimeOffset before, ref int left)
    {
        List<StoredRun> old = [];
        var succeeded = 0;
        foreach (var run in RunRows.Finished(session, before))
        {
            if (succeeded >= left) break;
            old.Add(run);
            succeeded += run.CountSucceeded();
        }

        foreach (var run in old)
        {
            for (var place = 0; place < run.Body.Count; place++)
            {
                if (run.OutcomeOf(place) is not null) DeliveryRows.NoteRemoved(session, run.Body.KeyOf(place));
            }

            RunRows.Remove(session, run.Body.Seq);
        }

        left = Math.Max(left - succeeded, 0);
    }

    /// <summary>They stand nearly in the order of their times: only the first ones are looked at.</summary>
    private static void RemoveAttempts(SqliteSession session, DateTimeOffset before, ref int left)
    {
        session.Use("""
            DELETE FROM webhook_attempt
            WHERE seq IN (SELECT seq FROM (SELECT seq, started_at FROM webhook_attempt ORDER BY seq LIMIT ?2) WHERE started_at < ?1)
            """).Bind(1, Columns.OfTime(before)).Bind(2, left).Run();
        left -= session.Changes;
    }

    /// <summary>Those that are older than anything need be, unless a delivery that is still pending refers to them.</summary>
    private static void RemoveTexts(SqliteSession session, DateTimeOffset before, ref int left)
    {
        session.Use("""
            DELETE FROM webhook_batch_text WHERE seq IN (
                SELECT seq FROM webhook_batch_text t INDEXED BY webhook_batch_text_started
                WHERE started_at < ?1
                    AND NOT EXISTS (SELECT 1 FROM webhook_delivery d WHERE d.attempt_text_seq = t.seq)
                    AND NOT EXISTS (SELECT 1 FROM webhook_attempt a WHERE a.text_seq = t.seq)
                ORDER BY started_at LIMIT ?2)
            """).Bind(1, Columns.OfTime(before)).Bind(2, left).Run();
        left -= session.Changes;
    }

    private static DateTimeOffset Earliest(params ReadOnlySpan<DateTimeOffset> times)
    {
        var earliest = DateTimeOffset.MaxValue;
        foreach (var time in times) earliest = time < earliest ? time : earliest;
        return earliest;
    }

    /// <summary>The latest event stays as long as there are runs: its number would be given again, and a run may know it as that of another.</summary>
    private static void RemoveEvents(SqliteSession session, DateTimeOffset before, ref int left)
    {
        List<long> idle = [];
        using (var statement = session.Use("""
            SELECT seq FROM webhook_event INDEXED BY webhook_event_idle
            WHERE kept_deliveries = 0 AND published_at < ?1
                AND (seq < (SELECT max(seq) FROM webhook_event) OR NOT EXISTS (SELECT 1 FROM webhook_run))
            ORDER BY published_at LIMIT ?2
            """))
        {
            statement.Bind(1, Columns.OfTime(before)).Bind(2, left);
            while (statement.Step()) idle.Add(statement.Long(0));
        }

        foreach (var seq in idle)
        {
            // Of an event that went to very many, what is remembered of them goes in several steps.
            session.Use("""
                DELETE FROM webhook_delivery_removed WHERE event_seq = ?1 AND subscription_id IN (
                    SELECT subscription_id FROM webhook_delivery_removed WHERE event_seq = ?1 LIMIT ?2)
                """).Bind(1, seq).Bind(2, left).Run();
            left -= session.Changes;
            if (left <= 0) return;

            session.Use("DELETE FROM webhook_event WHERE seq = ?1").Bind(1, seq).Run();
            left--;
        }
    }
}
