using System.Globalization;
using WebhookKit.Benchmarks.Measuring;

namespace WebhookKit.Benchmarks.Growth;

/// <summary>Lets the two processes take turns, and holds the grown one against the empty one.</summary>
/// <remarks>What the grown one does by itself (sweeps, probes of dead endpoints) is to cost it something, and not the other: it is paused meanwhile.</remarks>
internal static class GrowthComparison
{
    private const double LeastRatio = 0.90;

    /// <summary>Each is warm before they begin to take turns.</summary>
    private const int WarmUps = 1;

    public static async Task RunAsync(Report report, GrowthProcess empty, GrowthProcess grown, Settings settings, double mostMiB)
    {
        var rounds = settings.Get("rounds", 7);
        var requests = settings.Get("requests", 30_000);
        List<(double Empty, double Grown)> rates = [];
        var mebibytes = 0.0;
        await Task.WhenAll(grown.WarmUpAsync(requests, settings), empty.WarmUpAsync(requests, settings));
        for (var round = -WarmUps; round < rounds; round++)
        {
            var (onEmpty, onGrown) = await TakeTurnsAsync(empty, grown, requests, emptyFirst: round % 2 == 0);
            mebibytes = Math.Max(mebibytes, onGrown.MiB);
            if (round >= 0) rates.Add((onEmpty.Rate, onGrown.Rate));
        }

        Report.Row("  empty, deliveries/s", Spread.Of(rates.Select(r => r.Empty)).ToString("N0"));
        Report.Row("  grown, deliveries/s", Spread.Of(rates.Select(r => r.Grown)).ToString("N0"));
        var ratio = Spread.Of(rates.Select(r => r.Grown / r.Empty));
        report.Row("  ratio of rates, grown / empty", ratio.ToString("0.00"), "at least 0.90", ratio.Median >= LeastRatio);
        report.Row(
            "  most memory of the process (grown), MiB", mebibytes.ToString("0", CultureInfo.InvariantCulture),
            string.Create(CultureInfo.InvariantCulture, $"under {mostMiB:0}"), mebibytes < mostMiB);
    }

    private static async Task<(GrowthRound Empty, GrowthRound Grown)> TakeTurnsAsync(GrowthProcess empty, GrowthProcess grown, int requests, bool emptyFirst)
    {
        var first = emptyFirst ? default : await grown.SendAsync(requests);
        await grown.PauseAsync();
        var onEmpty = await empty.SendAsync(requests);
        await grown.ResumeAsync();
        return (onEmpty, emptyFirst ? await grown.SendAsync(requests) : first);
    }
}
