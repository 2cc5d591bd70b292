using System.Collections;
using Npgsql;
using NpgsqlTypes;

namespace WebhookKit.PostgreSql.Connections;

/// <summary>One statement with its parameters, which are numbered in the order in which they are given.</summary>
/// <remarks>
/// A statement that must go by its indexes is sent together with another before it that sets the planner so, for the transaction of the two
/// only: the planner knows nothing of tables that grow by the minute, and without that would now and then read one from end to end. No state
/// of the session is used, so a pooler may give each transaction another connection.
/// <para>
/// That does not keep it from reading a whole index, or another one, and of a table that was empty when it was vacuumed that looks cheapest for a join. So what is
/// read for each row of something stands in a <c>LATERAL</c> part with the order of the index that it should go by: only that index gives it, since sorting is off. (So it
/// compares by two inequalities: with an equality there would be nothing to order.) <c>OFFSET 0</c> keeps such a part from being made a join; <c>+ 0</c> keeps a column from
/// being looked up by the wrong index. What is changed cannot stand in such a part: see <see cref="Estimates"/>.
/// </para>
/// </remarks>
internal sealed class Command
{
    private const string ByIndexes = """
        SELECT set_config('plan_cache_mode', 'force_generic_plan', true), set_config('jit', 'off', true), set_config('enable_seqscan', 'off', true),
            set_config('enable_bitmapscan', 'off', true), set_config('enable_hashjoin', 'off', true), set_config('enable_mergejoin', 'off', true),
            set_config('enable_material', 'off', true),
            set_config('enable_sort', 'off', true), set_config('max_parallel_workers_per_gather', '0', true)
        """;

    private const string Unflushed = "SELECT set_config('synchronous_commit', 'off', true)";

    private readonly NpgsqlBatch _batch;
    private readonly NpgsqlBatchCommand _command;
    private readonly bool _prepares;

    /// <summary>How many statements that only set something go ahead.</summary>
    private int _settings;

    public Command(Session session, string statement, bool byIndexes)
    {
        _prepares = session.Prepares;
        _batch = session.Connection.CreateBatch();
        _batch.Transaction = session.Transaction;
        _batch.Timeout = session.Timeout;
        if (session.TakePreamble() is { } preamble) _batch.BatchCommands.Add(new NpgsqlBatchCommand(preamble));
        if (byIndexes) _batch.BatchCommands.Add(new NpgsqlBatchCommand(ByIndexes));
        _settings = _batch.BatchCommands.Count;
        _command = new NpgsqlBatchCommand(session.Schema.Of(statement));
        _batch.BatchCommands.Add(_command);
    }

    public Command With<T>(T[] values)
    {
        _command.Parameters.Add(new NpgsqlParameter<T[]> { TypedValue = values });
        return this;
    }

    /// <summary>
    /// A column of an <c>unnest</c> of several that is often null all the way down: it is sent empty then, which gives the same rows.
    /// </summary>
    public Command WithSparse<T>(T[] values) => With(Array.TrueForAll(values, static v => v is null) ? [] : values);

    /// <summary>
    /// A column of an <c>unnest</c> of several that is never null and often the same all the way down: it is sent once then. The statement takes the
    /// first where there is none.
    /// </summary>
    public Command WithCommon<T>(T[] values) => With(values.Length > 1 && values.AsSpan().CommonPrefixLength(values.AsSpan(1)) == values.Length - 1 ? values[..1] : values);

    public Command WithBits(BitArray[] values)
    {
        _command.Parameters.Add(new NpgsqlParameter<BitArray[]> { TypedValue = values, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Varbit });
        return this;
    }

    public Command With(string? text) => With(text, NpgsqlDbType.Text);

    public Command With(long? number) => With(number, NpgsqlDbType.Bigint);

    public Command With(int? number) => With(number, NpgsqlDbType.Integer);

    public Command With(short? number) => With(number, NpgsqlDbType.Smallint);

    public Command With(bool value) => With(value, NpgsqlDbType.Boolean);

    public Command With(Guid id) => With(id, NpgsqlDbType.Uuid);

    public Command With(TimeSpan time) => With(time, NpgsqlDbType.Interval);

    /// <summary>
    /// Does not wait until the disk has it: for what is harmless to lose, and is done again then. It comes to the disk with the next commit that
    /// waits. Within a transaction it holds for all of it.
    /// </summary>
    public Command WithoutFlush()
    {
        _batch.BatchCommands.Insert(0, new NpgsqlBatchCommand(Unflushed));
        _settings++;
        return this;
    }

    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        await using var reader = await ReadAsync(cancellationToken);
        while (await reader.NextResultAsync(cancellationToken))
        {
            // An error of a later statement of the batch comes here.
        }

        return (int)_command.Rows;
    }

    public Task<T?> ScalarAsync<T>(CancellationToken cancellationToken) =>
        FirstAsync(static row => row.IsDBNull(0) ? default : row.GetFieldValue<T>(0), cancellationToken);

    /// <summary>
    /// Reads the first row, if there is one. The server may send it before it has written everything: an error that comes after it is thrown where the
    /// reader is disposed, which reads on to the end.
    /// </summary>
    public async Task<T?> FirstAsync<T>(Func<NpgsqlDataReader, T?> read, CancellationToken cancellationToken)
    {
        await using var reader = await ReadAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken) ? read(reader) : default;
    }

    /// <summary>Reads all rows.</summary>
    public async Task<List<T>> ListAsync<T>(Func<NpgsqlDataReader, T> read, CancellationToken cancellationToken)
    {
        await using var reader = await ReadAsync(cancellationToken);
        List<T> found = [];
        while (await reader.ReadAsync(cancellationToken)) found.Add(read(reader));
        while (await reader.NextResultAsync(cancellationToken))
        {
            // The commit's outcome comes last.
        }

        return found;
    }

    /// <summary>Sends it.</summary>
    /// <returns>Its rows.</returns>
    public async Task<NpgsqlDataReader> ReadAsync(CancellationToken cancellationToken)
    {
        // Costs nothing when the connection has it prepared already.
        if (_prepares) await _batch.PrepareAsync(cancellationToken);
        var reader = await _batch.ExecuteReaderAsync(cancellationToken);
        try
        {
            for (var i = 0; i < _settings; i++) await reader.NextResultAsync(cancellationToken);
            return reader;
        }
        catch
        {
            // The connection may be used for something else after this has failed.
            await reader.DisposeAsync();
            throw;
        }
    }

    private Command With(object? value, NpgsqlDbType type)
    {
        _command.Parameters.Add(new NpgsqlParameter { Value = value ?? DBNull.Value, NpgsqlDbType = type });
        return this;
    }
}
