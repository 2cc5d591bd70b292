using System.Diagnostics.CodeAnalysis;
using WebhookKit.Storage;

namespace WebhookKit.Dispatching;

/// <summary>
/// The default scheduler: round robin over the tenants that have lanes due, and over the lanes within each. Lanes that are due later
/// wait in a heap; one timer serves them all.
/// </summary>
internal sealed class FairScheduler : IDeliveryScheduler, IDisposable
{
    private readonly TimeProvider _time;
    private readonly ITimer _timer;
    private readonly Lock _gate = new();

    /// <summary>The lanes that wait for their time, each with the time it waits for. A heap entry with another time is void.</summary>
    private readonly Dictionary<DeliveryLane, DateTimeOffset> _waiting = [];
    private readonly PriorityQueue<DeliveryLane, DateTimeOffset> _heap = new();

    private readonly HashSet<DeliveryLane> _due = [];
    private readonly Dictionary<TenantKey, Queue<DeliveryLane>> _tenants = [];
    private readonly Queue<(TenantKey Tenant, Queue<DeliveryLane> Lanes)> _turns = new();
    private readonly Stack<Queue<DeliveryLane>> _spareQueues = new();

    private TaskCompletionSource? _signal;
    private DateTimeOffset _timerAt = DateTimeOffset.MaxValue;

