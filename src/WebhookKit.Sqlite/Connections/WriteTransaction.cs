using Microsoft.Data.Sqlite;
using WebhookKit.Sqlite.Rows;
using WebhookKit.Sqlite.Runs;

namespace WebhookKit.Sqlite.Connections;

/// <summary>
/// An open write transaction, and what has been read in it that cannot change but by itself: nobody else writes meanwhile.
/// </summary>
/// <param name="session">The connection.</param>
/// <param name="runs">What it does to runs; <see langword="null"/> within a transaction of the host's, which does nothing to them.</param>
internal sealed class WriteTransaction(SqliteSession session, RunWriter? runs)
{
    private readonly Dictionary<int, long?> _fences = [];
    private long? _changeNumber;

    public SqliteSession Session => session;

    public RunWriter? Runs => runs;

    /// <summary>The latest change number of the subscriptions.</summary>
    public long ChangeNumber => _changeNumber ??= InfoRow.ReadChangeNumber(session);

    /// <summary>Forgets what was read: another transaction begins.</summary>
    public void Reset()
    {
        _fences.Clear();
        _changeNumber = null;
        runs?.Reset();
    }

    /// <summary>Takes the next change number.</summary>
    public long NextChangeNumber()
    {
        _changeNumber = InfoRow.AdvanceChangeNumber(session);
        return _changeNumber.Value;
    }

    /// <summary>Whether a partition is still owned under a fencing number.</summary>
    public bool IsCurrent(int partition, long fence)
    {
        if (!_fences.TryGetValue(partition, out var current))
        {
            current = PartitionRows.ReadFence(session, partition);
            _fences.Add(partition, current);
        }

        return current == fence;
    }

    /// <summary>Owners have changed within this transaction.</summary>
    public void OwnersChanged() => _fences.Clear();

    /// <summary>Whether an error says that a key is taken, and so is the fault of what was to be written.</summary>
    public static bool IsKeyTaken(SqliteException cause) => cause.SqliteErrorCode == SQLitePCL.raw.SQLITE_CONSTRAINT;
}
