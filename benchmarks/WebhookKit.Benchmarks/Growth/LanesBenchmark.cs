using System.Globalization;
using WebhookKit.Benchmarks.Measuring;
using WebhookKit.Benchmarks.Receiving;
using WebhookKit.Benchmarks.Stores;

namespace WebhookKit.Benchmarks.Growth;

/// <summary>What a delivery costs when the events go round ever more endpoints, up to a hundred thousand: nearly each needs a lane of its own then.</summary>
internal static class LanesBenchmark
{
    private static readonly int[] Sizes = [10, 1_000, 100_000];

    public static async Task<int> RunAsync(Settings settings)
    {
        using var folder = new TempFolder();
        await using var receiver = await ReceiverProcess.StartAsync(1);
        var report = new Report($"Growth of lanes, {BenchStore.NameOf(settings)}");
        Report.Note("Each subscription is for a type of event of its own; the events go round all of them.");
        await using var steps = new Steps();
        foreach (var size in Sizes.Where(s => s <= settings.Get("to", Sizes[^1])))
        {
            string[] store = settings.Text("store", "memory") switch
            {
                "memory" => [],
                "sqlite" => ["--file", folder.PathOf(string.Create(CultureInfo.InvariantCulture, $"{size}.db"))],
                var other => throw new FormatException($"There are no lanes on a store '{other}'. Use memory or sqlite; for postgres see backlog."),
            };
            steps.Add(size, await GrowthProcess.StartAsync(store, receiver, size, isBounded: false), dead: 0);
        }

        await steps.CompareAsync(report, receiver, settings, "lanes", mostMiB: null);
        return report.ExitCode;
    }
}
