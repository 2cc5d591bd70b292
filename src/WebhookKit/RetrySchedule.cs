namespace WebhookKit;

/// <summary>When a failed delivery is tried again: a value. The first attempt is made at once and is not part of it.</summary>
/// <remarks><c>new RetrySchedule(10 s, 100 s, 1000 s)</c> makes four attempts in all.</remarks>
public sealed record RetrySchedule
{
    private static readonly TimeSpan MaxDelay = TimeSpan.FromDays(365);

    /// <summary>Makes a schedule.</summary>
    /// <param name="delays">How long to wait after each failure, first to last; zero to 365 days each.</param>
    /// <exception cref="ArgumentOutOfRangeException">A delay is negative or longer than 365 days.</exception>
    public RetrySchedule(params ReadOnlySpan<TimeSpan> delays)
    {
        for (var i = 0; i < delays.Length; i++)
        {
            if (delays[i] < TimeSpan.Zero || delays[i] > MaxDelay)
                throw new ArgumentOutOfRangeException(nameof(delays), delays[i], $"Delay {i + 1} of {delays.Length} is {delays[i]}. Use zero to 365 days.");
        }

        Delays = Array.AsReadOnly(delays.ToArray());
    }

    /// <summary>No retry: one attempt.</summary>
    public static RetrySchedule None { get; } = new();

    /// <summary>How long to wait after each failure, first to last. None is negative.</summary>
    public IReadOnlyList<TimeSpan> Delays { get; }

    /// <summary>Whether the last delay goes on for ever, until <see cref="Limit"/> or the delivery's time to live ends it.</summary>
    public bool RepeatLast { get; init; }

    /// <summary>How much of each delay is random, 0 to 1: 0.2 gives 80% to 120% of it. Default: 0.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is below 0 or above 1.</exception>
    public double Jitter
    {
        get;
        init => field = value is >= 0 and <= 1
            ? value
            : throw new ArgumentOutOfRangeException(nameof(Jitter), value, $"The jitter is {value}. Use 0 (none) to 1 (up to twice the delay).");
    }

    /// <summary>No attempt begins later than this after the event was published; <see langword="null"/> for no limit.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative.</exception>
    public TimeSpan? Limit
    {
        get;
        init => field = value is null || value >= TimeSpan.Zero
            ? value
            : throw new ArgumentOutOfRangeException(nameof(Limit), value, $"The limit is {value}. Use a positive time, or null for no limit.");
    }

    /// <summary>Adds the same delay several times at the end.</summary>
    /// <param name="times">How often.</param>
    /// <param name="delay">The delay.</param>
    /// <returns>The longer schedule.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="times"/> is negative, or the delay is out of range.</exception>
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
        if (DelayAfter(failures) is not { } planned) return null;
        var delay = planned * (1 + Jitter * (2 * random - 1));
        return elapsed + delay > Limit ? null : delay;
    }

    /// <summary>How long this run of the schedule has taken at least: the planned delays before the latest attempt, without jitter.</summary>
    /// <param name="failures">How many attempts of this run have failed, the latest included; at least 1.</param>
    internal TimeSpan PlannedTime(int failures)
    {
        var listed = Math.Min(failures - 1, Delays.Count);
        var sum = TimeSpan.Zero;
        for (var i = 0; i < listed; i++) sum += Delays[i];
        return RepeatLast && Delays.Count > 0 ? sum + Delays[^1] * (failures - 1 - listed) : sum;
    }

    /// <summary>Whether another schedule is the same: the same delays in the same order, repeat, jitter and limit.</summary>
    /// <param name="other">The other one.</param>
    /// <returns>Whether it is.</returns>
    public bool Equals(RetrySchedule? other) =>
        other is not null
        && RepeatLast == other.RepeatLast
        && Jitter.Equals(other.Jitter)
        && Limit == other.Limit
        && Delays.SequenceEqual(other.Delays);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (var delay in Delays) hash.Add(delay);
        hash.Add(RepeatLast);
        hash.Add(Jitter);
        hash.Add(Limit);
        return hash.ToHashCode();
    }

    private TimeSpan? DelayAfter(int failures) =>
        failures <= Delays.Count ? Delays[failures - 1]
        : RepeatLast && Delays.Count > 0 ? Delays[^1]
        : null;
}
