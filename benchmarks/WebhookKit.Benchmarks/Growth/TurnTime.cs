namespace WebhookKit.Benchmarks.Growth;

/// <summary>
/// The time of a process that others take turns with: between its turns it stands still. So what comes by the clock (sweeps, storing
/// statistics) comes once in as many deliveries as without turns, not all of it in the one turn of four.
/// </summary>
internal sealed class TurnTime : TimeProvider
{
    private readonly DateTimeOffset _utcAtStart = System.GetUtcNow();
    private readonly long _start = System.GetTimestamp();
    private volatile State _state = new(0, null);

    /// <inheritdoc/>
    public override long TimestampFrequency => System.TimestampFrequency;

    public void Stop() => _state = _state with { StoppedAt = System.GetTimestamp() };

    public void GoOn()
    {
        if (_state.StoppedAt is { } stoppedAt) _state = new State(_state.Stood + System.GetTimestamp() - stoppedAt, null);
    }

    /// <inheritdoc/>
    public override long GetTimestamp()
    {
        var state = _state;
        return (state.StoppedAt ?? System.GetTimestamp()) - state.Stood;
    }

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => _utcAtStart + GetElapsedTime(_start);

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => new Timer(this, callback, state, dueTime, period);

    /// <param name="Stood">How long it has stood still before, in units of the timestamp.</param>
    /// <param name="StoppedAt">Since when it stands still.</param>
    private sealed record State(long Stood, long? StoppedAt);

    /// <summary>One that has fired too early, for the time stood still meanwhile, waits for the rest.</summary>
    private sealed class Timer : ITimer
    {
        private readonly Lock _lock = new();
        private readonly TurnTime _time;
        private readonly TimerCallback _callback;
        private readonly object? _state;
        private readonly ITimer _inner;
        private TimeSpan _period;
        private long _due;

        public Timer(TurnTime time, TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            (_time, _callback, _state) = (time, callback, state);
            _inner = System.CreateTimer(static timer => ((Timer)timer!).Fire(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            Change(dueTime, period);
        }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (_lock)
            {
                _period = period;
                return WaitNeedsLock(dueTime);
            }
        }

        public void Dispose() => _inner.Dispose();

        public ValueTask DisposeAsync() => _inner.DisposeAsync();

        private void Fire()
        {
            lock (_lock)
            {
                // It has been stopped meanwhile.
                if (_due == long.MaxValue) return;
                if (_time.GetElapsedTime(_time.GetTimestamp(), _due) is var left && left > TimeSpan.Zero)
                {
                    // The system's timer knows whole milliseconds: rounded down, it would fire again and again.
                    _inner.Change(TimeSpan.FromMilliseconds(Math.Ceiling(left.TotalMilliseconds)), Timeout.InfiniteTimeSpan);
                    return;
                }

                if (_period > TimeSpan.Zero) WaitNeedsLock(_period);
            }

            _callback(_state);
        }

        private bool WaitNeedsLock(TimeSpan dueTime)
        {
            _due = dueTime == Timeout.InfiniteTimeSpan ? long.MaxValue : _time.GetTimestamp() + (long)(dueTime.TotalSeconds * _time.TimestampFrequency);
            return _inner.Change(dueTime, Timeout.InfiniteTimeSpan);
        }
    }
}
