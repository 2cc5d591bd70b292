using System.Diagnostics;
using System.Globalization;
using WebhookKit.Benchmarks.Measuring;
using WebhookKit.Benchmarks.Stores;
using WebhookKit.Benchmarks.Throughput;

namespace WebhookKit.Benchmarks.Growth;

/// <summary>One of the two processes: sends as many requests as a line says, and answers with the rate and the memory it uses.</summary>
internal static class GrowthSide
{
    public const string Command = "growth-side";

    public static async Task<int> RunAsync(Settings settings)
    {
        await using var store = BenchStore.OnFile(settings.Text("file", ""));
        await using var engine = await EngineSide.StartAsync([new Uri(settings.Text("url", ""))], concurrency: 64, store);
        Console.WriteLine("ready");
        while (await Console.In.ReadLineAsync() is { } line)
        {
            var requests = int.Parse(line, CultureInfo.InvariantCulture);
            var started = Stopwatch.GetTimestamp();
            await engine.SendAsync(requests);
            var rate = requests / Stopwatch.GetElapsedTime(started).TotalSeconds;
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{rate:0} {Environment.WorkingSet / 1048576.0:0}"));
        }

        return 0;
    }
}
