using System.Globalization;
using WebhookKit.Benchmarks.Measuring;
using WebhookKit.Benchmarks.Receiving;
using WebhookKit.Benchmarks.Stores;
using WebhookKit.Benchmarks.Throughput;

namespace WebhookKit.Benchmarks.Batching;

/// <summary>How many more events a second arrive when several share a request, each published by a call of its own.</summary>
internal static class BatchingBenchmark
{
    private const int Concurrency = 64;

    /// <summary>How many batches may be pending: enough for those under way, but few enough to wait in memory.</summary>
    private const int MaxBatches = 30;
    private static readonly TimeSpan MaxDelay = TimeSpan.FromMilliseconds(100);
    private static readonly int[] Sizes = [1, 10, 100];

    public static async Task<int> RunAsync(Settings settings)
    {
        var (rounds, warmUps) = (settings.Get("rounds", 5), settings.Get("warm-ups", 4));
        await using var receiver = await ReceiverProcess.StartAsync(1);
        var requests = await Pace.CountAsync(settings, receiver, 30_000);
        var report = new Report($"Batching, {BenchStore.NameOf(settings)}: requests of 1, 10 and 100 events");
        using var loop = new LoopSide([receiver.Url(0, "hook")], Concurrency);
        foreach (var size in Sizes.Where(s => settings.Get("size", s) == s))
        {
            // Each begins with an empty one.
            await using var store = await BenchStore.CreateAsync(settings);
            var batching = size == 1 ? null : new BatchingOptions { MaxEvents = size, MaxDelay = MaxDelay };
            await using var engine = await EngineSide.StartAsync([receiver.Url(0, "hook")], Concurrency, store, batching, Math.Max(EngineSide.MaxPending, MaxBatches * size));
            List<(Sample Engine, Sample Loop)> samples = [];
            var arrived = 0L;
            for (var round = -warmUps; round < rounds; round++)
            {
                var ofLoop = await Sample.TakeAsync(loop, receiver, requests);
                await receiver.ResetAsync();
                var ofEngine = await Sample.TakeAsync(engine, receiver, requests);
                arrived = (await receiver.SumAsync(1)).Requests;
                if (round >= 0) samples.Add((ofEngine, ofLoop));
            }

            report.Group(size == 1 ? "requests of 1 event" : string.Create(CultureInfo.InvariantCulture, $"requests of up to {size} events"));
            report.Add("events per second, against the loop's requests", Spread.Of(samples.Select(s => s.Engine.Rate / s.Loop.Rate)), "0.00", key: "ratio", at: size);
            report.Add("events delivered per second", Spread.Of(samples.Select(s => s.Engine.Rate)), "N0");
            report.Add("events in a request, on average", Spread.Of([(double)requests / arrived]), "0.0");
        }

        return report.ExitCode;
    }
}
