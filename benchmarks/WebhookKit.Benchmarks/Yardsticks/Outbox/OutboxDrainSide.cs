using Npgsql;
using WebhookKit.Benchmarks.Throughput;

namespace WebhookKit.Benchmarks.Yardsticks.Outbox;

/// <summary>The outbox's worker alone: the rows are there before.</summary>
internal sealed class OutboxDrainSide : ISide, IAsyncDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);

    private readonly NpgsqlDataSource _database;
    private readonly OutboxTable _table;
    private readonly string _url;
    private readonly int _concurrency;

    private OutboxDrainSide(NpgsqlDataSource database, Uri url, int concurrency) =>
        (_database, _table, _url, _concurrency) = (database, new OutboxTable(database), url.ToString(), concurrency);

    /// <summary>Starts it, in a database that is empty.</summary>
    public static async Task<OutboxDrainSide> StartAsync(Uri url, int concurrency, string connectionString)
    {
        var side = new OutboxDrainSide(OutboxTable.Connect(connectionString), url, concurrency);
        await side._table.CreateAsync();
        return side;
    }

    /// <summary>Puts there what the next call is to send.</summary>
    public Task FillAsync(int requests)
    {
        var eventType = EngineSide.EventType(0);
        return _table.FillAsync(_url, Payload.BodyOf(eventType, Payload.For(eventType)), requests);
    }

    public async Task SendAsync(int requests)
    {
        await using var worker = new OutboxWorker(_table, _concurrency);
        while (worker.Completed < requests) await Task.Delay(Pause);
    }

    public ValueTask DisposeAsync() => _database.DisposeAsync();
}
