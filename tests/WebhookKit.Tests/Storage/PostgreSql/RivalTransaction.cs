using System.Data;
using Npgsql;
using NUnit.Framework;

namespace WebhookKit.Tests.Storage.PostgreSql;

/// <summary>A transaction on a connection of its own that stays open, and with it its locks, until the test ends it.</summary>
internal sealed class RivalTransaction : IAsyncDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);
    private const int MaxLooks = 5000;

    private const string Waiting = """
        WITH RECURSIVE waiting AS (
            SELECT $1 AS pid
            UNION
            SELECT a.pid FROM waiting w JOIN pg_stat_activity a ON w.pid = ANY(pg_blocking_pids(a.pid)) WHERE a.datname = current_database()
        )
        SELECT count(*) - 1 FROM waiting
        """;

    private readonly string _connectionString;
    private readonly NpgsqlConnection _connection;

    private RivalTransaction(string connectionString, NpgsqlConnection connection, NpgsqlTransaction transaction)
    {
        _connectionString = connectionString;
        _connection = connection;
        Transaction = transaction;
    }

    public NpgsqlTransaction Transaction { get; }

    public static Task<RivalTransaction> BeginAsync(string connectionString, params string[] statements) =>
        BeginAsync(connectionString, IsolationLevel.ReadCommitted, statements);

    public static async Task<RivalTransaction> BeginAsync(string connectionString, IsolationLevel isolation, params string[] statements)
    {
        var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync();
        var rival = new RivalTransaction(connectionString, connection, await connection.BeginTransactionAsync(isolation));
        foreach (var statement in statements) await rival.ExecuteAsync(statement);
        return rival;
    }

    public async Task ExecuteAsync(string statement)
    {
        await using var command = new NpgsqlCommand(statement, _connection, Transaction);
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>Waits until so many wait for a lock of this transaction or for one who does, as the call must that is given.</summary>
    public async Task WhenWaitedForAsync(Task call, int waiting = 1)
    {
        if (!await LookForAsync(call, count => count >= waiting)) Assert.Fail("The call does not wait for the other transaction.");
    }

    /// <summary>Waits until nobody waits for it any more, or the call has ended that is given.</summary>
    public async Task WhenGivenUpAsync(Task call) => await LookForAsync(call, static count => count == 0);

    public Task CommitAsync() => Transaction.CommitAsync();

    public Task RollbackAsync() => Transaction.RollbackAsync();

    public async ValueTask DisposeAsync()
    {
        await Transaction.DisposeAsync();
        await _connection.DisposeAsync();
    }

    /// <returns>Whether it came to that before the call ended.</returns>
    private async Task<bool> LookForAsync(Task call, Func<long, bool> isReached)
    {
        await using var connection = new NpgsqlConnection(_connectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(Waiting, connection);
        command.Parameters.Add(new NpgsqlParameter { Value = _connection.ProcessID });
        for (var looks = 0; looks < MaxLooks; looks++)
        {
            if (call.IsCompleted) return false;
            if (isReached((long)(await command.ExecuteScalarAsync())!)) return true;
            await Task.Delay(Pause);
        }

        Assert.Fail("Those who wait for the other transaction stayed as many as they were.");
        return false;
    }
}
