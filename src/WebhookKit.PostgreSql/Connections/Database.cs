using System.Globalization;
using System.Transactions;
using Npgsql;
using IsolationLevel = System.Data.IsolationLevel;

namespace WebhookKit.PostgreSql.Connections;

/// <summary>The database of the store: how it is connected to, and what is said when it cannot be used.</summary>
internal sealed class Database : IAsyncDisposable
{
    /// <summary>How often a transaction that the server ended for the sake of others is tried again.</summary>
    private const int MaxRestarts = 10;

    /// <summary>
    /// How much longer than a statement the server waits for the next one of a transaction of ours. A process that stands still holds its locks
    /// no longer than that.
    /// </summary>
    private const int StandstillSeconds = 10;

    private readonly NpgsqlDataSource _source;
    private readonly bool _isOwn;
    private readonly int _timeout;
    private readonly string _endsWhenStill;

    public Database(PostgreSqlStoreOptions options)
    {
        _isOwn = options.DataSource is null;
        _source = options.DataSource ?? CreateSource(options.ConnectionString);
        _timeout = (int)options.CommandTimeout.TotalSeconds;
        _endsWhenStill = string.Create(
            CultureInfo.InvariantCulture, $"SELECT set_config('idle_in_transaction_session_timeout', '{_timeout + StandstillSeconds}s', true)");
        Schema = new SchemaName(options.Schema);
        Prepares = options.PrepareStatements ?? false;
        Faults = new StoreFaults(_source.ConnectionString, options.Schema);
    }

    public SchemaName Schema { get; }

    /// <summary>Whether statements are prepared: not before it is known who answers.</summary>
    public bool Prepares { get; set; }

    public StoreFaults Faults { get; }

    /// <summary>Runs statements, each of which is a transaction.</summary>
    public async Task<T> RunAsync<T>(Func<Session, Task<T>> work, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        for (var restarts = 0; ;)
        {
            try
            {
                await using var connection = await OpenAsync(_source.CreateConnection(), cancellationToken);
                return await work(new Session(connection, null, Schema, Prepares, _timeout));
            }
            catch (PostgresException cause) when (IsForOthers(cause) && restarts++ < MaxRestarts)
            {
                // Nothing of it is done: do it again.
            }
            catch (Exception cause) when (StoreFaults.IsOfServer(cause))
            {
                throw Fail(cause);
            }
        }
    }

    /// <summary>Runs statements as one transaction.</summary>
    public Task<T> TransactAsync<T>(Func<Session, Task<T>> work, CancellationToken cancellationToken, IsolationLevel isolation = IsolationLevel.ReadCommitted) => RunAsync(
        async session =>
        {
            await using var transaction = await session.Connection.BeginTransactionAsync(isolation, cancellationToken);
            var result = await work(Within(session.Connection, transaction));
            await transaction.CommitAsync(cancellationToken);
            return result;
        },
        cancellationToken);

    /// <summary>Runs reads that all see the same moment.</summary>
    public Task<T> ReadAtOnceAsync<T>(Func<Session, Task<T>> work, CancellationToken cancellationToken) =>
        TransactAsync(work, cancellationToken, IsolationLevel.RepeatableRead);

    /// <summary>Statements within a transaction of ours, which the server ends if we stand still in the middle of it.</summary>
    public Session Within(NpgsqlConnection connection, NpgsqlTransaction transaction) =>
        new(connection, transaction, Schema, Prepares, _timeout) { Preamble = _endsWhenStill };

    /// <summary>Statements within a transaction of the host's: never prepared, for the connection is not ours.</summary>
    public Session Join(NpgsqlConnection connection, NpgsqlTransaction transaction) => new(connection, transaction, Schema, Prepares: false, _timeout);

    /// <summary>Opens a connection for as long as somebody listens.</summary>
    public Task<NpgsqlConnection> OpenListenerAsync(string? connectionString, CancellationToken cancellationToken) =>
        OpenAsync(connectionString is null ? _source.CreateConnection() : new NpgsqlConnection(connectionString), cancellationToken);

    public async ValueTask DisposeAsync()
    {
        if (_isOwn) await _source.DisposeAsync();
    }

    private static NpgsqlDataSource CreateSource(string connectionString)
    {
        // The store leaves nothing behind in a session, so nothing has to be reset.
        var parts = new NpgsqlConnectionStringBuilder(connectionString) { NoResetOnClose = true };
        parts.ApplicationName ??= "WebhookKit";
        return NpgsqlDataSource.Create(parts);
    }

    private static async Task<NpgsqlConnection> OpenAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        try
        {
            await BeginOpening(connection, cancellationToken);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <summary>
    /// Keeps the connection out of a TransactionScope that the caller happens to be in: what others wait for, or is sent already, must not hang on
    /// its end. Npgsql looks for one before it waits for anything, so the scope here can end on the thread that it began on.
    /// </summary>
    private static Task BeginOpening(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        if (Transaction.Current is null) return connection.OpenAsync(cancellationToken);
        using var apart = new TransactionScope(TransactionScopeOption.Suppress, TransactionScopeAsyncFlowOption.Enabled);
        return connection.OpenAsync(cancellationToken);
    }

    private static bool IsForOthers(PostgresException cause) => cause.SqlState is PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure;

    private WebhookStoreException Fail(Exception cause)
    {
        // What else is in the pool leads to the same server that has gone, or must not be written any more.
        if (_isOwn && StoreFaults.IsAway(cause)) _source.Clear();
        return Faults.Explain(cause);
    }
}
