using WebhookKit.Sqlite.Connections;

namespace WebhookKit.Sqlite.Runs;

/// <summary>
/// Remembers what some runs are about, which never changes: each reading of what is due looks through those in which something is pending. Only what is
/// committed is in here, for the number of a run that was rolled back is given again.
/// </summary>
internal sealed class RunBodies
{
    private const int Capacity = 128;

    private readonly Lock _lock = new();
    private readonly Dictionary<long, RunBody> _bodies = [];

    /// <summary>Finds one, or reads it.</summary>
    /// <param name="session">A reader's: it sees only what is committed.</param>
    /// <param name="seq">The number of the run, which is there.</param>
    public RunBody Get(SqliteSession session, long seq)
    {
        lock (_lock)
        {
            if (_bodies.TryGetValue(seq, out var known)) return known;
        }

        var body = RunRows.GetBody(session, seq);
        lock (_lock)
        {
            if (_bodies.Count >= Capacity) _bodies.Clear();
            _bodies[seq] = body;
        }

        return body;
    }
}
