namespace WebhookKit.Simulation.World;

/// <summary>A node's clock: the world's time, with an error of its own on the wall; its timers fire on the node.</summary>
internal sealed class NodeClock(Agenda agenda, SimNode node, TimeSpan error) : TimeProvider
{
    /// <summary>How far the wall clock is wrong.</summary>
    public TimeSpan Error { get; set; } = error;

    /// <summary>For how long it has not counted, because its machine slept; the wall clock goes on then.</summary>
    public TimeSpan Slept { get; set; }

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => Agenda.Start + agenda.Now + Error;

    public override long GetTimestamp() => (agenda.Now - Slept).Ticks;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new NodeTimer(agenda, node, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    private sealed class NodeTimer(Agenda agenda, SimNode node, TimerCallback callback, object? state) : ITimer
    {
        private Agenda.Entry? _next;
        private TimeSpan _period;
        private bool _isDisposed;

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            if (_isDisposed) return false;
            _next?.CallOff();
            _period = period;
            _next = dueTime == Timeout.InfiniteTimeSpan ? null : agenda.After(dueTime, () => node.Run(Fire));
            return true;
        }

        public void Dispose()
        {
            _isDisposed = true;
            _next?.CallOff();
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }

        private void Fire()
        {
            if (_isDisposed) return;
            _next = _period > TimeSpan.Zero ? agenda.After(_period, () => node.Run(Fire)) : null;
            callback(state);
        }
    }
}
