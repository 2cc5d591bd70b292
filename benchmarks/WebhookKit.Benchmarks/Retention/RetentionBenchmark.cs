using System.Diagnostics;
using System.Globalization;
using WebhookKit.Benchmarks.Measuring;
using WebhookKit.Benchmarks.Receiving;
using WebhookKit.Benchmarks.Stores;
using WebhookKit.Benchmarks.Throughput;
using WebhookKit.Tests.Postgres;

namespace WebhookKit.Benchmarks.Retention;

/// <summary>
/// Whether old history is removed at least as fast as new comes in, and what publishing notices of it. A database with a history that is too old
/// is handed to a node that publishes and delivers at a steady rate; after a minute the engine begins to remove by itself.
/// </summary>
internal static class RetentionBenchmark
{
    private const double MostP99 = 10;

    private static readonly TimeSpan Kept = TimeSpan.FromDays(7);
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(15);

    public static async Task<int> RunAsync(Settings settings)
    {
        var rounds = settings.Get("rounds", 3);
        var rate = settings.Get("rate", 1_000);
        var old = settings.Get("old", 300_000);
        var report = new Report(string.Create(
            CultureInfo.InvariantCulture, $"Retention on PostgreSQL: {old:N0} old deliveries to remove, while {rate:N0} a second are published and delivered"));
        await using var server = await BenchServer.FindOrStartAsync();
        await using var receiver = await ReceiverProcess.StartAsync(1);
        List<RetentionRun> runs = [];
        for (var round = 0; round < rounds; round++) runs.Add(await MeasureAsync(server, receiver, rate, old));

        Report.Row("  published/s meanwhile", Spread.Of(runs.Select(r => r.Published)).ToString("N0"));
        Report.Row("  delivered/s meanwhile", Spread.Of(runs.Select(r => r.Delivered)).ToString("N0"));
        var removed = Spread.Of(runs.Select(r => r.Removed));
        report.Row("  removed/s, with attempts and events", removed.ToString("N0"), string.Create(CultureInfo.InvariantCulture, $"at least {rate:N0}"), removed.Median >= rate);
        Report.Row("  publishing before, p99, ms", Spread.Of(runs.Select(r => r.P99Before)).ToString("0.00"));
        var p99 = Spread.Of(runs.Select(r => r.P99));
        report.Row("  publishing meanwhile, p99, ms", p99.ToString("0.00"), string.Create(CultureInfo.InvariantCulture, $"under {MostP99:0} ms"), p99.Median < MostP99);
        return report.ExitCode;
    }

    private static async Task<RetentionRun> MeasureAsync(PostgresServer server, ReceiverProcess receiver, int rate, int old)
    {
        await using var database = await PostgresDatabase.CreateAsync(server);
        var first = await HistoryFiller.FillAsync(database.ConnectionString, old, Kept + TimeSpan.FromDays(1));
        await using var store = new DatabaseStore(database.ConnectionString);
        await using var watch = await EngineHost.StartAsync(o => o.Dispatch = false, store.Configure);
        var history = watch.Services.GetRequiredService<IDeliveryHistory>();
        await using var engine = await EngineSide.StartAsync([receiver.Url(0, "hook")], concurrency: 64, store);
        await using var publishing = new SteadyPublishing(engine, rate);
        await Task.Delay(WarmUp);

        var warm = Stopwatch.GetTimestamp();
        await UntilAsync(async () => await history.GetDeliveryAsync(first, CancellationToken.None) is null);
        var began = Stopwatch.GetTimestamp();
        await receiver.ResetAsync();

        // Events go last, and the youngest last of all.
        await UntilAsync(async () => await history.GetEventAsync(null, HistoryFiller.LastEventId, CancellationToken.None) is null);
        var ended = Stopwatch.GetTimestamp();
        var seconds = Stopwatch.GetElapsedTime(began, ended).TotalSeconds;
        var delivered = (await receiver.SumAsync(1)).Requests;
        var (p99, published) = publishing.Between(began, ended);
        return new RetentionRun(old / seconds, published / seconds, delivered / seconds, publishing.Between(warm, began).P99, p99);
    }

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        var began = Stopwatch.GetTimestamp();
        while (!await condition())
        {
            if (Stopwatch.GetElapsedTime(began) > Patience) throw new InvalidOperationException("Old history is not removed.");
            await Task.Delay(Pause);
        }
    }
}
