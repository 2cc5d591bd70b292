using System.Diagnostics;
using System.Globalization;
using System.Runtime;
using WebhookKit.Benchmarks.Measuring;
using WebhookKit.Benchmarks.Stores;
using WebhookKit.Benchmarks.Throughput;

namespace WebhookKit.Benchmarks.Growth;

/// <summary>One of the two processes: sends as many requests as a line says, and answers with what that came to.</summary>
internal static class GrowthSide
{
    public const string Command = "growth-side";

    /// <summary>How much may be pending in memory beside the backlog.</summary>
    private const int MaxPending = 100_000;

    /// <summary>The line that asks how many endpoints are behind an open breaker.</summary>
    public const string Breakers = "breakers";

    /// <summary>The line after which its time stands still; and the one after which it goes on.</summary>
    public const string Pause = "pause";
    public const string Resume = "resume";

    /// <summary>The line that begins a warm-up, with settings of its own; answered by how many rounds it had.</summary>
    public const string WarmUp = "warm-up";

    /// <summary>The line after which the rounds count.</summary>
    public const string Begin = "begin";

    public static async Task<int> RunAsync(Settings settings)
    {
        var pending = settings.Get("pending", 0);
        await using var store = settings.Text("database", "") is { Length: > 0 } database ? new DatabaseStore(database)
            : settings.Text("file", "") is { Length: > 0 } file ? BenchStore.OnFile(file)
            : BenchStore.InMemory(pending + MaxPending);
        Uri[] urls = [.. Enumerable.Range(0, settings.Get("endpoints", 1)).Select(i => new Uri($"{settings.Text("url", "")}/{i}"))];
        using var breakers = new BreakerCount();
        var compiledBefore = 0L;

        // A database server's time goes on.
        var time = store is DatabaseStore ? null : new TurnTime();
        await using var engine = await EngineSide.StartAsync(urls, concurrency: 64, store, time: time);
        if (pending > 0) await DeadBacklog.FillAsync(engine.Services, pending, history: 0);
        Console.WriteLine("ready");
        while (await Console.In.ReadLineAsync() is { } line)
        {
            if (line == Pause) time?.Stop();
            if (line == Resume) time?.GoOn();
            if (line == Begin)
            {
                engine.ForgetUsed();
                compiledBefore = JitInfo.GetCompiledMethodCount();
            }

            Console.WriteLine(line switch
            {
                Pause or Resume or Begin => line,
                _ when line.StartsWith(WarmUp, StringComparison.Ordinal) => await WarmUpAsync(engine, Settings.Parse(line.Split(' '))),
                Breakers => breakers.Read().ToString(CultureInfo.InvariantCulture),
                _ => await SendAsync(engine, int.Parse(line, CultureInfo.InvariantCulture), compiledBefore),
            });
        }

        // It may wait for its clock while it stops.
        time?.GoOn();
        return 0;
    }

    private static async Task<string> WarmUpAsync(EngineSide engine, Settings settings)
    {
        var rounds = await Rounds.WarmUpAsync(settings, _ => engine.SendAsync(settings.Get("requests", 1)));
        return rounds.ToString(CultureInfo.InvariantCulture);
    }

    private static async Task<string> SendAsync(EngineSide engine, int requests, long compiledBefore)
    {
        var started = Stopwatch.GetTimestamp();
        await engine.SendAsync(requests);
        var rate = requests / Stopwatch.GetElapsedTime(started).TotalSeconds;
        using var self = Process.GetCurrentProcess();
        return string.Create(
            CultureInfo.InvariantCulture, $"{rate:0} {self.PeakWorkingSet64 / 1048576.0:0} {engine.Used} {JitInfo.GetCompiledMethodCount() - compiledBefore}");
    }
}