    public FairScheduler(TimeProvider time)
    {
        _time = time;
        using (ExecutionContext.SuppressFlow())
            _timer = time.CreateTimer(static state => ((FairScheduler)state!).TimerFired(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>How many entries wait for their time, the void ones included.</summary>
    internal int LaterCount => _heap.Count;

    public void Schedule(DeliveryLane lane, DateTimeOffset dueAt) => ScheduleAt(lane, dueAt, _time.GetUtcNow());

    private void ScheduleAt(DeliveryLane lane, DateTimeOffset dueAt, DateTimeOffset now)
    {
        TaskCompletionSource? signal;
        lock (_gate)
        {
            if (_due.Contains(lane)) return;
            if (dueAt <= now)
            {
                _waiting.Remove(lane);
                EnqueueDueNeedsLock(lane);
                signal = TakeSignalNeedsLock();
            }
            else
            {
                if (_waiting.TryGetValue(lane, out var waitsFor) && waitsFor <= dueAt) return;
                _waiting[lane] = dueAt;
                _heap.Enqueue(lane, dueAt);
                DropVoidNeedsLock();
                SetTimerNeedsLock(now);
                return;
            }
        }

        signal?.TrySetResult();
    }

    public ValueTask<DeliveryLane> NextAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (!cancellationToken.IsCancellationRequested && TryDequeueNeedsLock(out var lane)) return new ValueTask<DeliveryLane>(lane);
        }

        return WaitAsync(cancellationToken);
    }

    /// <summary>
    /// Asks for a turn of a lane, as <see cref="Schedule"/> does, and takes the next lane that is due, which may be the same: one
    /// flow goes on from turn to turn without waking another.
    /// </summary>
    /// <param name="lane">The lane to ask for; <see langword="null"/> for none.</param>
    /// <param name="dueAt">When it is due.</param>
    /// <param name="now">The time.</param>
    /// <param name="next">The lane whose turn it is.</param>
    /// <returns>Whether one is due now.</returns>
    public bool TryExchange(DeliveryLane? lane, DateTimeOffset dueAt, DateTimeOffset now, [NotNullWhen(true)] out DeliveryLane? next)
    {
        if (lane is not null && dueAt > now)
        {
            ScheduleAt(lane, dueAt, now);
            lane = null;
        }

        lock (_gate)
        {
            if (lane is not null && !_due.Contains(lane))
            {
                _waiting.Remove(lane);

                // Nobody else is due: no need to queue.
                if (_turns.Count == 0)
                {
                    next = lane;
                    return true;
                }

                EnqueueDueNeedsLock(lane);
            }

            return TryDequeueNeedsLock(out next);
        }
    }

    public void Dispose() => _timer.Dispose();

    private async ValueTask<DeliveryLane> WaitAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            TaskCompletionSource? signal;
            bool hasMoved;
            lock (_gate)
            {
                if (TryDequeueNeedsLock(out var lane)) return lane;

                // Lanes can be due before the timer has fired: whoever is ready to take one need not wait for it.
                hasMoved = MoveDueNeedsLock();
                signal = hasMoved
                    ? TakeSignalNeedsLock()
                    : _signal ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            }

            if (hasMoved) signal?.TrySetResult();
            else await OwnFlow.WaitAsync(signal!.Task, cancellationToken);
        }
    }

    private void TimerFired()
    {
        TaskCompletionSource? signal;
        lock (_gate)
        {
            _timerAt = DateTimeOffset.MaxValue;
            signal = MoveDueNeedsLock() ? TakeSignalNeedsLock() : null;
        }

        signal?.TrySetResult();
    }

    /// <summary>Moves the lanes whose time has come from the heap to their tenants' queues.</summary>
    /// <returns>Whether there were any.</returns>
    private bool MoveDueNeedsLock()
    {
        if (_heap.Count == 0) return false;
        var now = _time.GetUtcNow();
        var hasMoved = false;
        while (_heap.TryPeek(out var lane, out var dueAt))
        {
            var isVoid = !_waiting.TryGetValue(lane, out var waitsFor) || waitsFor != dueAt;
            if (!isVoid && dueAt > now) break;
            _heap.Dequeue();
            if (isVoid) continue;
            _waiting.Remove(lane);
            EnqueueDueNeedsLock(lane);
            hasMoved = true;
        }

        SetTimerNeedsLock(now);
        return hasMoved;
    }

    /// <summary>Drops void entries once they are the most part of the heap, so that it stays as small as the lanes are few.</summary>
    private void DropVoidNeedsLock()
    {
        if (_heap.Count <= MaxSpareQueues + 2 * _waiting.Count) return;
        _heap.Clear();
        foreach (var (lane, dueAt) in _waiting) _heap.Enqueue(lane, dueAt);
    }

    private void SetTimerNeedsLock(DateTimeOffset now)
    {
        if (!_heap.TryPeek(out _, out var first) || first >= _timerAt) return;
        _timerAt = first;

        // The system's timers round down to milliseconds: rounded up, it does not fire just before the time.
        var wait = TimeSpan.FromMilliseconds(Math.Ceiling((first - now).TotalMilliseconds));
        _timer.Change(wait < MaxTimerWait ? wait : MaxTimerWait, Timeout.InfiniteTimeSpan);
    }

    private void EnqueueDueNeedsLock(DeliveryLane lane)
    {
        _due.Add(lane);
        var tenant = new TenantKey(lane.TenantId);
        if (!_tenants.TryGetValue(tenant, out var lanes))
        {
            if (!_spareQueues.TryPop(out lanes)) lanes = new Queue<DeliveryLane>();
            _tenants.Add(tenant, lanes);
            _turns.Enqueue((tenant, lanes));
        }

        lanes.Enqueue(lane);
    }

    private bool TryDequeueNeedsLock([NotNullWhen(true)] out DeliveryLane? lane)
    {
        if (!_turns.TryDequeue(out var turn))
        {
            lane = null;
            return false;
        }

        lane = turn.Lanes.Dequeue();
        _due.Remove(lane);
        if (turn.Lanes.Count > 0)
        {
            _turns.Enqueue(turn);
        }
        else
        {
            _tenants.Remove(turn.Tenant);
            if (_spareQueues.Count < MaxSpareQueues) _spareQueues.Push(turn.Lanes);
        }

        return true;
    }

    private TaskCompletionSource? TakeSignalNeedsLock()
    {
        var signal = _signal;
        _signal = null;
        return signal;
    }

    private const int MaxSpareQueues = 64;

    private static readonly TimeSpan MaxTimerWait = TimeSpan.FromDays(1);

    /// <summary>A tenant id that can be a dictionary's key although it may be null.</summary>
    private readonly record struct TenantKey(string? Id);
}
