using WebhookKit.Sqlite.Connections;
using WebhookKit.Stored;
using WebhookKit.Stored.Runs;

namespace WebhookKit.Sqlite.Runs;

/// <summary>The tables of runs.</summary>
internal static class RunRows
{
    private const string Select = $"SELECT {StoredRun.Names} FROM webhook_run r JOIN webhook_run_state s ON s.seq = r.seq";

    private const string SelectPending = $"""
        SELECT {StoredRun.StateNames}, s.seq FROM webhook_run_state s INDEXED BY webhook_run_pending WHERE s.pending > 0 ORDER BY s.due_at, s.seq
        """;

    private const string SelectFinished = $"""
        SELECT {StoredRun.Names} FROM webhook_run_state s INDEXED BY webhook_run_finished JOIN webhook_run r ON r.seq = s.seq
        WHERE s.pending = 0 AND s.completed_at < ?1 ORDER BY s.completed_at
        """;

    /// <summary>Stores a new run.</summary>
    public static RunBody Add(SqliteSession session, NewRun run)
    {
        var (lanes, members) = (RunBytes.OfLanes(run.Lanes), RunBytes.OfMembers(run.Members));
        session.Use("INSERT INTO webhook_run (first_event, last_event, first_id, last_id, lanes, members) VALUES (?1, ?2, ?3, ?4, ?5, ?6)")
            .Bind(1, run.FirstEvent).Bind(2, run.LastEvent).Bind(3, run.Ids.First).Bind(4, run.Ids.Last)
            .Bind(5, lanes).Bind(6, members).Run();
        var seq = session.LastRowId;
        session.Use("INSERT INTO webhook_run_state (seq, pending, due_at, places, outcomes) VALUES (?1, ?2, ?3, ?4, ?5)")
            .Bind(1, seq).Bind(2, run.Members.Count).Bind(3, run.DueAt).Bind(4, RunBytes.AllSet(run.Members.Count)).Bind(5, []).Run();
        return new RunBody(seq, run.FirstEvent, run.LastEvent, lanes, members);
    }

    /// <summary>Stores what has changed.</summary>
    /// <param name="session">Where.</param>
    /// <param name="seq">The number of the run.</param>
    /// <param name="pending">How many are pending there still.</param>
    /// <param name="completedAt">When the last one succeeded there.</param>
    /// <param name="places">A bit for each that is pending there.</param>
    /// <param name="outcomes">The outcomes that there are in addition.</param>
    public static void Change(SqliteSession session, long seq, int pending, long? completedAt, byte[] places, ReadOnlySpan<byte> outcomes) =>
        session.Use("UPDATE webhook_run_state SET pending = ?2, completed_at = ?3, places = ?4, outcomes = CAST(outcomes || ?5 AS BLOB) WHERE seq = ?1")
            .Bind(1, seq).Bind(2, pending).Bind(3, completedAt).Bind(4, places).Bind(5, outcomes).Run();

    public static void Remove(SqliteSession session, long seq)
    {
        session.Use("DELETE FROM webhook_run_state WHERE seq = ?1").Bind(1, seq).Run();
        session.Use("DELETE FROM webhook_run WHERE seq = ?1").Bind(1, seq).Run();
    }

    public static StoredRun? Find(SqliteSession session, long seq)
    {
        using var row = session.Use($"{Select} WHERE r.seq = ?1");
        return row.Bind(1, seq).Step() ? StoredRun.Read(session, row) : null;
    }

    /// <summary>What a run is about, which is there.</summary>
    public static RunBody GetBody(SqliteSession session, long seq)
    {
        using var row = session.Use($"SELECT {RunBody.Names} FROM webhook_run r WHERE r.seq = ?1");
        return row.Bind(1, seq).Step() ? RunBody.Read(row) : throw new InvalidOperationException($"There is no run {seq}.");
    }

    /// <summary>Reads again what may have changed of a run.</summary>
    public static StoredRun? Find(SqliteSession session, RunBody known)
    {
        using var row = session.Use($"SELECT {StoredRun.StateNames} FROM webhook_run_state s WHERE s.seq = ?1");
        return row.Bind(1, known.Seq).Step() ? StoredRun.Read(session, known, row) : null;
    }

    /// <summary>The outcomes of a run, as they stand; none when it is gone.</summary>
    public static byte[] ReadOutcomes(SqliteSession session, long seq)
    {
        using var row = session.Use("SELECT outcomes FROM webhook_run_state WHERE seq = ?1");
        return row.Bind(1, seq).Step() ? row.Blob(0) : [];
    }

