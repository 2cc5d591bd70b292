namespace WebhookKit.Testing;

/// <summary>A timer of a <see cref="ManualTimeProvider"/>, which alone reads and changes its properties, under its lock.</summary>
internal sealed class ManualTimer(ManualTimeProvider clock, TimerCallback callback, object? state) : ITimer
{
    // The longest time that the system's timers take.
    private static readonly TimeSpan Longest = TimeSpan.FromMilliseconds(uint.MaxValue - 1);

    private readonly ExecutionContext? _context = ExecutionContext.Capture();

    /// <summary>By time; those of one time in the order in which they were set.</summary>
    public static IComparer<ManualTimer> FiringOrder { get; } =
        Comparer<ManualTimer>.Create(static (a, b) => (a.DueAt, a.Sequence).CompareTo((b.DueAt, b.Sequence)));

    public long DueAt { get; set; }

    public long Sequence { get; set; }

    public long Period { get; set; }

    public bool IsSet { get; set; }

    public bool IsDisposed { get; set; }

    public int Running { get; set; }

    public TaskCompletionSource? Idle { get; set; }

    public bool Change(TimeSpan dueTime, TimeSpan period)
    {
        ThrowIfNoTimerTime(dueTime, nameof(dueTime));
        ThrowIfNoTimerTime(period, nameof(period));
        return clock.Set(this, dueTime, period);
    }

    public void Fire()
    {
        if (_context is null) callback(state);
        else ExecutionContext.Run(_context, static timer => ((ManualTimer)timer!).Call(), this);
    }

    public void Dispose() => clock.Remove(this);

    public ValueTask DisposeAsync() => new(clock.Remove(this));

    private void Call() => callback(state);

    private static void ThrowIfNoTimerTime(TimeSpan time, string name)
    {
        if (time == Timeout.InfiniteTimeSpan) return;
        ArgumentOutOfRangeException.ThrowIfLessThan(time, TimeSpan.Zero, name);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(time, Longest, name);
    }
}
