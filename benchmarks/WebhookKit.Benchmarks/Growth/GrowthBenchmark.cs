using System.Globalization;
using WebhookKit.Benchmarks.Measuring;
using WebhookKit.Benchmarks.Receiving;
using WebhookKit.Benchmarks.Stores;

namespace WebhookKit.Benchmarks.Growth;

/// <summary>
/// The rate of a healthy endpoint beside a dead one with a large backlog and a long history, against that on an empty file. Each is a
/// process of its own, whose memory is measured; they take turns.
/// </summary>
internal static class GrowthBenchmark
{
    private const double LeastRatio = 0.90;
    private const double MostMiB = 250;

    public static async Task<int> RunAsync(Settings settings)
    {
        var rounds = settings.Get("rounds", 7);
        var requests = settings.Get("requests", 30_000);
        var pending = settings.Get("pending", 1_000_000);
        var history = settings.Get("history", 100_000);
        using var folder = new TempFolder();
        await using var receiver = await ReceiverProcess.StartAsync(1);
        var report = new Report(string.Create(CultureInfo.InvariantCulture, $"Growth on SQLite: {pending:N0} deliveries pending for a dead endpoint, {history:N0} in the history"));
        await GrowthFiller.FillAsync(folder.PathOf("grown.db"), pending, history);
        Report.Note(string.Create(CultureInfo.InvariantCulture, $"the file has {new FileInfo(folder.PathOf("grown.db")).Length / 1048576:N0} MiB"));

        await using var empty = await StartAsync(folder.PathOf("empty.db"), receiver);
        await using var grown = await StartAsync(folder.PathOf("grown.db"), receiver);
        List<(double Empty, double Grown)> rates = [];
        var mebibytes = 0.0;
        for (var round = -4; round < rounds; round++)
        {
            var first = await RunAsync(round % 2 == 0 ? empty : grown, requests);
            var second = await RunAsync(round % 2 == 0 ? grown : empty, requests);
            var (onEmpty, onGrown) = round % 2 == 0 ? (first, second) : (second, first);
            mebibytes = Math.Max(mebibytes, onGrown.MiB);
            if (round >= 0) rates.Add((onEmpty.Rate, onGrown.Rate));
        }

        Report.Row("  empty, deliveries/s", Spread.Of(rates.Select(r => r.Empty)).ToString("N0"));
        Report.Row("  grown, deliveries/s", Spread.Of(rates.Select(r => r.Grown)).ToString("N0"));
        var ratio = Spread.Of(rates.Select(r => r.Grown / r.Empty));
        report.Row("  ratio of rates, grown / empty", ratio.ToString("0.00"), "at least 0.90", ratio.Median >= LeastRatio);
        report.Row("  most memory of the process (grown), MiB", mebibytes.ToString("0", CultureInfo.InvariantCulture), "under 250", mebibytes < MostMiB);
        return report.ExitCode;
    }

    private static async Task<OwnProcess> StartAsync(string file, ReceiverProcess receiver)
    {
        // As a small service runs it.
        var process = OwnProcess.Start([GrowthSide.Command, "--file", file, "--url", receiver.Url(0, "hook").ToString()], [("DOTNET_gcServer", "0")]);
        await process.ReadAsync();
        return process;
    }

    private static async Task<(double Rate, double MiB)> RunAsync(OwnProcess side, int requests)
    {
        var answer = (await side.AskAsync(requests.ToString(CultureInfo.InvariantCulture))).Split(' ');
        return (double.Parse(answer[0], CultureInfo.InvariantCulture), double.Parse(answer[1], CultureInfo.InvariantCulture));
    }
}
