using System.Collections.Concurrent;
using System.Diagnostics;
using WebhookKit.Benchmarks.Throughput;

namespace WebhookKit.Benchmarks.Retention;

/// <summary>Publishes so many events a second, whether those before have returned or not, and notes how long each call took.</summary>
internal sealed class SteadyPublishing : IAsyncDisposable
{
    private readonly ConcurrentQueue<(long Begun, double Milliseconds)> _times = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly EngineSide _engine;
    private readonly Task _running;

    public SteadyPublishing(EngineSide engine, int perSecond)
    {
        _engine = engine;
        _running = Task.Run(() => RunAsync(perSecond));
    }

    /// <summary>The 99th percentile of the calls that began between two time stamps, in milliseconds, and how many there were.</summary>
    public (double P99, int Count) Between(long from, long to)
    {
        double[] sorted = [.. _times.Where(t => t.Begun >= from && t.Begun < to).Select(t => t.Milliseconds).Order()];
        return (sorted.Length == 0 ? 0 : sorted[(int)(0.99 * (sorted.Length - 1))], sorted.Length);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _stop.Dispose();
    }

    private async Task RunAsync(int perSecond)
    {
        List<Task> calls = [];
        var started = Stopwatch.GetTimestamp();
        for (long published = 0; !_stop.IsCancellationRequested;)
        {
            for (var due = (long)(Stopwatch.GetElapsedTime(started).TotalSeconds * perSecond); published < due; published++) calls.Add(Task.Run(PublishAsync));
            await Task.Delay(1, CancellationToken.None);
            if (calls.Count > perSecond) calls.RemoveAll(static c => c.IsCompletedSuccessfully);
        }

        await Task.WhenAll(calls);
    }

    private async Task PublishAsync()
    {
        var begun = Stopwatch.GetTimestamp();
        await _engine.PublishOneAsync(0);
        _times.Enqueue((begun, Stopwatch.GetElapsedTime(begun).TotalMilliseconds));
    }
}
