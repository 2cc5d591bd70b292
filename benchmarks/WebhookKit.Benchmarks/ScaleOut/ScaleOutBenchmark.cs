using System.Diagnostics;
using System.Globalization;
using WebhookKit.Benchmarks.Measuring;
using WebhookKit.Benchmarks.Receiving;
using WebhookKit.Benchmarks.Stores;
using WebhookKit.Tests.Postgres;

namespace WebhookKit.Benchmarks.ScaleOut;

/// <summary>
/// How much more several nodes on one PostgreSQL deliver than one. The endpoints take 50 ms to answer, so that each node is held by how many
/// requests it may have under way, and not by the processors, which all nodes have to share here.
/// </summary>
/// <remarks>
/// Each run has a database of its own with a backlog that outlasts it, and processes of its own. It is measured when every node has its share
/// of the partitions and has been warmed up: how many deliveries the store has as settled, before and after.
/// </remarks>
internal static class ScaleOutBenchmark
{
    private const int AnswerMilliseconds = 50;
    private const double LeastShare = 0.9;

    /// <summary>What a node may take from the backlog before it is measured, in seconds.</summary>
    private const int MostPreparation = 20;

    /// <summary>The least part of the partitions that a node should come by, if there are as many nodes: shares are not equal.</summary>
    private const double LeastPart = 0.5;

    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(5);

    public static async Task<int> RunAsync(Settings settings)
    {
        var nodes = settings.Get("nodes", 4);
        var rounds = settings.Get("rounds", 3);
        var concurrency = settings.Get("concurrency", 64);
        var duration = TimeSpan.FromSeconds(settings.Get("seconds", 10));
        var report = new Report($"Scale-out on PostgreSQL: {nodes} nodes against 1");
        Report.Note($"{rounds} rounds of {duration.TotalSeconds} s each; each node has at most {concurrency} requests under way, which take {AnswerMilliseconds} ms");
        await using var server = await BenchServer.FindOrStartAsync();
        await using var receiver = await ReceiverProcess.StartAsync(1);
        List<(ScaleOutRun One, ScaleOutRun All)> runs = [];
        for (var round = 0; round < rounds; round++)
        {
            var first = await MeasureAsync(server, receiver, round % 2 == 0 ? 1 : nodes, concurrency, duration);
            var second = await MeasureAsync(server, receiver, round % 2 == 0 ? nodes : 1, concurrency, duration);
            runs.Add(round % 2 == 0 ? (first, second) : (second, first));
        }

        Report.Row("  1 node, deliveries settled/s", Spread.Of(runs.Select(r => r.One.Rate)).ToString("N0"));
        Report.Row($"  {nodes} nodes, deliveries settled/s", Spread.Of(runs.Select(r => r.All.Rate)).ToString("N0"));
        var times = Spread.Of(runs.Select(r => r.All.Rate / r.One.Rate));
        var least = LeastShare * nodes;
        report.Row("  how many times as much", times.ToString("0.00"), string.Create(CultureInfo.InvariantCulture, $"at least {least:0.00}"), times.Median >= least);
        Report.Row("  1 node, processors in use by everything", Spread.Of(runs.Select(r => r.One.Processors)).ToString("0.00"));
        Report.Row($"  {nodes} nodes, processors in use by everything", Spread.Of(runs.Select(r => r.All.Processors)).ToString("0.00"));
        return report.ExitCode;
    }

    private static async Task<ScaleOutRun> MeasureAsync(PostgresServer server, ReceiverProcess receiver, int nodes, int concurrency, TimeSpan duration)
    {
        await using var database = await PostgresDatabase.CreateAsync(server);
        var perSecond = concurrency * 1000 / AnswerMilliseconds;
        var backlog = nodes * perSecond * (duration.TotalSeconds + MostPreparation) / (nodes == 1 ? 1 : LeastPart);
        await Backlog.FillAsync(database.ConnectionString, receiver.Url(0, $"slow/{AnswerMilliseconds}"), (int)backlog);

        await using var cluster = await Cluster.StartAsync(database.ConnectionString, nodes, concurrency);
        await cluster.WhenSharedOutAsync();
        await Task.Delay(WarmUp);
        var stored = BenchServer.ProcessesOf(server);
        var used = ProcessorTime();
        var pending = await cluster.CountPendingAsync();
        var began = Stopwatch.GetTimestamp();
        await Task.Delay(duration);
        var elapsed = Stopwatch.GetElapsedTime(began);
        var settled = pending - await cluster.CountPendingAsync();
        used = ProcessorTime() - used;
        await cluster.CheckAllBusyAsync();
        return new ScaleOutRun(settled / elapsed.TotalSeconds, used / elapsed);

        TimeSpan ProcessorTime() => cluster.ProcessorTime + receiver.ProcessorTime + (stored?.ProcessorTime ?? TimeSpan.Zero);
    }
}
