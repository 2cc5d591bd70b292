using Microsoft.Data.Sqlite;
using SQLitePCL;
using WebhookKit.Sqlite.Runs;

namespace WebhookKit.Sqlite.Connections;

/// <summary>
/// The one writer: a thread with the only connection that writes. All jobs that have come while a transaction was being committed are
/// written by the next one together, so that they share its commit.
/// </summary>
internal sealed class SqliteWriter : IDisposable
{
    /// <summary>How many jobs share a transaction at most: an early one waits for the last.</summary>
    private const int MaxJobs = 1024;

    // Not a Lock: the writer waits on it.
    private readonly object _gate = new();
    private readonly SqliteFile _file;
    private readonly SqliteSession _session;
    private readonly WriteTransaction _transaction;
    private readonly Thread _thread;
    private readonly Queue<WriteJob> _queue = new();
    private bool _isWaiting;
    private bool _isEnding;

    public SqliteWriter(SqliteFile file, SqliteSession session, RunWriter runs)
    {
        _file = file;
        _session = session;
        _transaction = new WriteTransaction(session, runs);
        _thread = new Thread(Run) { IsBackground = true, Name = "WebhookKit SQLite writer" };
        _thread.UnsafeStart();
    }

    /// <summary>Writes something.</summary>
    /// <param name="write">Writes it within a transaction; may be called again when that is rolled back.</param>
    /// <param name="goesOnAtOnce">See <see cref="WriteJob{T}"/>.</param>
    /// <param name="cancellationToken">Gives up until its turn comes.</param>
    /// <returns>Its result, once it is committed.</returns>
    public Task<T> WriteAsync<T>(Func<WriteTransaction, T> write, bool goesOnAtOnce, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested) return Task.FromCanceled<T>(cancellationToken);
        var job = new WriteJob<T>(write, goesOnAtOnce, cancellationToken);
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isEnding, typeof(SqliteWebhookStore));
            _queue.Enqueue(job);
            if (_isWaiting) Monitor.Pulse(_gate);
        }

        return job.Ended;
    }

    /// <summary>Writes what has come until now, and ends.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _isEnding = true;
            Monitor.Pulse(_gate);
        }

        _thread.Join();
        _session.Dispose();
    }

    private void Run()
    {
        while (TakeRound() is { } round)
        {
            if (TryWrite(round, out var cause)) LetGoOn(round, null);

            // Nothing of the round is stored. If it is the fault of one of them, the others are not to suffer from it.
            else if (round.Count == 1 || IsOfAll(cause)) LetGoOn(round, cause);
            else WriteEachAlone(round);
        }
    }

    /// <summary>Waits for jobs and takes all that there are.</summary>
    /// <returns>They, in their order; <see langword="null"/> when no more will come.</returns>
    private List<WriteJob>? TakeRound()
    {
        lock (_gate)
        {
            while (_queue.Count == 0)
            {
                if (_isEnding) return null;
                _isWaiting = true;
                Monitor.Wait(_gate);
                _isWaiting = false;
            }

            var round = new List<WriteJob>(Math.Min(_queue.Count, MaxJobs));
            while (round.Count < MaxJobs && _queue.TryDequeue(out var job)) round.Add(job);
            return round;
        }
    }

    private void WriteEachAlone(List<WriteJob> round)
    {
        foreach (var job in round)
        {
            List<WriteJob> alone = [job];
            LetGoOn(alone, TryWrite(alone, out var cause) ? null : cause);
        }
    }

    private bool TryWrite(List<WriteJob> round, out Exception cause)
    {
        try
        {
            _transaction.Reset();
            _file.BeginWriting(_session, CancellationToken.None);
            foreach (var job in round) job.Run(_transaction);
            _transaction.Runs?.Store();
            _session.Run("COMMIT");
            _transaction.Runs?.Committed();
            cause = null!;
            return true;
        }
        catch (Exception fault)
        {
            cause = fault;
            RollBack();
            return false;
        }
    }

    private void RollBack()
    {
        try
        {
            _session.RollBack();
        }
        catch (SqliteException)
        {
            // The cause of the failure is told already; the next BEGIN fails if the transaction is still open.
        }
    }

    /// <summary>Lets the callers go on. From a thread of the pool, where it costs least to hand their work to others of the pool.</summary>
    private void LetGoOn(List<WriteJob> round, Exception? cause)
    {
        var told = cause is SqliteException fault ? _file.Explain(fault) : cause;
        ThreadPool.UnsafeQueueUserWorkItem(
            static ended =>
            {
                // First those whose callers go on elsewhere: none of them waits for what the others do here.
                foreach (var job in ended.Round.Where(j => !j.GoesOnAtOnce)) job.End(ended.Cause);
                foreach (var job in ended.Round.Where(j => j.GoesOnAtOnce)) job.End(ended.Cause);
            },
            (Round: round, Cause: told),
            preferLocal: false);
    }

    /// <summary>Whether a fault is that of the file or the disk, and so of all that was to be written.</summary>
    private static bool IsOfAll(Exception cause) => cause is SqliteException { SqliteErrorCode: not raw.SQLITE_CONSTRAINT };
}
