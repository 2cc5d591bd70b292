using System.Globalization;
using WebhookKit.Benchmarks.Measuring;
using WebhookKit.Benchmarks.Receiving;

namespace WebhookKit.Benchmarks.Isolation;

/// <summary>
/// What eight healthy endpoints lose when a ninth never answers and a tenth answers after a second: nothing, if lanes are worth
/// their name. Healthy and sick runs take turns, each on a fresh engine with its default settings (the deadline of 15 s included).
/// </summary>
/// <remarks>
/// Two loads, for each alone could hide something. Steady: events come at a rate far below what the engine can do, so latency is the
/// engine's own and not that of a full queue; what arrives is compared with what was offered. Full: events are published to all ten
/// endpoints alike, as fast as the healthy eight take them, so that the sick two fall behind without end (tens of thousands pending)
/// while the processor is busy; what the eight get through is compared. Latency is measured by the receiver, from just before
/// publishing to the arrival of the request. A run is longer than the deadline, so timeouts, retries and the breaker are in it.
/// </remarks>
internal static class IsolationBenchmark
{
    private const double LeastThroughput = 0.9;
    private const double MostLatency = 2.0;
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(4);

    public static async Task<int> RunAsync(Settings settings)
    {
        var rounds = settings.Get("rounds", 3);
        var duration = TimeSpan.FromSeconds(settings.Get("seconds", 20));
        var rate = settings.Get("rate", 500);
        var report = new Report("Isolation: 8 healthy endpoints of 10, without and with 1 that hangs and 1 that takes a second");
        Report.Note(string.Create(
            CultureInfo.InvariantCulture, $"{rounds} rounds of {duration.TotalSeconds:0} s each, after {WarmUp.TotalSeconds:0} s of warm-up; defaults of the engine"));
        await using var receiver = await ReceiverProcess.StartAsync(Endpoints.Count);

        await CompareAsync(
            report, string.Create(CultureInfo.InvariantCulture, $"Steady load: {rate} events a second to each of the 10"), isSteady: true, rounds,
            sick => MeasureAsync(receiver, sick, duration, new SteadyLoad(rate)));
        await CompareAsync(
            report, "Full load: as fast as the 8 take them, to all 10 alike", isSteady: false, rounds,
            sick => MeasureAsync(receiver, sick, duration, new FullLoad()));
        return report.ExitCode;
    }

    private static async Task CompareAsync(Report report, string title, bool isSteady, int rounds, Func<bool, Task<RunFigures>> measure)
    {
        await measure(true); // everything compiled, sick paths too
        List<(RunFigures Healthy, RunFigures Sick)> runs = [];
        for (var round = 0; round < rounds; round++) runs.Add((await measure(false), await measure(true)));

        Report.Note("\n" + title);
        Report.Row("  healthy: requests/s of the 8", Spread.Of(runs.Select(r => r.Healthy.Rate)).ToString("N0"));
        Report.Row("  sick:    requests/s of the 8", Spread.Of(runs.Select(r => r.Sick.Rate)).ToString("N0"));
        var rates = Spread.Of(runs.Select(r => r.Sick.Rate / r.Healthy.Rate));
        report.Row("  ratio of rates, sick / healthy", rates.ToString("0.00"), "at least 0.90", rates.Median >= LeastThroughput);
        var slowest = Spread.Of(runs.Select(r => r.Sick.SlowestRate / r.Healthy.SlowestRate));
        report.Row("  the same of the endpoint with the fewest", slowest.ToString("0.00"), "at least 0.90", slowest.Median >= LeastThroughput);
        Report.Row("  healthy: latency p50 | p99, ms", Latencies(runs.Select(r => r.Healthy)));
        Report.Row("  sick:    latency p50 | p99, ms", Latencies(runs.Select(r => r.Sick)));
        var p99 = Spread.Of(runs.Select(r => r.Sick.P99 / r.Healthy.P99));
        if (isSteady) report.Row("  ratio of p99, sick / healthy", p99.ToString("0.00"), "at most 2.00", p99.Median <= MostLatency);
        else Report.Row("  ratio of p99 (of a full queue), sick / healthy", p99.ToString("0.00"));
        var worst = Spread.Of(runs.Select(r => r.Sick.WorstP99 / r.Healthy.WorstP99));
        if (isSteady) report.Row("  the same of the endpoint with the highest", worst.ToString("0.00"), "at most 2.00", worst.Median <= MostLatency);
        Report.Row("  sick: pending for the sick two at the end", Spread.Of(runs.Select(r => (double)r.Sick.Pending)).ToString("N0"));
    }

    private static async Task<RunFigures> MeasureAsync(ReceiverProcess receiver, bool sick, TimeSpan duration, ILoad load)
    {
        GC.Collect();
        await using var host = await EngineHost.StartAsync(configure: b => b.AddObserver<DeliveredCounter>());
        await Endpoints.SubscribeAsync(host, receiver, sick);

        using var stop = new CancellationTokenSource();
        var running = load.RunAsync(host, stop.Token);
        await Task.Delay(WarmUp);
        await receiver.ResetAsync();
        var started = System.Diagnostics.Stopwatch.GetTimestamp();
        await Task.Delay(duration);
        var figures = await receiver.SumAsync(Endpoints.Healthy);
        var elapsed = System.Diagnostics.Stopwatch.GetElapsedTime(started);
        await stop.CancelAsync();
        await running;
        return new RunFigures(
            figures.Measured / elapsed.TotalSeconds, figures.FewestMeasured / elapsed.TotalSeconds, figures.P50, figures.P99, figures.WorstP99,
            await host.CountPendingAsync());
    }

    private static string Latencies(IEnumerable<RunFigures> runs) => string.Create(
        CultureInfo.InvariantCulture,
        $"{Spread.Of(runs.Select(r => r.P50)).Median:0.00} | {Spread.Of(runs.Select(r => r.P99)).ToString("0.00")}");
}
