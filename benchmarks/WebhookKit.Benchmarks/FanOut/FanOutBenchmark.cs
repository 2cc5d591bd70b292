using System.Diagnostics;
using System.Globalization;
using WebhookKit.Benchmarks.Measuring;
using WebhookKit.Benchmarks.Receiving;
using WebhookKit.Benchmarks.Stores;
using WebhookKit.Benchmarks.Throughput;

namespace WebhookKit.Benchmarks.FanOut;

/// <summary>One event for ever more subscriptions: how long publishing it takes, and what each of its deliveries costs, against the plain loop.</summary>
/// <remarks>The sizes take turns in one engine, each with an event type of its own, so that none has a warmer process than another.</remarks>
internal static class FanOutBenchmark
{
    private const double MostPublished = 250;

    /// <summary>Twice the data, and 3,000 bytes for each delivery and its lane; with the data for each it would be thirty times as much.</summary>
    private const double MostHeld = 3_000 + (2.0 * HeldBytes.Data / HeldBytes.Subscriptions);
    private const int Concurrency = 64;
    private const int FewestSingle = 3;
    private const int MostSingle = 20;
    private static readonly int[] Sizes = [1, 10, 100, 1_000, 10_000];

    public static async Task<int> RunAsync(Settings settings)
    {
        await using var receiver = await ReceiverProcess.StartAsync(1);
        var requests = await Pace.CountAsync(settings, receiver, 20_000);
        await using var store = await BenchStore.CreateAsync(settings);
        var report = new Report($"Fan-out, {store.Name}: one event for 1 to {settings.Get("to", Sizes[^1]):N0} subscriptions");
        Report.Note("Publishing is timed with nothing else under way; what a delivery costs, while events are published as fast as they are delivered.");
        using var loop = new LoopSide([receiver.Url(0, "hook")], Concurrency);
        await using var host = await FanOutHost.StartAsync(store);
        Series[] all = [.. Sizes.Where(s => s <= settings.Get("to", Sizes[^1])).Select(s => new Series(s, [], []))];
        foreach (var series in all) await host.SubscribeAsync(receiver, series.Size);
        var rounds = await Rounds.RunAsync(settings, settings.Get("rounds", 5), RoundAsync);
        foreach (var series in all) Add(report, series, all[0]);
        report.Group("all of them");
        rounds.AddTo(report);
        await AddHeldAsync(report, receiver, store);
        return report.ExitCode;

        async Task RoundAsync(int round)
        {
            await store.RemoveHistoryAsync();
            var began = Stopwatch.GetTimestamp();
            await loop.SendAsync(requests);
            var request = Stopwatch.GetElapsedTime(began).TotalMilliseconds / requests;
            foreach (var series in round % 2 == 0 ? all : all.Reverse())
            {
                GC.Collect();
                var events = Math.Max(1, requests / series.Size);
                var delivered = await host.PublishAllAsync(series.Size, events);
                if (round < 0) continue;
                series.Published.AddRange(await host.PublishSinglyAsync(series.Size, Math.Clamp(events, FewestSingle, MostSingle)));
                series.Costs.Add(delivered / events / series.Size / request);
            }
        }
    }

    private static async Task AddHeldAsync(Report report, ReceiverProcess receiver, BenchStore store)
    {
        await using var empty = await store.CreateAnotherAsync();
        var held = await HeldBytes.MeasureAsync(receiver, empty);
        report.Group(string.Create(CultureInfo.InvariantCulture, $"an event of {HeldBytes.Data:N0} bytes pending for {HeldBytes.Subscriptions:N0}"));
        report.Add("held in memory for each, bytes", Spread.Of([held / (double)HeldBytes.Subscriptions]), "N0", Target.AtMost(MostHeld, "N0"));
    }

    private static void Add(Report report, Series series, Series first)
    {
        var size = series.Size;
        report.Group(string.Create(CultureInfo.InvariantCulture, $"{size:N0} subscription(s)"));
        report.Add("published, ms", Spread.Of(series.Published), "0.00", size == Sizes[^1] ? Target.AtMost(MostPublished, "0") : null, "published", size);
        report.Add("a delivery costs so many requests of the plain loop", Spread.Of(series.Costs), "0.00");
        report.Add("cost of a delivery, relative to that with 1", Spread.Of(series.Costs.Zip(first.Costs, (cost, ofFirst) => cost / ofFirst)), "0.00", key: "cost", at: size);
    }

    /// <param name="Size">How many subscriptions the event is for.</param>
    /// <param name="Published">How long publishing took, in milliseconds.</param>
    /// <param name="Costs">What a delivery cost in each round, in requests of the plain loop.</param>
    private sealed record Series(int Size, List<double> Published, List<double> Costs);
}
