using Npgsql;
using NpgsqlTypes;

namespace WebhookKit.Benchmarks.Yardsticks.Outbox;

/// <summary>The outbox: a table, and the statements that it lives by.</summary>
internal sealed class OutboxTable(NpgsqlDataSource database)
{
    // What is claimed stays in the index until it is sent: a claim changes no indexed column, so it costs no new entry in an index, as
    // long as the page has room for the new version of the row.
    private const string Create = """
        CREATE TABLE outbox (
            id bigserial PRIMARY KEY,
            url text NOT NULL,
            payload bytea NOT NULL,
            status smallint NOT NULL DEFAULT 0,
            attempts integer NOT NULL DEFAULT 0,
            next_attempt_at timestamptz NOT NULL DEFAULT now(),
            locked_until timestamptz NOT NULL DEFAULT '-infinity'
        ) WITH (fillfactor = 60);
        CREATE INDEX outbox_pending ON outbox (next_attempt_at) WHERE status = 0
        """;

    private const string Insert = "INSERT INTO outbox (url, payload) VALUES ($1, $2)";

    private const string Fill = "INSERT INTO outbox (url, payload) SELECT $1, $2 FROM generate_series(1, $3)";

    private const string Claim = """
        WITH due AS MATERIALIZED (
            SELECT id FROM outbox
            WHERE status = 0 AND next_attempt_at <= now() AND locked_until < now()
            ORDER BY next_attempt_at LIMIT $1
            FOR UPDATE SKIP LOCKED)
        UPDATE outbox SET locked_until = now() + interval '1 minute', attempts = attempts + 1
        FROM due WHERE outbox.id = due.id
        RETURNING outbox.id, url, payload
        """;

    private const string Complete = "UPDATE outbox SET status = 1 WHERE id = ANY($1)";

    private const string Retry = "UPDATE outbox SET locked_until = '-infinity', next_attempt_at = now() + interval '5 seconds' * 2 ^ attempts WHERE id = ANY($1)";

    /// <summary>Connects to a database: statements are prepared, and a connection is not swept between two uses, as nothing here leaves anything behind.</summary>
    public static NpgsqlDataSource Connect(string connectionString) => NpgsqlDataSource.Create(
        new NpgsqlConnectionStringBuilder(connectionString) { MaxAutoPrepare = 10, AutoPrepareMinUsages = 1, NoResetOnClose = true });

    public async Task CreateAsync()
    {
        await using var command = database.CreateCommand(Create);
        await command.ExecuteNonQueryAsync();
    }

    public async Task InsertAsync(string url, byte[] payload)
    {
        await using var command = database.CreateCommand(Insert);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = url });
        command.Parameters.Add(new NpgsqlParameter<byte[]> { TypedValue = payload });
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>The same row so many times, in one transaction.</summary>
    public async Task FillAsync(string url, byte[] payload, int count)
    {
        await using var command = database.CreateCommand(Fill);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = url });
        command.Parameters.Add(new NpgsqlParameter<byte[]> { TypedValue = payload });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = count });
        await command.ExecuteNonQueryAsync();
    }

    public async Task<List<OutboxRow>> ClaimAsync(int limit)
    {
        await using var command = database.CreateCommand(Claim);
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = limit });
        await using var reader = await command.ExecuteReaderAsync();
        List<OutboxRow> rows = [];
        while (await reader.ReadAsync()) rows.Add(new OutboxRow(reader.GetInt64(0), reader.GetString(1), reader.GetFieldValue<byte[]>(2)));
        return rows;
    }

    public Task CompleteAsync(long[] ids) => UpdateAsync(Complete, ids);

    public Task RetryAsync(long[] ids) => UpdateAsync(Retry, ids);

    private async Task UpdateAsync(string sql, long[] ids)
    {
        await using var command = database.CreateCommand(sql);
        command.Parameters.Add(new NpgsqlParameter<long[]> { TypedValue = ids, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bigint });
        await command.ExecuteNonQueryAsync();
    }
}
