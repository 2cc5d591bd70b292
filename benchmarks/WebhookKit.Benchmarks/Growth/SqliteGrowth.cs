using System.Globalization;
using WebhookKit.Benchmarks.Measuring;
using WebhookKit.Benchmarks.Receiving;
using WebhookKit.Benchmarks.Stores;

namespace WebhookKit.Benchmarks.Growth;

/// <summary>A healthy endpoint beside a dead one with a large backlog and a long history, against one on an empty file.</summary>
internal static class SqliteGrowth
{
    private const double MostMiB = 250;

    public static async Task<int> RunAsync(Settings settings)
    {
        var pending = settings.Get("pending", 1_000_000);
        var history = settings.Get("history", 100_000);
        using var folder = new TempFolder();
        await using var receiver = await ReceiverProcess.StartAsync(1);
        var report = new Report(string.Create(CultureInfo.InvariantCulture, $"Growth on SQLite: {pending:N0} deliveries pending for a dead endpoint, {history:N0} in the history"));
        await DeadBacklog.FillAsync(folder.PathOf("grown.db"), pending, history);
        Report.Note(string.Create(CultureInfo.InvariantCulture, $"the file has {new FileInfo(folder.PathOf("grown.db")).Length / 1048576:N0} MiB"));

        await using var empty = await GrowthProcess.StartAsync(["--file", folder.PathOf("empty.db")], receiver, endpoints: 1);
        await using var grown = await GrowthProcess.StartAsync(["--file", folder.PathOf("grown.db")], receiver, endpoints: 1);
        await grown.WhenOpenAsync(Math.Min(pending, 1));
        await GrowthComparison.RunAsync(report, empty, grown, settings, MostMiB);
        return report.ExitCode;
    }
}
