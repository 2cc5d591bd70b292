using System.Globalization;
using WebhookKit.Benchmarks.Measuring;
using WebhookKit.Benchmarks.Receiving;
using WebhookKit.Benchmarks.Stores;

namespace WebhookKit.Benchmarks.Throughput;

/// <summary>
/// How much slower the engine is than a plain loop over HttpClient that sends the same requests, 64 at once, to the same receiver in
/// another process. The two take turns, and the ratio is taken of neighbours, so that what else the machine does hits both.
/// </summary>
internal static class ThroughputBenchmark
{
    private const int Concurrency = 64;

    public static async Task<int> RunAsync(Settings settings)
    {
        var rounds = settings.Get("rounds", 7);
        await using var receiver = await ReceiverProcess.StartAsync(1);
        var requests = await Pace.CountAsync(settings, receiver, 60_000);
        var report = new Report($"Throughput: the engine, {BenchStore.NameOf(settings)}, against a plain loop over HttpClient");
        Report.Note(string.Create(
            CultureInfo.InvariantCulture,
            $"{(System.Runtime.GCSettings.IsServerGC ? "server" : "workstation")} GC, {Environment.ProcessorCount} processors, .NET {Environment.Version}"));
        Report.Note(string.Create(
            CultureInfo.InvariantCulture,
            $"{rounds} rounds each of {requests:N0} requests, {Payload.BodyLength}-byte bodies, {Concurrency} at once, receiver in another process; the engine's publishers wait while {EngineSide.MaxPending:N0} deliveries are pending"));
        int[] variants = settings.Get("endpoints", 0) is var only and > 0 ? [only] : [1, 10];
        foreach (var endpoints in variants)
        {
            // Each begins with an empty one.
            await using var store = await BenchStore.CreateAsync(settings);
            await CompareAsync(report, store, receiver, endpoints, settings, requests);
        }

        return report.ExitCode;
    }

    private static async Task CompareAsync(Report report, BenchStore store, ReceiverProcess receiver, int endpoints, Settings settings, int requests)
    {
        Uri[] urls = [.. Enumerable.Range(0, endpoints).Select(i => receiver.Url(0, string.Create(CultureInfo.InvariantCulture, $"hooks/{i}")))];
        using var loop = new LoopSide(urls, Concurrency);
        await using var engine = await EngineSide.StartAsync(urls, Concurrency, store);
        var rivals = settings.Text("rivals", "yes") == "yes" ? await store.StartRivalsAsync(urls, Concurrency, requests) : [];
        var rivalRates = rivals.ToDictionary(r => r, _ => new List<double>());
        List<(Sample Engine, Sample Loop)> samples = [];
        var rounds = await Rounds.RunAsync(settings, settings.Get("rounds", 7), RoundAsync);
        var wire = (Engine: await BytesOnWireAsync(receiver, engine), Loop: await BytesOnWireAsync(receiver, loop));

        report.Group(endpoints == 1 ? "1 endpoint" : string.Create(CultureInfo.InvariantCulture, $"{endpoints} endpoints"));
        Report.Row("  bytes of a request on the wire, engine | loop", string.Create(CultureInfo.InvariantCulture, $"{wire.Engine} | {wire.Loop}"));
        report.Add("ratio of rates, engine / loop", Spread.Of(samples.Select(s => s.Engine.Rate / s.Loop.Rate)), "0.00", Target.AtLeast(store.LeastRatio), "ratio");
        report.Add("engine, deliveries/s", Spread.Of(samples.Select(s => s.Engine.Rate)), "N0");
        report.Add("loop, requests/s", Spread.Of(samples.Select(s => s.Loop.Rate)), "N0");
        var mostBytes = store.MostBytes is { } most ? Target.AtMost(most) : null;
        report.Add("ratio of bytes allocated, engine / loop", Spread.Of(samples.Select(s => s.Engine.Bytes / s.Loop.Bytes)), "0.00", mostBytes, "bytes");
        report.Add("engine, bytes allocated per delivery", Spread.Of(samples.Select(s => s.Engine.Bytes)), "N0");
        report.Add("loop, bytes allocated per request", Spread.Of(samples.Select(s => s.Loop.Bytes)), "N0");
        report.Add("engine, processor time per delivery, µs", Spread.Of(samples.Select(s => s.Engine.Processor)), "0.0");
        report.Add("loop, processor time per request, µs", Spread.Of(samples.Select(s => s.Loop.Processor)), "0.0");
        if (store.Database is not null) report.Add("database, processor time per delivery, µs", Spread.Of(samples.Select(s => s.Engine.Database)), "0.0");
        report.Add("receiver, processor time per request, µs", Spread.Of(samples.Select(s => s.Loop.Receiver)), "0.0");

        // On a machine that others use too, this says more than the rates: what the ratio would be if only the processor counted.
        var expected = samples.Select(s => (s.Loop.Processor + s.Loop.Receiver) / (s.Engine.Processor + s.Engine.Receiver + s.Engine.Database));
        report.Add("ratio of rates that processor time alone would give", Spread.Of(expected), "0.00");
        foreach (var (rival, rates) in rivalRates)
        {
            report.Add($"{rival.Name}, requests/s", Spread.Of(rates), "N0");
            report.Add($"engine / {rival.Name}", Spread.Of(samples.Zip(rates, (s, rate) => s.Engine.Rate / rate)), "0.0", Target.AtLeast(rival.LeastTimes, "0.0"));
        }

        rounds.AddTo(report);

        async Task RoundAsync(int round)
        {
            var taken = await TakeTurnsAsync(engine, loop, receiver, store, requests, engineFirst: round % 2 == 0);
            if (round >= 0) samples.Add(taken);
            foreach (var rival in rivals)
            {
                var ofRival = await Sample.TakeAsync(rival.Side, receiver, rival.Requests);
                if (round >= 0) rivalRates[rival].Add(ofRival.Rate);
            }
        }
    }

    /// <summary>Each has its turn; who goes first changes too.</summary>
    private static async Task<(Sample Engine, Sample Loop)> TakeTurnsAsync(
        EngineSide engine, LoopSide loop, ReceiverProcess receiver, BenchStore store, int requests, bool engineFirst)
    {
        await store.RemoveHistoryAsync();
        var first = await Sample.TakeAsync(engineFirst ? engine : loop, receiver, requests, engineFirst ? store.Database : null);
        var second = await Sample.TakeAsync(engineFirst ? loop : engine, receiver, requests, engineFirst ? null : store.Database);
        return engineFirst ? (first, second) : (second, first);
    }

    private static async Task<long> BytesOnWireAsync(ReceiverProcess receiver, ISide side)
    {
        const int requests = 1_000;
        await receiver.ResetAsync();
        await side.SendAsync(requests);
        var figures = await receiver.SumAsync(1);
        return figures.Requests == requests
            ? figures.Bytes / requests
            : throw new InvalidOperationException($"{requests} requests were sent, {figures.Requests} arrived.");
    }
}
