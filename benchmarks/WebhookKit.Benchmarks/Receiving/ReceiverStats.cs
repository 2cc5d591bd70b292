using System.Diagnostics;

namespace WebhookKit.Benchmarks.Receiving;

/// <summary>What the receiver has seen since it was last reset.</summary>
/// <remarks>The clock of <see cref="Stopwatch"/> counts from the start of the machine, so it means the same in the sender's process.</remarks>
internal sealed class ReceiverStats
{
    private const int MaxEndpoints = 16;

    private readonly Lock _gate = new();
    private readonly List<double>[] _latencies = [.. Enumerable.Range(0, MaxEndpoints).Select(_ => new List<double>())];
    private long _requests;
    private long _bytes;

    public void Received(int bytes)
    {
        Interlocked.Increment(ref _requests);
        Interlocked.Add(ref _bytes, bytes);
    }

    public void Measured(int endpoint, long publishedAt)
    {
        var latency = Stopwatch.GetElapsedTime(publishedAt).TotalMilliseconds;
        lock (_gate) _latencies[endpoint].Add(latency);
    }

    public void Reset()
    {
        lock (_gate)
        {
            foreach (var latencies in _latencies) latencies.Clear();
            Interlocked.Exchange(ref _requests, 0);
            Interlocked.Exchange(ref _bytes, 0);
        }
    }

    /// <summary>Sums up the first endpoints.</summary>
    public ReceiverFigures Sum(int endpoints)
    {
        lock (_gate)
        {
            var measured = _latencies[..endpoints];
            double[] all = [.. measured.SelectMany(l => l).Order()];
            return new ReceiverFigures(
                Interlocked.Read(ref _requests),
                Interlocked.Read(ref _bytes),
                all.Length,
                measured.Min(l => l.Count),
                At(all, 0.5),
                At(all, 0.99),
                measured.Max(l => At([.. l.Order()], 0.99)));
        }
    }

    private static double At(double[] sorted, double share) => sorted.Length == 0 ? 0 : sorted[(int)(share * (sorted.Length - 1))];
}
