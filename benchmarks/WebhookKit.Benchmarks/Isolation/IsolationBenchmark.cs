using System.Globalization;
using System.Runtime;
using WebhookKit.Benchmarks.Measuring;
using WebhookKit.Benchmarks.Receiving;

namespace WebhookKit.Benchmarks.Isolation;

/// <summary>
/// What eight healthy endpoints lose when a ninth never answers and a tenth answers after a second: nothing, if lanes are worth
/// their name. Healthy and sick runs take turns, each on a fresh engine, and each comes first as often as the other.
/// </summary>
/// <remarks>
/// Two loads, for each alone could hide something. Steady: events come at a rate far below what the engine can do, so latency is the
/// engine's own and not that of a full queue; what arrives is compared with what was offered. Full: events are published to all ten
/// endpoints alike, as fast as the healthy eight take them, so that the sick two fall behind without end (tens of thousands pending)
/// while the processor is busy; what the eight get through is compared. Latency is measured by the receiver, from just before
/// publishing to the arrival of the request. A run is longer than two deadlines, so that timeouts, the breaker and its probe are in it: the
/// deadline is 3 s, and the breaker opens after as many failures as come at once, for 2 s at first; the rest is as it is by default. What has timed
/// out comes again behind the backlog, after the run.
/// </remarks>
internal static class IsolationBenchmark
{
    private const double LeastThroughput = 0.9;
    private const double MostLatency = 2.0;

    /// <summary>Until everything is connected; shorter than the deadline, so that the first timeouts count.</summary>
    private static readonly TimeSpan Start = TimeSpan.FromSeconds(2);
    private static readonly BreakerOptions Breaker = new() { Failures = 4, OpenFor = TimeSpan.FromSeconds(2) };

    public static async Task<int> RunAsync(Settings settings)
    {
        var rounds = settings.Get("rounds", 3);
        var duration = TimeSpan.FromSeconds(settings.Get("seconds", 20));
        if (duration <= 2 * Endpoints.Deadline)
            throw new FormatException($"--seconds is {duration.TotalSeconds:0}, but a run has to be longer than two deadlines of {Endpoints.Deadline.TotalSeconds:0} s each.");
        var rate = settings.Get("rate", 500);
        var report = new Report("Isolation: 8 healthy endpoints of 10, without and with 1 that hangs and 1 that takes a second");
        Report.Note(string.Create(
            CultureInfo.InvariantCulture, $"{rounds} rounds of {duration.TotalSeconds:0} s each, {Start.TotalSeconds:0} s after its start; deadline {Endpoints.Deadline.TotalSeconds:0} s, breaker open after {Breaker.Failures} failures for {Breaker.OpenFor.TotalSeconds:0} s at first, else the defaults of the engine"));
        await using var receiver = await ReceiverProcess.StartAsync(Endpoints.Count);

        // The larger load first: it compiles what the other one measures the latency of.
        await CompareAsync(
            report, "Full load: as fast as the 8 take them, to all 10 alike", isSteady: false, settings,
            sick => MeasureAsync(receiver, sick, duration, new FullLoad()));
        await CompareAsync(
            report, string.Create(CultureInfo.InvariantCulture, $"Steady load: {rate} events a second to each of the 10"), isSteady: true, settings,
            sick => MeasureAsync(receiver, sick, duration, new SteadyLoad(rate)));
        return report.ExitCode;
    }

    private static async Task CompareAsync(Report report, string title, bool isSteady, Settings settings, Func<bool, Task<RunFigures>> measureAsync)
    {
        await measureAsync(true); // everything compiled, sick paths too
        List<(RunFigures Healthy, RunFigures Sick)> runs = [];
        for (var round = 0; round < settings.Get("rounds", 3); round++)
        {
            var sickFirst = round % 2 == 1;
            var first = await measureAsync(sickFirst);
            var second = await measureAsync(!sickFirst);
            runs.Add(sickFirst ? (second, first) : (first, second));
        }

        report.Group(title);
        report.Add("ratio of rates, sick / healthy", Spread.Of(runs.Select(r => r.Sick.Rate / r.Healthy.Rate)), "0.00", Target.AtLeast(LeastThroughput), isSteady ? "steady" : "full");
        report.Add("the same of the endpoint with the fewest", Spread.Of(runs.Select(r => r.Sick.SlowestRate / r.Healthy.SlowestRate)), "0.00", Target.AtLeast(LeastThroughput));
        var mostLatency = isSteady ? Target.AtMost(MostLatency) : null;
        var ofQueue = isSteady ? "" : " (of a full queue)";
        report.Add($"ratio of p99 latencies{ofQueue}, sick / healthy", Spread.Of(runs.Select(r => r.Sick.P99 / r.Healthy.P99)), "0.00", mostLatency, isSteady ? "steady-p99" : null);
        if (isSteady) report.Add("the same of the endpoint with the highest", Spread.Of(runs.Select(r => r.Sick.WorstP99 / r.Healthy.WorstP99)), "0.00", mostLatency);
        report.Add("healthy: requests/s of the 8", Spread.Of(runs.Select(r => r.Healthy.Rate)), "N0");
        report.Add("sick: requests/s of the 8", Spread.Of(runs.Select(r => r.Sick.Rate)), "N0");
        report.Add("healthy: latency p50, ms", Spread.Of(runs.Select(r => r.Healthy.P50)), "0.00");
        report.Add("sick: latency p50, ms", Spread.Of(runs.Select(r => r.Sick.P50)), "0.00");
        report.Add("healthy: latency p99, ms", Spread.Of(runs.Select(r => r.Healthy.P99)), "0.00");
        report.Add("sick: latency p99, ms", Spread.Of(runs.Select(r => r.Sick.P99)), "0.00");
        report.Add("sick: attempts that ran into the deadline", Spread.Of(runs.Select(r => (double)r.Sick.TimedOut)), "N0");
        report.Add("sick: pending for the sick two at the end", Spread.Of(runs.Select(r => (double)r.Sick.Pending)), "N0");
        report.Add("methods compiled in a round that counts", Spread.Of(runs.Select(r => (double)(r.Healthy.Compiled + r.Sick.Compiled))), "0");
    }

    private static async Task<RunFigures> MeasureAsync(ReceiverProcess receiver, bool sick, TimeSpan duration, ILoad load)
    {
        GC.Collect();
        await using var host = await EngineHost.StartAsync(
            o => o.Breaker = Breaker,
            webhooks => webhooks.AddProfile(Endpoints.Profile).AddObserver<DeliveredCounter>().AddObserver<TimeoutCounter>());
        await Endpoints.SubscribeAsync(host, receiver, sick);

        using var stop = new CancellationTokenSource();
        var running = load.RunAsync(host, stop.Token);
        await Task.Delay(Start);
        await receiver.ResetAsync();
        var timeouts = host.Services.GetServices<IWebhookObserver>().OfType<TimeoutCounter>().Single();
        timeouts.Reset();
        var compiledBefore = JitInfo.GetCompiledMethodCount();
        var started = System.Diagnostics.Stopwatch.GetTimestamp();
        await Task.Delay(duration);
        var figures = await receiver.SumAsync(Endpoints.Healthy);
        var elapsed = System.Diagnostics.Stopwatch.GetElapsedTime(started);
        await stop.CancelAsync();
        await running;
        return new RunFigures(
            figures.Measured / elapsed.TotalSeconds, figures.FewestMeasured / elapsed.TotalSeconds, figures.P50, figures.P99, figures.WorstP99,
            await host.CountPendingAsync(), timeouts.Count, JitInfo.GetCompiledMethodCount() - compiledBefore);
    }
}
