using System.Diagnostics;
using WebhookKit.Benchmarks.Measuring;
using WebhookKit.Benchmarks.Receiving;
using WebhookKit.Benchmarks.Stores;
using WebhookKit.Benchmarks.Throughput;

namespace WebhookKit.Benchmarks.Latency;

/// <summary>How long publishing takes, from the call to its return, while what is published is delivered.</summary>
internal static class LatencyBenchmark
{
    private const int Publishers = 20;
    private const double MostP99 = 10;

    public static async Task<int> RunAsync(Settings settings)
    {
        var events = settings.Get("events", 20_000);
        await using var store = await BenchStore.CreateAsync(settings);
        var report = new Report($"Publish latency, {store.Name}: {Publishers} publishers, each one event after another, delivered meanwhile");
        await using var receiver = await ReceiverProcess.StartAsync(1);
        await using var engine = await EngineSide.StartAsync([receiver.Url(0, "hook")], concurrency: 64, store);
        List<Figures> figures = [];
        var rounds = await Rounds.RunAsync(settings, settings.Get("rounds", 7), async round =>
        {
            var taken = await TakeAsync(engine, events);
            if (round >= 0) figures.Add(taken);
        });

        report.Add("p50, ms", Spread.Of(figures.Select(f => f.P50)), "0.00", key: "p50");
        report.Add("p99, ms", Spread.Of(figures.Select(f => f.P99)), "0.00", Target.AtMost(MostP99, "0"), "p99");
        report.Add("longest, ms", Spread.Of(figures.Select(f => f.Longest)), "0.0");
        report.Add("events published per second", Spread.Of(figures.Select(f => f.Rate)), "N0");
        rounds.AddTo(report);
        return report.ExitCode;
    }

    private static async Task<Figures> TakeAsync(EngineSide engine, int events)
    {
        var times = new double[events];
        var next = -1;
        var started = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, Publishers).Select(_ => Task.Run(async () =>
        {
            while (Interlocked.Increment(ref next) is var i && i < events)
            {
                var begun = Stopwatch.GetTimestamp();
                await engine.PublishOneAsync(0);
                times[i] = Stopwatch.GetElapsedTime(begun).TotalMilliseconds;
            }
        })));
        var rate = events / Stopwatch.GetElapsedTime(started).TotalSeconds;
        await engine.WhenDeliveredAsync();
        Array.Sort(times);
        return new Figures(rate, times[events / 2], times[(int)(events * 0.99)], times[^1]);
    }

    private readonly record struct Figures(double Rate, double P50, double P99, double Longest);
}
