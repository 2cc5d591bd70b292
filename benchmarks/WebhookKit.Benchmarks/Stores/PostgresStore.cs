using WebhookKit.Benchmarks.Measuring;
using WebhookKit.Benchmarks.Throughput;
using WebhookKit.Benchmarks.Yardsticks.Outbox;
using WebhookKit.Benchmarks.Yardsticks.Scheduler;
using WebhookKit.Tests.Postgres;

namespace WebhookKit.Benchmarks.Stores;

/// <summary>PostgreSQL on this machine, in a database of its own; commits wait for the disk.</summary>
internal sealed record PostgresStore : DatabaseStore
{
    private readonly PostgresServer _server;
    private readonly PostgresDatabase _database;
    private readonly Stack<IAsyncDisposable> _others = new();

    private PostgresStore(PostgresServer server, PostgresDatabase database, int publishers) : base(database.ConnectionString)
    {
        _server = server;
        _database = database;
        Publishers = publishers;
    }

    public static async Task<PostgresStore> CreateAsync(int publishers)
    {
        var server = await BenchServer.FindOrStartAsync();
        return new PostgresStore(server, await PostgresDatabase.CreateAsync(server), publishers);
    }

    public override ProcessTree? Database => BenchServer.ProcessesOf(_server);

    public override async Task<IReadOnlyList<Rival>> StartRivalsAsync(Uri[] urls, int concurrency, int requests)
    {
        var outbox = await OutboxSide.StartAsync(urls, concurrency, await CreateDatabaseAsync());
        _others.Push(outbox);
        var scheduler = await SchedulerSide.StartAsync(urls, concurrency, await CreateDatabaseAsync(), clustered: false);
        _others.Push(scheduler);
        return [new Rival("an outbox by hand", outbox, requests / 2, LeastTimes: 1.5), new Rival("a job scheduler", scheduler, requests / 40, LeastTimes: 40)];
    }

    public override async Task<BenchStore> CreateAnotherAsync() => new DatabaseStore(await CreateDatabaseAsync()) { Publishers = Publishers };

    public override async ValueTask DisposeAsync()
    {
        foreach (var other in _others) await other.DisposeAsync();
        await _database.DisposeAsync();
        await _server.DisposeAsync();
        await base.DisposeAsync();
    }

    private async Task<string> CreateDatabaseAsync()
    {
        var database = await PostgresDatabase.CreateAsync(_server);
        _others.Push(database);
        return database.ConnectionString;
    }
}
