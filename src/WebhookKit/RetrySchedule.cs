namespace WebhookKit;

/// <summary>When a failed delivery is tried again: a value. The first attempt is made at once and is not part of it.</summary>
/// <remarks><c>new RetrySchedule([10 s, 100 s, 1000 s])</c> makes four attempts in all.</remarks>
public sealed record RetrySchedule
{
    /// <summary>Makes a schedule.</summary>
    /// <param name="delays">How long to wait after each failure, first to last.</param>
    public RetrySchedule(params ReadOnlySpan<TimeSpan> delays) => Delays = delays.ToArray();

    /// <summary>No retry: one attempt.</summary>
    public static RetrySchedule None { get; } = new();

    /// <summary>How long to wait after each failure, first to last. None is negative.</summary>
    public IReadOnlyList<TimeSpan> Delays { get; }

    /// <summary>Whether the last delay goes on for ever, until <see cref="Limit"/> or the delivery's time to live ends it.</summary>
    public bool RepeatLast { get; init; }

    /// <summary>How much of each delay is random, 0 to 1: 0.2 gives 80% to 120% of it. Default: 0.</summary>
    public double Jitter { get; init; }

    /// <summary>No attempt begins later than this after the event was published; <see langword="null"/> for no limit.</summary>
    public TimeSpan? Limit { get; init; }

    /// <summary>Adds the same delay several times at the end.</summary>
    /// <param name="times">How often.</param>
    /// <param name="delay">The delay.</param>
    /// <returns>The longer schedule.</returns>
    public RetrySchedule Then(int times, TimeSpan delay)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(times);
        return new RetrySchedule([.. Delays, .. Enumerable.Repeat(delay, times)]) { RepeatLast = RepeatLast, Jitter = Jitter, Limit = Limit };
    }

    /// <summary>How long to wait after a failure.</summary>
    /// <param name="failures">How many attempts of this run of the schedule have failed, the latest included; at least 1.</param>
    /// <param name="elapsed">How long ago this run began.</param>
    /// <param name="random">A random number from 0 (inclusive) to 1 (exclusive), which decides the jitter.</param>
    /// <returns>The delay; <see langword="null"/> when the schedule has ended.</returns>
    public TimeSpan? NextDelay(int failures, TimeSpan elapsed, double random)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(failures, 1);
        var index = failures - 1;
        if (index >= Delays.Count)
        {
            if (!RepeatLast || Delays.Count == 0) return null;
            index = Delays.Count - 1;
        }

        var delay = Delays[index] * (1 + Jitter * (2 * random - 1));
        return elapsed + delay > Limit ? null : delay;
    }
}
