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
        var requests = settings.Get("requests", 60_000);
        var report = new Report($"Throughput: the engine, {BenchStore.NameOf(settings)}, against a plain loop over HttpClient");
        Report.Note(string.Create(
            CultureInfo.InvariantCulture,
            $"{(System.Runtime.GCSettings.IsServerGC ? "server" : "workstation")} GC, {Environment.ProcessorCount} processors, .NET {Environment.Version}"));
        Report.Note(string.Create(
            CultureInfo.InvariantCulture,
            $"{rounds} rounds each of {requests:N0} requests, {Payload.BodyLength}-byte bodies, {Concurrency} at once, receiver in another process; the engine's publishers wait while {EngineSide.MaxPending:N0} deliveries are pending"));
        await using var receiver = await ReceiverProcess.StartAsync(1);
        int[] variants = settings.Get("endpoints", 0) is var only and > 0 ? [only] : [1, 10];
        foreach (var endpoints in variants)
        {
            // Each begins with an empty one.
            await using var store = await BenchStore.CreateAsync(settings);
            await CompareAsync(report, store, receiver, endpoints, rounds, requests, settings.Text("rivals", "yes") == "yes");
        }

        return report.ExitCode;
    }

    private static async Task CompareAsync(Report report, BenchStore store, ReceiverProcess receiver, int endpoints, int rounds, int requests, bool withRivals)
    {
        Uri[] urls = [.. Enumerable.Range(0, endpoints).Select(i => receiver.Url(0, string.Create(CultureInfo.InvariantCulture, $"hooks/{i}")))];
        using var loop = new LoopSide(urls, Concurrency);
        await using var engine = await EngineSide.StartAsync(urls, Concurrency, store);
        var rivals = withRivals ? await store.StartRivalsAsync(urls, Concurrency, requests) : [];
        var rivalRates = rivals.ToDictionary(r => r, _ => new List<double>());
        var samples = await TakeTurnsAsync(engine, loop, receiver, rounds, requests, store.Database, async () =>
        {
            foreach (var rival in rivals) rivalRates[rival].Add((await Sample.TakeAsync(rival.Side, receiver, rival.Requests)).Rate);
        });
        var wire = (Engine: await BytesOnWireAsync(receiver, engine), Loop: await BytesOnWireAsync(receiver, loop));

        Report.Note(string.Create(CultureInfo.InvariantCulture, $"\n{endpoints} subscription(s)"));
        Report.Row("  bytes of a request on the wire, engine | loop", string.Create(CultureInfo.InvariantCulture, $"{wire.Engine} | {wire.Loop}"));
        Report.Row("  loop, requests/s", Spread.Of(samples.Select(s => s.Loop.Rate)).ToString("N0"));
        Report.Row("  engine, requests/s", Spread.Of(samples.Select(s => s.Engine.Rate)).ToString("N0"));
        var ratio = Spread.Of(samples.Select(s => s.Engine.Rate / s.Loop.Rate));
        report.Row("  ratio of rates, engine / loop", ratio.ToString("0.00"), string.Create(CultureInfo.InvariantCulture, $"at least {store.LeastRatio:0.00}"), ratio.Median >= store.LeastRatio);
        Report.Row("  loop, bytes allocated per request", Spread.Of(samples.Select(s => s.Loop.Bytes)).ToString("N0"));
        Report.Row("  engine, bytes allocated per delivery", Spread.Of(samples.Select(s => s.Engine.Bytes)).ToString("N0"));
        var bytes = Spread.Of(samples.Select(s => s.Engine.Bytes / s.Loop.Bytes));
        if (store.MostBytes is { } most)
            report.Row("  ratio of bytes, engine / loop", bytes.ToString("0.00"), string.Create(CultureInfo.InvariantCulture, $"at most {most:0.00}"), bytes.Median <= most);
        else
            Report.Row("  ratio of bytes, engine / loop", bytes.ToString("0.00"));
        Report.Row("  loop, processor time per request, us", Spread.Of(samples.Select(s => s.Loop.Processor)).ToString("0.0"));
        Report.Row("  engine, processor time per delivery, us", Spread.Of(samples.Select(s => s.Engine.Processor)).ToString("0.0"));
        if (store.Database is not null) Report.Row("  database, processor time per delivery, us", Spread.Of(samples.Select(s => s.Engine.Database)).ToString("0.0"));
        Report.Row("  receiver, processor time per request, us", Spread.Of(samples.Select(s => s.Loop.Receiver)).ToString("0.0"));

        // On a machine that others use too, this says more than the rates: what the ratio would be if only the processor counted.
        var expected = samples.Select(s => (s.Loop.Processor + s.Loop.Receiver) / (s.Engine.Processor + s.Engine.Receiver + s.Engine.Database));
        Report.Row("  ratio of rates that processor time alone would give", Spread.Of(expected).ToString("0.00"));
        foreach (var (rival, rates) in rivalRates)
        {
            Report.Row($"  {rival.Name}, requests/s", Spread.Of(rates).ToString("N0"));
            var times = Spread.Of(samples.Zip(rates, (s, rate) => s.Engine.Rate / rate));
            report.Row($"  engine / {rival.Name}", times.ToString("0.0"), string.Create(CultureInfo.InvariantCulture, $"at least {rival.LeastTimes:0.0}"), times.Median >= rival.LeastTimes);
        }
    }

    private static async Task<List<(Sample Engine, Sample Loop)>> TakeTurnsAsync(
        EngineSide engine, LoopSide loop, ReceiverProcess receiver, int rounds, int requests, ProcessTree? database, Func<Task> afterRoundAsync)
    {
        const int warmUps = 8; // the engine is the larger program: more of it has to be compiled, and compiled again
        List<(Sample, Sample)> samples = [];
        for (var round = -warmUps; round < rounds; round++)
        {
            // Who goes first changes too.
            var engineFirst = round % 2 == 0;
            var first = await Sample.TakeAsync(engineFirst ? engine : loop, receiver, requests, engineFirst ? database : null);
            var second = await Sample.TakeAsync(engineFirst ? loop : engine, receiver, requests, engineFirst ? null : database);
            if (round < 0) continue;
            await afterRoundAsync();
            samples.Add(engineFirst ? (first, second) : (second, first));
        }

        return samples;
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
