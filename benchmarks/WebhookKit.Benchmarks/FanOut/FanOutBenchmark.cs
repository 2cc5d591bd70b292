using System.Diagnostics;
using System.Globalization;
using WebhookKit.Benchmarks.Measuring;
using WebhookKit.Benchmarks.Receiving;
using WebhookKit.Benchmarks.Stores;
using WebhookKit.Benchmarks.Throughput;

namespace WebhookKit.Benchmarks.FanOut;

/// <summary>One event for ever more subscriptions: how long publishing it takes, and what each of its deliveries costs, against the plain loop.</summary>
internal static class FanOutBenchmark
{
    private const double MostPublished = 250;
    private const int Concurrency = 64;
    private const int WarmUps = 4;
    private const int MaxSingle = 20;
    private static readonly int[] Sizes = [1, 10, 100, 1_000, 10_000];

    public static async Task<int> RunAsync(Settings settings)
    {
        var rounds = settings.Get("rounds", 5);
        await using var receiver = await ReceiverProcess.StartAsync(1);
        var requests = await Pace.CountAsync(settings, receiver, 20_000);
        await using var store = await BenchStore.CreateAsync(settings);
        var report = new Report($"Fan-out, {store.Name}: one event for 1 to {settings.Get("to", Sizes[^1]):N0} subscriptions");
        Report.Note("Publishing is timed with nothing else under way; what a delivery costs, while events are published as fast as they are delivered.");
        using var loop = new LoopSide([receiver.Url(0, "hook")], Concurrency);
        await using var host = await FanOutHost.StartAsync(store);
        double? first = null;
        foreach (var size in Sizes.Where(s => s <= settings.Get("to", Sizes[^1])))
        {
            await host.GrowAsync(receiver, size);
            var cost = await MeasureAsync(report, host, loop, size, rounds, requests);
            first ??= cost.Median;
            report.Add(
                "cost of a delivery, relative to that with 1", new Spread(cost.Median / first.Value, cost.Min / first.Value, cost.Max / first.Value), "0.00", key: "cost", at: size);
        }

        return report.ExitCode;
    }

    /// <summary>Takes turns with the loop.</summary>
    /// <returns>What a delivery costs, in requests of the plain loop.</returns>
    private static async Task<Spread> MeasureAsync(Report report, FanOutHost host, LoopSide loop, int size, int rounds, int requests)
    {
        var events = Math.Max(1, requests / size);
        List<double> published = [];
        List<double> costs = [];
        for (var round = size == 1 ? -WarmUps : -1; round < rounds; round++)
        {
            GC.Collect();
            var began = Stopwatch.GetTimestamp();
            await loop.SendAsync(requests);
            var request = Stopwatch.GetElapsedTime(began).TotalMilliseconds / requests;
            var delivered = await host.PublishAllAsync(events);
            var singly = await host.PublishSinglyAsync(Math.Min(events, MaxSingle));
            if (round < 0) continue;
            published.AddRange(singly);
            costs.Add(delivered / events / size / request);
        }

        report.Group(string.Create(CultureInfo.InvariantCulture, $"{size:N0} subscription(s)"));
        report.Add("published, ms", Spread.Of(published), "0.00", size == Sizes[^1] ? Target.AtMost(MostPublished, "0") : null, "published", size);
        var cost = Spread.Of(costs);
        report.Add("a delivery costs so many requests of the plain loop", cost, "0.00");
        return cost;
    }
}
