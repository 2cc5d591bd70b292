using WebhookKit.PostgreSql.Connections;
using WebhookKit.PostgreSql.Rows;
using WebhookKit.PostgreSql.Runs;
using WebhookKit.PostgreSql.Schema;
using WebhookKit.Stored.Runs;

namespace WebhookKit.PostgreSql;

/// <summary>Keeps everything in PostgreSQL, for any number of nodes.</summary>
/// <remarks>
/// The steps stand in the other parts of this class; what the tables are and why stands in <c>Schema/001.sql</c>. What locks rows locks them in
/// this order: subscription, partition, delivery, event, info; and several of one kind in the order of their keys, but for deliveries. An
/// event that publishing adds, which only another event of the same id waits for, comes after its subscriptions. Where two yet wait for each
/// other (over deliveries, or within a host's transaction, whose order is its own), the server ends one, which is run again if it is ours.
/// </remarks>
internal sealed partial class PostgreSqlWebhookStore : IWebhookStore, IAsyncDisposable, IDisposable
{
    /// <summary>How many rows one listing looks at, so that no read takes long.</summary>
    internal const int MaxListSteps = 20_000;

    /// <summary>How many deleted subscriptions are remembered, for nodes that have not heard of it yet.</summary>
    internal const int MaxDeleted = 10_000;

    /// <summary>How many deliveries a deletion cancels in one transaction, so that nobody waits long for any of them.</summary>
    internal const int MaxCancelStep = 5_000;

    /// <summary>How many deliveries of a subscription that are published together become a run: fewer cost less as rows.</summary>
    internal const int LeastRun = 4;

    private readonly PostgreSqlStoreOptions _options;
    private readonly TimeProvider _time;
    private readonly int _maxListSteps;
    private readonly int _maxDeleted;
    private readonly int _maxCancelStep;
    private readonly int _leastRun;
    private readonly Database _database;
    private readonly Outage _outage;
    private readonly RunPlaces<RunPlace> _places = new();
    private readonly SequencedLanes _sequenced = new();
    private readonly SemaphoreSlim _opening = new(1);
    private volatile bool _isReady;
    private int _partitionCount;
    private short[] _allPartitions = [];
    private Guid _storeId;

    /// <summary>Whether a pooler stands between this process and the server.</summary>
    private bool _isPooled;
    private int _isDisposed;

    public PostgreSqlWebhookStore(
        PostgreSqlStoreOptions options, TimeProvider time, int maxListSteps = MaxListSteps, int maxDeleted = MaxDeleted, int maxCancelStep = MaxCancelStep,
        int leastRun = LeastRun)
    {
        if (PostgreSqlStoreOptionsValidator.FindFaults(options).FirstOrDefault() is { } fault) throw new ArgumentException(fault, nameof(options));
        _options = options;
        _time = time;
        _maxListSteps = maxListSteps;
        _maxDeleted = maxDeleted;
        _maxCancelStep = maxCancelStep;
        _leastRun = leastRun;
        _database = new Database(options);
        _outage = new Outage(time);
    }

    public int PartitionCount => _isReady ? _partitionCount : throw NotReady();

    public async ValueTask InitializeAsync(CancellationToken cancellationToken)
    {
        await _opening.WaitAsync(cancellationToken);
        try
        {
            if (!_isReady) await OpenAsync(cancellationToken);
        }
        finally
        {
            _opening.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        // The container disposes it once for each interface that it is registered as.
        if (Interlocked.Exchange(ref _isDisposed, 1) != 0) return;
        await _database.DisposeAsync();
        _opening.Dispose();
    }

    public void Dispose() => DisposeAsync().AsTask().GetAwaiter().GetResult();

    private static InvalidOperationException NotReady() => new("The store is not ready: call InitializeAsync first.");

    private async Task OpenAsync(CancellationToken cancellationToken)
    {
        _database.Prepares = false;
        _isPooled = await _database.RunAsync(session => PrepareAsync(session, cancellationToken), cancellationToken);
        if (_options.Migrate)
        {
            await _database.TransactAsync(
                async session =>
                {
                    await Migrations.ApplyAsync(session, _database.Faults, _options.PartitionCount, cancellationToken);
                    return true;
                },
                cancellationToken);
        }

        (_storeId, _partitionCount) = await _database.RunAsync(session => InfoRow.ReadIdentityAsync(session, cancellationToken), cancellationToken);
        _allPartitions = [.. Enumerable.Range(0, _partitionCount).Select(p => (short)p)];
        _database.Prepares = _options.PrepareStatements ?? !_isPooled;
        _isReady = true;
    }

    /// <summary>Looks at the server before anything is changed.</summary>
    /// <returns>Whether a pooler stands in between: then the process that serves the connection is not the one that it was told of.</returns>
    private async Task<bool> PrepareAsync(Session session, CancellationToken cancellationToken)
    {
        await Migrations.CheckServerAsync(session, _database.Faults, cancellationToken);
        var version = await Migrations.FindVersionAsync(session, _database.Faults, cancellationToken);
        if (version < Migrations.Latest && !_options.Migrate) throw RefuseVersion(version);
        if (version == 0) await Rights.CheckToMakeAsync(session, _database.Faults, cancellationToken);
        return await session.Use("SELECT pg_backend_pid()").ScalarAsync<int>(cancellationToken) != session.Connection.ProcessID;
    }

    private WebhookStoreException RefuseVersion(int version) => _database.Faults.Refuse(
        version == 0 ? $"has no tables for webhooks in the schema '{_options.Schema}'" : $"has tables of version {version}, but this library needs {Migrations.Latest}",
        $"Let an administrator run what PostgreSqlSchema.CreateScript(\"{_options.Schema}\", fromVersion: {version}) gives, or set PostgreSqlStoreOptions.Migrate to true.");

    private Database Ready => _isReady ? _database : throw NotReady();

    private short PartitionOf(string subscriptionId) => (short)Partitioner.GetPartition(subscriptionId, _partitionCount);

    private short EventPartitionOf(string? tenantId) => EventRows.PartitionOf(tenantId, _partitionCount);

    private void CheckPartition(int partition)
    {
        if ((uint)partition >= (uint)PartitionCount)
            throw new ArgumentOutOfRangeException(nameof(partition), partition, $"There is no partition {partition}: this store has {PartitionCount}, numbered from 0.");
    }

    private short[] CheckPartitions(IReadOnlyCollection<int> partitions)
    {
        foreach (var partition in partitions) CheckPartition(partition);
        return [.. partitions.Select(static p => (short)p)];
    }
}
