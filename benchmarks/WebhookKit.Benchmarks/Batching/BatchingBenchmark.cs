using System.Globalization;
using WebhookKit.Benchmarks.Measuring;
using WebhookKit.Benchmarks.Receiving;
using WebhookKit.Benchmarks.Stores;
using WebhookKit.Benchmarks.Throughput;

namespace WebhookKit.Benchmarks.Batching;

/// <summary>How many more events a second arrive when several share a request, each published by a call of its own.</summary>
/// <remarks>An engine for each size, each with an empty store of its own. They take turns, with the loop and with each other.</remarks>
internal static class BatchingBenchmark
{
    private const int Concurrency = 64;

    /// <summary>How many batches may be pending: enough for those under way, but few enough to wait in memory.</summary>
    private const int MaxBatches = 30;
    private static readonly TimeSpan MaxDelay = TimeSpan.FromMilliseconds(100);
    private static readonly int[] Sizes = [1, 10, 100];

    public static async Task<int> RunAsync(Settings settings)
    {
        await using var receiver = await ReceiverProcess.StartAsync(1);
        var requests = await Pace.CountAsync(settings, receiver, 30_000);
        var report = new Report($"Batching, {BenchStore.NameOf(settings)}: requests of 1, 10 and 100 events");
        using var loop = new LoopSide([receiver.Url(0, "hook")], Concurrency);
        await using var first = await BenchStore.CreateAsync(settings);
        List<Contender> contenders = [];
        try
        {
            foreach (var size in Sizes.Where(s => settings.Get("size", s) == s))
                contenders.Add(await StartAsync(receiver, size, contenders.Count == 0 ? first : await first.CreateAnotherAsync()));
            var rounds = await Rounds.RunAsync(settings, settings.Get("rounds", 5), RoundAsync);
            foreach (var contender in contenders) Add(report, contender, requests);
            report.Group("all of them");
            rounds.AddTo(report);
        }
        finally
        {
            foreach (var contender in contenders) await contender.Engine.DisposeAsync();
            foreach (var contender in contenders.Skip(1)) await contender.Store.DisposeAsync();
        }

        return report.ExitCode;

        async Task RoundAsync(int round)
        {
            for (var turn = 0; turn < contenders.Count; turn++)
            {
                var contender = contenders[round % 2 == 0 ? turn : contenders.Count - 1 - turn];
                await contender.Store.RemoveHistoryAsync();
                var ofLoop = await Sample.TakeAsync(loop, receiver, requests);
                await receiver.ResetAsync();
                var ofEngine = await Sample.TakeAsync(contender.Engine, receiver, requests);
                if (round >= 0) contender.Samples.Add((ofEngine, ofLoop, (await receiver.SumAsync(1)).Requests));
            }
        }
    }

    private static async Task<Contender> StartAsync(ReceiverProcess receiver, int size, BenchStore store)
    {
        var batching = size == 1 ? null : new BatchingOptions { MaxEvents = size, MaxDelay = MaxDelay };
        var engine = await EngineSide.StartAsync([receiver.Url(0, "hook")], Concurrency, store, batching, Math.Max(EngineSide.MaxPending, MaxBatches * size));
        return new Contender(size, store, engine, []);
    }

    private static void Add(Report report, Contender contender, int requests)
    {
        var (size, samples) = (contender.Size, contender.Samples);
        report.Group(size == 1 ? "requests of 1 event" : string.Create(CultureInfo.InvariantCulture, $"requests of up to {size} events"));
        report.Add("events per second, against the loop's requests", Spread.Of(samples.Select(s => s.Engine.Rate / s.Loop.Rate)), "0.00", key: "ratio", at: size);
        report.Add("events delivered per second", Spread.Of(samples.Select(s => s.Engine.Rate)), "N0");
        report.Add("events in a request, on average", Spread.Of(samples.Select(s => (double)requests / s.Arrived)), "0.0");
    }

    private sealed record Contender(int Size, BenchStore Store, EngineSide Engine, List<(Sample Engine, Sample Loop, long Arrived)> Samples);
}
