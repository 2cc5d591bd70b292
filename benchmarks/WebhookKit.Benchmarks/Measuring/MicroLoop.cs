using System.Diagnostics;

namespace WebhookKit.Benchmarks.Measuring;

/// <summary>Times something that takes nanoseconds to milliseconds: warm-up, then rounds of many calls, on one thread.</summary>
internal static class MicroLoop
{
    private static readonly TimeSpan WarmUp = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Round = TimeSpan.FromMilliseconds(100);

    /// <summary>Runs it.</summary>
    /// <param name="rounds">How many rounds count.</param>
    /// <param name="action">What to time; told the number of the call.</param>
    /// <returns>The time of one call in microseconds, over the rounds, and the bytes that one call allocates.</returns>
    public static (Spread Microseconds, long Bytes) Run(int rounds, Action<int> action)
    {
        var calls = 0;
        var started = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(started) < WarmUp) action(calls++);
        var perRound = Math.Max(1, (int)(calls * (Round / Stopwatch.GetElapsedTime(started))));

        var times = new double[rounds];
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        for (var round = 0; round < rounds; round++)
        {
            started = Stopwatch.GetTimestamp();
            for (var i = 0; i < perRound; i++) action(i);
            times[round] = Stopwatch.GetElapsedTime(started).TotalMicroseconds / perRound;
        }

        var bytes = (GC.GetAllocatedBytesForCurrentThread() - allocated) / rounds / perRound;
        return (Spread.Of(times), bytes);
    }
}