    /// <summary>Finds the run that a delivery is in, or has been.</summary>
    public static (StoredRun Run, int Place)? Find(SqliteSession session, Guid id)
    {
        using var rows = session.Use($"{Select} WHERE r.first_id <= ?1 AND r.first_id >= ?2 AND r.last_id >= ?1 ORDER BY r.first_id DESC");
        rows.Bind(1, id).Bind(2, RunIds.LowestFirst(id));
        while (rows.Step())
        {
            var run = StoredRun.Read(session, rows);
            if (run.Body.FindPlace(id) is { } place) return (run, place);
        }

        return null;
    }

    /// <summary>The runs that have, or have had, deliveries of an event.</summary>
    public static List<StoredRun> OfEvent(SqliteSession session, long eventSeq)
    {
        List<StoredRun> found = [];
        using var rows = session.Use($"{Select} WHERE r.last_event >= ?1 ORDER BY r.last_event, r.seq");
        rows.Bind(1, eventSeq);
        while (rows.Step() && rows.Long(1) <= eventSeq) found.Add(StoredRun.Read(session, rows));
        return found;
    }

    /// <summary>Whether a subscription has, or has had, a delivery of an event in a run.</summary>
    public static bool IsKnown(SqliteSession session, DeliveryKey key) => OfEvent(session, key.EventSeq).Exists(run => Has(run, key));

    /// <summary>The lowest number of an event that is in a run and higher than one, as far as the runs that end after that begin after it.</summary>
    public static long? FindFirstEventAfter(SqliteSession session, long eventSeq)
    {
        using var row = session.Use("SELECT first_event FROM webhook_run WHERE last_event > ?1 ORDER BY last_event, seq LIMIT 1");
        return row.Bind(1, eventSeq).Step() ? row.Long(0) : null;
    }

    /// <summary>Goes through the runs whose events are older than one, newest first.</summary>
    public static IEnumerable<StoredRun> Before(SqliteSession session, long eventSeq)
    {
        using var rows = session.Use($"{Select} WHERE r.last_event < ?1 ORDER BY r.last_event DESC, r.seq DESC");
        rows.Bind(1, eventSeq);
        while (rows.Step()) yield return StoredRun.Read(session, rows);
    }

    /// <summary>Goes through the runs in which something is pending, by when their first is due.</summary>
    public static IEnumerable<StoredRun> Pending(SqliteSession session, RunBodies bodies)
    {
        using var rows = session.Use(SelectPending);
        while (rows.Step()) yield return StoredRun.Read(session, bodies.Get(session, rows.Long(StoredRun.StateCount)), rows);
    }

    /// <summary>Goes through the deliveries that are pending in runs.</summary>
    public static IEnumerable<(string SubscriptionId, long DueAt)> PendingDeliveries(SqliteSession session, RunBodies bodies)
    {
        foreach (var run in Pending(session, bodies))
        {
            for (var place = 0; place < run.Body.Count; place++)
            {
                if (run.IsPending(place)) yield return (run.Body.SubscriptionIdOf(run.Body[place]), run.Body[place].CreatedAt);
            }
        }
    }

    /// <summary>The numbers of the runs in which something is pending, by when their first is due.</summary>
    public static List<long> PendingSeqs(SqliteSession session)
    {
        List<long> found = [];
        using var rows = session.Use("SELECT seq FROM webhook_run_state INDEXED BY webhook_run_pending WHERE pending > 0 ORDER BY due_at, seq");
        while (rows.Step()) found.Add(rows.Long(0));
        return found;
    }

    public static bool IsAnyPending(SqliteSession session) =>
        session.Scalar("SELECT 1 FROM webhook_run_state INDEXED BY webhook_run_pending WHERE pending > 0 LIMIT 1") is not null;

    /// <summary>
    /// The numbers of some runs in which something is pending still, though of the others the last one succeeded before a time: what waits for long, for a
    /// paused subscription say, must not keep them.
    /// </summary>
    public static List<long> HeldBack(SqliteSession session, DateTimeOffset before, int limit)
    {
        List<long> found = [];
        using var rows = session.Use("SELECT seq FROM webhook_run_state INDEXED BY webhook_run_pending WHERE pending > 0 AND completed_at < ?1 ORDER BY due_at LIMIT ?2");
        rows.Bind(1, Columns.OfTime(before)).Bind(2, limit);
        while (rows.Step()) found.Add(rows.Long(0));
        return found;
    }

    /// <summary>Goes through the runs whose deliveries have all ended, the last before a time.</summary>
    public static IEnumerable<StoredRun> Finished(SqliteSession session, DateTimeOffset before)
    {
        using var rows = session.Use(SelectFinished);
        rows.Bind(1, Columns.OfTime(before));
        while (rows.Step()) yield return StoredRun.Read(session, rows);
    }

    private static bool Has(StoredRun run, DeliveryKey key)
    {
        if (!run.Body.Concerns(key.SubscriptionId)) return false;
        for (var place = 0; place < run.Body.Count; place++)
        {
            if (run.Body.KeyOf(place) == key) return true;
        }

        return false;
    }
}
