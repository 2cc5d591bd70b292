namespace WebhookKit.Testing;

/// <summary>Where requests wait for the clock, counted.</summary>
/// <remarks>
/// A request counts as parked only while nothing but the clock or its sender can set it going: it leaves the count inside the
/// timer's or the cancellation's callback, so once moving the clock has returned, the count is right.
/// </remarks>
internal sealed class ParkingLot(TimeProvider clock, Action<int> changed)
{
    private readonly Lock _lock = new();
    private readonly Action<int> _changed = changed;
    private int _count;

    public int Count => Volatile.Read(ref _count);

    public async Task WaitAsync(TimeSpan delay, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var request = new ParkedRequest(this);
        // The timer is set before the request is counted: who sees it counted can move the clock to the timer.
        using var timer = clock.CreateTimer(static state => ((ParkedRequest)state!).Release(), request, delay, Timeout.InfiniteTimeSpan);
        using var registration = cancellationToken.Register(static state => ((ParkedRequest)state!).Release(), request);
        request.Park();
        await request.Released;
        cancellationToken.ThrowIfCancellationRequested();
    }

    private sealed class ParkedRequest(ParkingLot lot)
    {
        private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private bool _isCounted;
        private bool _isReleased;

        public Task Released => _released.Task;

        public void Park()
        {
            int count;
            lock (lot._lock)
            {
                if (_isReleased) return;
                _isCounted = true;
                count = ++lot._count;
            }

            lot._changed(count);
        }

        public void Release()
        {
            int? count = null;
            lock (lot._lock)
            {
                if (_isReleased) return;
                _isReleased = true;
                if (_isCounted) count = --lot._count;
            }

            _released.SetResult();
            if (count is { } left) lot._changed(left);
        }
    }
}
