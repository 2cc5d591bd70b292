using System.Diagnostics;
using WebhookKit.Benchmarks.Receiving;
using WebhookKit.Benchmarks.Throughput;

namespace WebhookKit.Benchmarks.Measuring;

/// <summary>How many requests a round has: so many that the plain loop takes a given time on this machine, or a given number.</summary>
internal static class Pace
{
    private const int Concurrency = 64;
    private const int Step = 2_000;
    private const int Fewest = 1_000;
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(4);

    /// <summary>Counts them.</summary>
    /// <param name="settings">With <c>--requests</c>, or with <c>--ms</c> for the time of a round.</param>
    /// <param name="receiver">Where they go.</param>
    /// <param name="standard">How many where nothing is said.</param>
    public static async Task<int> CountAsync(Settings settings, ReceiverProcess receiver, int standard)
    {
        if (settings.Get("ms", 0) is not (> 0 and var milliseconds)) return settings.Get("requests", standard);
        using var loop = new LoopSide([receiver.Url(0, "hook")], Concurrency);
        var rate = 0.0;
        for (var began = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(began) < WarmUp;)
        {
            var started = Stopwatch.GetTimestamp();
            await loop.SendAsync(Step);
            rate = Math.Max(rate, Step / Stopwatch.GetElapsedTime(started).TotalSeconds);
        }

        return Math.Max(Fewest, (int)(rate * milliseconds / 1000));
    }
}
