namespace WebhookKit.Testing;

/// <summary>A clock that stands still until a test moves it. Timers fire while it is moved, each at its own time.</summary>
/// <remarks>
/// <para>
/// It works with everything that takes a <see cref="TimeProvider"/>: <see cref="Task.Delay(TimeSpan, TimeProvider)"/>,
/// <see cref="CancellationTokenSource(TimeSpan, TimeProvider)"/>, <see cref="PeriodicTimer"/> and
/// <see cref="Task.WaitAsync(TimeSpan, TimeProvider)"/> among them.
/// </para>
/// <para>
/// Callbacks run on the thread that moves the clock, one after another, outside every lock; what one throws comes out of the call
/// that moved the clock. Only a timer set to zero does not wait for a move: the thread pool fires it, as it does for real.
/// </para>
/// <para>Safe for use by many threads at once.</para>
/// </remarks>
public sealed class ManualTimeProvider : TimeProvider
{
    private readonly Lock _lock = new();
    private readonly SortedSet<ManualTimer> _timers = new(ManualTimer.FiringOrder);
    private long _now;
    private long _lastSequence;

    /// <summary>Makes a clock that stands at <see cref="DefaultStart"/>.</summary>
    public ManualTimeProvider()
        : this(DefaultStart)
    {
    }

    /// <summary>Makes a clock.</summary>
    /// <param name="start">The time at which it stands.</param>
    public ManualTimeProvider(DateTimeOffset start) => _now = start.UtcTicks;

    /// <summary>The time at which clocks stand unless told otherwise: 2030-01-01 00:00:00 UTC, the same in every run.</summary>
    public static DateTimeOffset DefaultStart { get; } = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>How many timestamps make a second: 10,000,000, one a tick.</summary>
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <summary>UTC, on every machine.</summary>
    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    /// <summary>When the next timer fires; <see langword="null"/> when none is set.</summary>
    public DateTimeOffset? NextTimerAt
    {
        get
        {
            lock (_lock) return _timers.Min is { } next ? ToTime(next.DueAt) : null;
        }
    }

    /// <summary>How many timers are set.</summary>
    public int TimerCount
    {
        get
        {
            lock (_lock) return _timers.Count;
        }
    }

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => ToTime(Interlocked.Read(ref _now));

    /// <inheritdoc/>
    public override long GetTimestamp() => Interlocked.Read(ref _now);

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        ArgumentNullException.ThrowIfNull(callback);
        var timer = new ManualTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>
    /// Moves the clock on and fires what falls due on the way, in order of time; the clock shows each timer's time while it fires.
    /// Timers that a callback sets fire too when they fall due within the range.
    /// </summary>
    /// <param name="by">How far; not negative. Zero fires what is due now.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="by"/> is negative, or leads past the year 9999.</exception>
    public void Advance(TimeSpan by)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(by, TimeSpan.Zero);
        AdvanceTo(GetUtcNow() + by);
    }

    /// <summary>Does as <see cref="Advance"/>, up to a time.</summary>
    /// <param name="time">The time; not before the clock's.</param>
    /// <exception cref="ArgumentOutOfRangeException">The clock has passed <paramref name="time"/> already.</exception>
    public void AdvanceTo(DateTimeOffset time)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(time, GetUtcNow());
        FireUntil(time.UtcTicks);
    }

    /// <summary>Moves the clock to the next timer and fires it, with all others that are due then.</summary>
    /// <returns>Whether there was one; the clock stands still when there was none.</returns>
    public bool AdvanceToNextTimer()
    {
        if (NextTimerAt is not { } next) return false;
        FireUntil(next.UtcTicks);
        return true;
    }

    internal bool Set(ManualTimer timer, TimeSpan dueTime, TimeSpan period)
    {
        lock (_lock)
        {
            if (timer.IsDisposed) return false;
            if (timer.IsSet) UnsetNeedsLock(timer);
            timer.Period = period > TimeSpan.Zero ? period.Ticks : 0;
            if (dueTime == Timeout.InfiniteTimeSpan) return true;
            SetNeedsLock(timer, _now + dueTime.Ticks);
        }

        if (dueTime == TimeSpan.Zero)
            ThreadPool.UnsafeQueueUserWorkItem(static clock => clock.FireUntil(clock.GetTimestamp()), this, preferLocal: false);
        return true;
    }

    /// <summary>Disposes a timer.</summary>
    /// <returns>When no callback of it runs any more.</returns>
    internal Task Remove(ManualTimer timer)
    {
        lock (_lock)
        {
            timer.IsDisposed = true;
            if (timer.IsSet) UnsetNeedsLock(timer);
            return timer.Running == 0 ? Task.CompletedTask : (timer.Idle ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }
    }

    private void FireUntil(long target)
    {
        while (TakeDue(target) is { } timer)
        {
            try
            {
                timer.Fire();
            }
            finally
            {
                EndFiring(timer);
            }
        }
    }

    // Several threads may move the clock at once; it never goes back, so the later target wins.
    private ManualTimer? TakeDue(long target)
    {
        lock (_lock)
        {
            if (_timers.Min is not { } next || next.DueAt > target)
            {
                _now = Math.Max(_now, target);
                return null;
            }

            UnsetNeedsLock(next);
            _now = Math.Max(_now, next.DueAt);
            if (next.Period > 0) SetNeedsLock(next, next.DueAt + next.Period);
            next.Running++;
            return next;
        }
    }

    private void EndFiring(ManualTimer timer)
    {
        lock (_lock)
        {
            if (--timer.Running == 0) timer.Idle?.TrySetResult();
        }
    }

    private void SetNeedsLock(ManualTimer timer, long dueAt)
    {
        timer.DueAt = Math.Min(dueAt, DateTimeOffset.MaxValue.UtcTicks);
        timer.Sequence = ++_lastSequence;
        timer.IsSet = true;
        _timers.Add(timer);
    }

    // The set finds a timer by its time and sequence: they must not change while it is in.
    private void UnsetNeedsLock(ManualTimer timer)
    {
        _timers.Remove(timer);
        timer.IsSet = false;
    }

    private static DateTimeOffset ToTime(long ticks) => new(ticks, TimeSpan.Zero);
}
