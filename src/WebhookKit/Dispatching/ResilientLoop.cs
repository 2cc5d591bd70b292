using Microsoft.Extensions.Logging;
using WebhookKit.Diagnostics;

namespace WebhookKit.Dispatching;

/// <summary>
/// Runs a step again and again until it is stopped. A step that throws is logged with its cause and run again, after a delay that
/// grows while it keeps failing: no loop dies, and none spins. One that had run for long before it threw begins with the shortest delay.
/// </summary>
internal static class ResilientLoop
{
    private static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(30);

    public static async Task RunAsync(string name, Func<CancellationToken, Task> step, TimeProvider time, ILogger logger, CancellationToken stop)
    {
        var failures = 0;
        while (!stop.IsCancellationRequested)
        {
            var begunAt = time.GetTimestamp();
            try
            {
                await step(stop);
                failures = 0;
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception cause)
            {
                if (time.GetElapsedTime(begunAt) >= LongestDelay) failures = 0;
                var delay = DelayAfter(++failures);
                Log.LoopFailed(logger, name, failures, delay, cause);
                await WaitAsync(delay, time, stop);
            }
        }
    }

    /// <summary>How long to wait after a number of failures in a row: doubling, up to half a minute.</summary>
    public static TimeSpan DelayAfter(int failures)
    {
        var delay = FirstDelay * Math.Pow(2, Math.Min(failures, 20) - 1);
        return delay < LongestDelay ? delay : LongestDelay;
    }

    /// <summary>Waits for a time, or until it is stopped; does not throw.</summary>
    public static async Task WaitAsync(TimeSpan delay, TimeProvider time, CancellationToken stop) =>
        await Task.Delay(delay, time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
}
