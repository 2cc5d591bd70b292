using Npgsql;
using WebhookKit.Benchmarks.Throughput;

namespace WebhookKit.Benchmarks.Yardsticks.Outbox;

/// <summary>
/// What a good engineer writes in a day: every event is a row, put there by 20 publishers who each commit it, and sent by a worker. It
/// knows where each event goes: nothing is matched, no order or limit is kept, no attempt is noted down.
/// </summary>
internal sealed class OutboxSide : ISide, IAsyncDisposable
{
    public const int Publishers = 20;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);

    private readonly NpgsqlDataSource _database;
    private readonly OutboxTable _table;
    private readonly OutboxWorker _worker;
    private readonly string[] _urls;
    private readonly byte[][] _bodies;
    private long _published;
    private int _started;

    private OutboxSide(NpgsqlDataSource database, OutboxTable table, OutboxWorker worker, Uri[] urls)
    {
        (_database, _table, _worker) = (database, table, worker);
        _urls = [.. urls.Select(u => u.ToString())];
        _bodies = [.. urls.Select((_, i) => Payload.BodyOf(EngineSide.EventType(i), Payload.For(EngineSide.EventType(i))))];
    }

    /// <summary>Starts it, in a database that is empty.</summary>
    public static async Task<OutboxSide> StartAsync(Uri[] urls, int concurrency, string connectionString)
    {
        var database = OutboxTable.Connect(connectionString);
        var table = new OutboxTable(database);
        await table.CreateAsync();
        return new OutboxSide(database, table, new OutboxWorker(table, concurrency), urls);
    }

    public async Task SendAsync(int requests)
    {
        _started = 0;
        await Task.WhenAll(Enumerable.Range(0, Publishers).Select(_ => Task.Run(() => PublishAsync(requests))));
        while (CountPending() > 0) await Task.Delay(Pause);
    }

    public async ValueTask DisposeAsync()
    {
        await _worker.DisposeAsync();
        await _database.DisposeAsync();
    }

    private long CountPending() => Interlocked.Read(ref _published) - _worker.Completed;

    private async Task PublishAsync(int requests)
    {
        while (Interlocked.Increment(ref _started) is var number && number <= requests)
        {
            // As the engine's publishers do.
            while (CountPending() >= EngineSide.MaxPending) await Task.Delay(Pause);
            Interlocked.Increment(ref _published);
            await _table.InsertAsync(_urls[number % _urls.Length], _bodies[number % _urls.Length]);
        }
    }
}
