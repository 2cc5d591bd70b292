using WebhookKit.Benchmarks.Measuring;
using WebhookKit.Benchmarks.Throughput;
using WebhookKit.Benchmarks.Yardsticks.Outbox;
using WebhookKit.Benchmarks.Yardsticks.Scheduler;
using WebhookKit.Tests.Postgres;

namespace WebhookKit.Benchmarks.Stores;

/// <summary>PostgreSQL on this machine, in a database of its own; commits wait for the disk.</summary>
internal sealed record PostgresStore : BenchStore
{
    /// <summary>What so many statements have stored is kept: a table that has become empty is another case.</summary>
    private const int KeptGroups = 32;

    private static readonly string[] HistoryTables = ["webhook_delivery", "webhook_run", "webhook_event"];

    private readonly PostgresServer _server;
    private readonly PostgresDatabase _database;
    private readonly Stack<IAsyncDisposable> _rivals = new();

    private PostgresStore(PostgresServer server, PostgresDatabase database, int publishers)
        : base("on PostgreSQL", publishers, LeastRatio: 0.50, MostBytes: null)
    {
        _server = server;
        _database = database;
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
        _rivals.Push(outbox);
        var scheduler = await SchedulerSide.StartAsync(urls, concurrency, await CreateDatabaseAsync(), clustered: false);
        _rivals.Push(scheduler);
        return [new Rival("an outbox by hand", outbox, requests / 2, LeastTimes: 1.5), new Rival("a job scheduler", scheduler, requests / 40, LeastTimes: 40)];
    }

    /// <summary>
    /// As where retention has run for a while: rows go where others were. Otherwise each round would make its tables larger, which a store that is in use seldom
    /// does, and have the server touch more of its memory for the first time.
    /// </summary>
    public override Task RemoveHistoryAsync() => PostgresSql.ExecuteEachAsync(
        _database.ConnectionString,
        [
            // By the groups of event numbers: the newest are kept.
            $"DELETE FROM webhooks.webhook_run WHERE event_group < (SELECT max(seq) FROM webhooks.webhook_event) / 512 - {KeptGroups}",
            $"DELETE FROM webhooks.webhook_delivery WHERE event_seq < (SELECT max(seq) FROM webhooks.webhook_event) - 512 * {KeptGroups}",
            $"DELETE FROM webhooks.webhook_event WHERE seq < (SELECT max(seq) FROM webhooks.webhook_event) - 512 * {KeptGroups}",
            .. HistoryTables.Select(t => $"VACUUM (ANALYZE, TRUNCATE FALSE) webhooks.{t}"),
        ]);

    public override void Configure(IWebhooksBuilder webhooks) => webhooks.UsePostgreSql(_database.ConnectionString);

    public override async ValueTask DisposeAsync()
    {
        foreach (var rival in _rivals) await rival.DisposeAsync();
        await _database.DisposeAsync();
        await _server.DisposeAsync();
    }

    private async Task<string> CreateDatabaseAsync()
    {
        var database = await PostgresDatabase.CreateAsync(_server);
        _rivals.Push(database);
        return database.ConnectionString;
    }
}
