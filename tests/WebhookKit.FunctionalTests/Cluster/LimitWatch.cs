using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.AspNetCore.Http;

namespace WebhookKit.FunctionalTests.Cluster;

/// <summary>Watches at the receiver how many requests of a lane there are at once, and when they arrive.</summary>
internal sealed class LimitWatch
{
    /// <summary>How long a request to a lane with limited concurrency takes, so that several come together.</summary>
    private static readonly TimeSpan Work = TimeSpan.FromMilliseconds(10);

    private readonly ConcurrentQueue<long> _arrivals = new();
    private int _underWay;
    private int _mostAtOnce;

    public LimitWatch(TestReceiver receiver, string lane) => receiver.Answer($"/{lane}", AnswerAsync);

    public int MostAtOnce => Volatile.Read(ref _mostAtOnce);

    public int Requests => _arrivals.Count;

    /// <summary>The most requests that arrived within any window of a length.</summary>
    public int MostWithin(TimeSpan window)
    {
        long[] arrivals = [.. _arrivals.Order()];
        var most = 0;
        for (int first = 0, last = 0; last < arrivals.Length; last++)
        {
            while (Stopwatch.GetElapsedTime(arrivals[first], arrivals[last]) > window) first++;
            most = Math.Max(most, last - first + 1);
        }

        return most;
    }

    private async Task AnswerAsync(HttpContext context, int number)
    {
        _arrivals.Enqueue(Stopwatch.GetTimestamp());
        var underWay = Interlocked.Increment(ref _underWay);
        for (var most = MostAtOnce; underWay > most;) most = Interlocked.CompareExchange(ref _mostAtOnce, underWay, most) is var found && found == most ? underWay : found;
        await Task.Delay(Work);
        Interlocked.Decrement(ref _underWay);
    }
}
