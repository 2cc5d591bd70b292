using Microsoft.Data.Sqlite;
using WebhookKit.Sqlite.Connections;
using WebhookKit.Sqlite.Runs;
using WebhookKit.Sqlite.Schema;
using WebhookKit.Stored.Runs;

namespace WebhookKit.Sqlite;

/// <summary>Keeps everything in a SQLite file: one writer, whose transactions many calls share, and readers beside it.</summary>
/// <remarks>
/// The steps stand in the other parts of this class; what the tables are and why stands in <c>Schema/001.sql</c>. Leases run on the
/// machine's monotonic clock, which all processes that can share the file have in common.
/// </remarks>
internal sealed partial class SqliteWebhookStore : IWebhookStore, IDisposable
{
    /// <summary>How many rows one listing looks at, so that no read takes long.</summary>
    internal const int MaxListSteps = 20_000;

    /// <summary>How many deleted subscriptions are remembered, for nodes that have not heard of it yet.</summary>
    internal const int MaxDeleted = 10_000;

    /// <summary>How many deliveries a deletion cancels in one transaction.</summary>
    internal const int MaxCancelStep = 5_000;

    private readonly SqliteStoreOptions _options;
    private readonly TimeProvider _time;
    private readonly int _maxListSteps;
    private readonly int _maxDeleted;
    private readonly int _maxCancelStep;
    private readonly int _leastRun;
    private readonly SqliteFile _file;
    private readonly NodeLocks _locks;
    private readonly RunBodies _bodies = new();
    private readonly RunPlaces<long> _places = new();
    private readonly SequencedLanes _sequenced = new();
    private readonly ReaderPool _readers;
    private readonly Lock _opening = new();
    private volatile SqliteWriter? _writer;
    private int _partitionCount;

    /// <summary>The path as SQLite has it.</summary>
    private string? _openedAs;
    private bool _isDisposed;

    public SqliteWebhookStore(
        SqliteStoreOptions options,
        TimeProvider time,
        int maxListSteps = MaxListSteps,
        int maxDeleted = MaxDeleted,
        int maxCancelStep = MaxCancelStep,
        int leastRun = RunWriter.LeastRun)
    {
        if (SqliteStoreOptionsValidator.FindFaults(options).FirstOrDefault() is { } fault) throw new ArgumentException(fault, nameof(options));
        _options = options;
        _time = time;
        _maxListSteps = maxListSteps;
        _maxDeleted = maxDeleted;
        _maxCancelStep = maxCancelStep;
        _leastRun = leastRun;
        _file = new SqliteFile(options);
        _locks = new NodeLocks(_file.Path);
        _readers = new ReaderPool(_file);
    }

    public int PartitionCount => _writer is null ? throw NotReady() : _partitionCount;

    /// <summary>The writer groups by itself, publishes and settlements together.</summary>
    public bool GainsFromGroupCommit => false;

    /// <summary>The store's clock, in milliseconds: it never goes back while the machine runs.</summary>
    private long Now => (long)(_time.GetTimestamp() * 1000.0 / _time.TimestampFrequency);

    public ValueTask InitializeAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_opening)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            if (_writer is null) OpenNeedsLock(cancellationToken);
        }

        return ValueTask.CompletedTask;
    }

    public void Dispose()
    {
        // The container disposes it once for each interface that it is registered as.
        lock (_opening)
        {
            if (_isDisposed) return;
            _isDisposed = true;
            _writer?.Dispose();
            _readers.Dispose();
            _locks.Dispose();
        }
    }

    private void OpenNeedsLock(CancellationToken cancellationToken)
    {
        SqliteSession? session = null;
        try
        {
            session = _file.OpenWriter(cancellationToken);
            FileCheck.ThrowIfDamaged(session, _file.Path);
            Migrations.ThrowIfNotOurs(session, _file.Path);
            _file.Prepare(session, cancellationToken);
            _openedAs = session.FilePath;
            _partitionCount = Migrations.Apply(session, _file, _options.PartitionCount, cancellationToken);
            _writer = new SqliteWriter(_file, session, new RunWriter(session, _places, _sequenced, _leastRun));
        }
        catch (SqliteException cause)
        {
            session?.Dispose();
            throw _file.Explain(cause);
        }
        catch
        {
            session?.Dispose();
            throw;
        }
    }

    /// <summary>Writes something, all that was written before being in the tables.</summary>
    private Task<T> WriteAsync<T>(Func<WriteTransaction, T> write, CancellationToken cancellationToken) => JoinAsync(
        transaction =>
        {
            transaction.Runs?.Store();
            return write(transaction);
        },
        cancellationToken);

    /// <summary>Writes something together with what else is written to runs.</summary>
    private Task<T> JoinAsync<T>(Func<WriteTransaction, T> write, CancellationToken cancellationToken, bool goesOnAtOnce = false) =>
        (_writer ?? throw NotReady()).WriteAsync(write, goesOnAtOnce, cancellationToken);

    private ValueTask<T> ReadAsync<T>(Func<SqliteSession, T> read, CancellationToken cancellationToken) =>
        _writer is null ? throw NotReady() : _readers.ReadAsync(read, cancellationToken);

    private static InvalidOperationException NotReady() => new("The store is not ready: call InitializeAsync first.");

    private void CheckPartition(int partition)
    {
        if ((uint)partition >= (uint)PartitionCount)
            throw new ArgumentOutOfRangeException(nameof(partition), partition, $"There is no partition {partition}: this store has {PartitionCount}, numbered from 0.");
    }

    private void CheckPartitions(IReadOnlyCollection<int> partitions)
    {
        foreach (var partition in partitions) CheckPartition(partition);
    }
}
