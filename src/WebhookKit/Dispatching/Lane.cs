using WebhookKit.Matching;

namespace WebhookKit.Dispatching;

/// <summary>
/// The running side of one subscription: its buffer, limits, breaker and order. A state machine without I/O, clock or randomness;
/// its methods say what to do and when the lane wants its next turn. Safe for many threads: all state is guarded by one lock, and
/// nothing foreign is called under it.
/// </summary>
internal sealed class Lane
{
    private static readonly TimeSpan LeaseWait = TimeSpan.FromSeconds(1);

    /// <summary>An endpoint that has not answered well for so long gets no second place while places are few.</summary>
    private static readonly TimeSpan CrowdedPatience = TimeSpan.FromSeconds(1);

    /// <summary>How many ids of deliveries that reads have brought it remembers.</summary>
    private const int MaxBrought = 1024;

    private readonly Lock _gate = new();
    private readonly BroughtIds _brought;
    private readonly int _bufferSize;
    private readonly CircuitBreaker _breaker;
    private readonly DateTimeOffset? _takenOverAt;

    /// <summary>The ids of all deliveries that wait in the buffer or are under way: a read may return them again.</summary>
    private readonly HashSet<Guid> _held = [];

    /// <summary>The ids that were settled while a read was under way: it may have seen them as they were before.</summary>
    private readonly HashSet<Guid> _settledDuringRead = [];

    private volatile SubscriptionModel _model;
    private LaneBuffer _buffer;
    private SlidingRateLimit? _rate;
    private ConcurrencyWindow _window;
    private int _sending;
    private int _unsettled;
    private int _holds;
    private bool _reading;

    /// <summary>
    /// Whether deliveries that were held when the read began have been left to the store since: its answer lacks them, and what comes after
    /// them must not overtake them.
    /// </summary>
    private bool _leftDuringRead;

    private volatile bool _closed;
    private bool _rebuild;
    private DateTimeOffset _blockedUntil;
    private DateTimeOffset _lastSuccessAt;

    /// <summary>Until when it gets no second place, unless its endpoint answers.</summary>
    private DateTimeOffset _crowdedUntil;

    /// <summary>The earliest time at which the store may have something due that is not held; never while none is known of.</summary>
    private DateTimeOffset _storeDueAt = DateTimeOffset.MaxValue;

    /// <summary>The same, as learnt while a read was under way, whose answer may not know of it.</summary>
    private DateTimeOffset _storeDueAtDuringRead = DateTimeOffset.MaxValue;

    /// <summary>The time of the turn that has been asked for and not yet taken.</summary>
    private DateTimeOffset _turnAt = DateTimeOffset.MaxValue;

    /// <param name="model">The subscription.</param>
    /// <param name="bufferSize">How many deliveries it likes to have in memory.</param>
    /// <param name="breaker">How its breaker works.</param>
    /// <param name="takenOverAt">When another node had it until; <see langword="null"/> when none had.</param>
    /// <param name="readsEnded">How many reads have ended on this node: a lane before this one may have read, and sent, what they brought.</param>
    public Lane(SubscriptionModel model, int bufferSize, BreakerOptions breaker, DateTimeOffset? takenOverAt, long readsEnded = 0)
    {
        _brought = new BroughtIds(MaxBrought, readsEnded);
        _model = model;
        _bufferSize = bufferSize;
        _breaker = new CircuitBreaker(breaker);
        _takenOverAt = takenOverAt;
        _buffer = NewBufferNeedsLock();
        _window = new ConcurrencyWindow(model.MaxConcurrency);
        _rate = NewRate(model, before: null);
        Key = new DeliveryLane(model.Id, model.Subscription.TenantId) { Running = this };
        Partition = model.Partition;
    }

    public DeliveryLane Key { get; }

    public int Partition { get; }

    /// <summary>Whether and since when the endpoint is failing, as the store has it; owned by <see cref="EndpointHealth"/>.</summary>
    public EndpointHealth Health { get; } = new();

    public bool IsBreakerOpen
    {
        get
        {
            lock (_gate) return _breaker.IsOpen;
        }
    }

    public bool IsClosed => _closed;

    /// <summary>Whether attempts or reads are under way.</summary>
    public bool IsBusy
    {
        get
        {
            lock (_gate) return _unsettled > 0 || _reading;
        }
    }

    private int Capacity => Math.Max(_bufferSize, 2 * (_model.Batching?.MaxEvents ?? 0));

    /// <summary>Says when the lane wants a turn, if it has not asked for one as early already.</summary>
    /// <returns>The time to schedule it at; <see langword="null"/> when there is nothing to ask for.</returns>
    public DateTimeOffset? AskForTurn(DateTimeOffset now)
    {
        lock (_gate) return AskForTurnNeedsLock(now);
    }

    /// <summary>When the lane could do something next, whether it has asked for a turn or not; never while it waits for an event.</summary>
    public DateTimeOffset NextTurnAt(DateTimeOffset now)
    {
        lock (_gate) return NextTurnAtNeedsLock(now);
    }

    /// <summary>The lane's turn has come.</summary>
    /// <param name="now">The time.</param>
    /// <param name="fence">The fencing number of the lease that it runs under.</param>
    /// <param name="leaseRemaining">How long that lease still runs; no attempt starts unless it outlasts the attempt's deadline.</param>
    /// <param name="nextTurnAt">When the lane wants its next turn, as <see cref="AskForTurn"/> says.</param>
    /// <param name="isCrowded">Whether this node has few places left for attempts.</param>
    public Turn TakeTurn(DateTimeOffset now, long fence, TimeSpan leaseRemaining, out DateTimeOffset? nextTurnAt, bool isCrowded = false)
    {
        lock (_gate)
        {
            _turnAt = DateTimeOffset.MaxValue;
            var turn = TakeTurnNeedsLock(now, fence, leaseRemaining, isCrowded);
            nextTurnAt = AskForTurnNeedsLock(now);
            return turn;
        }
    }

    /// <summary>Hands over a delivery that has just been stored.</summary>
    /// <returns>Whether the lane still runs; else another must be found for it.</returns>
    public bool TryOffer(in PendingDelivery delivery, DateTimeOffset now, long readsBefore = long.MaxValue)
    {
        lock (_gate)
        {
            if (_closed) return false;

            // Ordered lanes take only what is read: another node may have stored an earlier one. Full lanes and those behind
            // leave it in the store. A read since it was stored may have brought it already, and it may have gone since.
            if (_buffer.InSequence || !_brought.Covers(readsBefore) || _rebuild || delivery.Delivery.DueAt > now || _storeDueAt <= now || _buffer.Count >= Capacity)
                NoteStoredNeedsLock(delivery.Delivery.DueAt);
            else if (!_brought.Contains(delivery.Delivery.Id) && _held.Add(delivery.Delivery.Id))
                _buffer.TryAdd(delivery);
            return true;
        }
    }

    /// <summary>Says that the store has something for the lane that is due at a time.</summary>
    public bool TryWake(DateTimeOffset dueAt)
    {
        lock (_gate)
        {
            if (_closed) return false;
            NoteStoredNeedsLock(dueAt);
            return true;
        }
    }

    /// <summary>The read has been answered.</summary>
    /// <param name="rows">The lane's pending deliveries, in the order that was asked for.</param>
    /// <param name="limit">How many were asked for.</param>
    /// <param name="now">The time.</param>
    /// <param name="number">The number of this read among all reads of the node, in the order in which they end.</param>
    public void ReadEnded(IReadOnlyList<PendingDelivery> rows, int limit, DateTimeOffset now, long number = 0)
    {
        lock (_gate)
        {
            var isWhole = rows.Count < limit;
            List<PendingDelivery> fresh = [];
            var nextDueAt = DateTimeOffset.MaxValue;
            foreach (var row in rows)
            {
                if (_held.Contains(row.Delivery.Id) || _settledDuringRead.Contains(row.Delivery.Id)) continue;
                if (!_buffer.InSequence && row.Delivery.DueAt > now)
                {
                    nextDueAt = row.Delivery.DueAt;
                    break;
                }

                fresh.Add(row);
            }

            if (!isWhole && nextDueAt == DateTimeOffset.MaxValue)
            {
                // More is due than was asked for: read again when there is room. A batch that was cut off is left for then.
                nextDueAt = DateTimeOffset.MinValue;
                BatchRows.LeaveCutBatch(fresh);
            }

            if (_leftDuringRead)
            {
                nextDueAt = DateTimeOffset.MinValue;
            }
            else if (!_closed && !_rebuild)
            {
                _buffer.AddRead(fresh);
                foreach (var row in fresh)
                {
                    _held.Add(row.Delivery.Id);
                    _brought.Add(row.Delivery.Id, number);
                }
            }

            _storeDueAt = Earlier(nextDueAt, _storeDueAtDuringRead);
            EndReadNeedsLock();
        }
    }

    /// <summary>The read has failed; it is due again at a time.</summary>
    public void ReadFailed(DateTimeOffset retryAt)
    {
        lock (_gate)
        {
            _storeDueAt = retryAt;
            EndReadNeedsLock();
        }
    }

    /// <summary>The request has ended: another may start. Its deliveries stay held until they are settled.</summary>
    public void Sent(LaneWork work, LaneEnd end, DateTimeOffset? blockedUntil, DateTimeOffset now)
    {
        lock (_gate)
        {
            _sending--;
            if (blockedUntil > _blockedUntil) _blockedUntil = blockedUntil.Value;
            switch (end)
            {
                case LaneEnd.Succeeded:
                    _breaker.Succeeded();
                    _lastSuccessAt = now;
                    _crowdedUntil = DateTimeOffset.MinValue;
                    _window.Succeeded(_model.MaxConcurrency);
                    break;
                case LaneEnd.Failed:
                    _breaker.Failed(work.IsProbe, now);
                    _window.Failed();
                    break;
                default:
                    _breaker.Withdrawn(work.IsProbe);
                    break;
            }
        }
    }

    /// <summary>What became of the work is stored, or will not be by this node.</summary>
    public void Settled(LaneWork work, IReadOnlyList<WebhookDelivery> next)
    {
        lock (_gate)
        {
            _unsettled--;
            var change = _buffer.Ended(work.Items, next);
            foreach (var left in change.Left) _held.Remove(left);
            _leftDuringRead |= _reading && change.Left.Count > 0;
            if (change.ReadAgain) NoteStoredNeedsLock(DateTimeOffset.MinValue);
            foreach (var delivery in next)
            {
                // An ordered lane keeps what failed at its place in the buffer; others leave it to the store until it is due.
                var pending = delivery.Status == DeliveryStatus.Pending;
                if (pending && _buffer.InSequence && !change.Left.Contains(delivery.Id)) continue;
                _held.Remove(delivery.Id);
                if (_reading) _settledDuringRead.Add(delivery.Id);
                if (pending) NoteStoredNeedsLock(delivery.DueAt);
            }
        }
    }

    /// <summary>Starts nothing until the hold has ended: whether the endpoint is given up is being stored.</summary>
    public void Hold()
    {
        lock (_gate) _holds++;
    }

    /// <summary>Ends one hold.</summary>
    public void EndHold()
    {
        lock (_gate) _holds--;
    }

    /// <summary>Takes over a changed subscription.</summary>
    public void Update(SubscriptionModel model)
    {
        // Asked with every delivery: nearly always it is the one that the lane has.
        if (ReferenceEquals(model, _model)) return;
        lock (_gate)
        {
            var old = _model.Subscription;
            var oldBatching = _model.Batching;
            var changed = model.Subscription;

            // Changes can come from several sides, an older one last.
            if (changed.Version <= old.Version) return;
            _model = model;
            _window.LimitChanged(model.MaxConcurrency);
            if (changed.Url != old.Url) ForgetFailuresNeedsLock();
            if (changed.RateLimit != old.RateLimit) _rate = NewRate(model, _rate);
            if (old.Status != SubscriptionStatus.Enabled && changed.Status == SubscriptionStatus.Enabled) ForgetFailuresNeedsLock();
            if (changed.Order != old.Order || model.Batching != oldBatching) _rebuild = true;
        }
    }

    /// <summary>The store has deliveries otherwise than this lane thought (canceled, say): an ordered lane reads them again.</summary>
    public void Reread()
    {
        lock (_gate) _rebuild |= _buffer.InSequence;
    }

    /// <summary>Another node has changed some of its deliveries: reads again whatever it has in memory.</summary>
    public void RereadAll()
    {
        lock (_gate) _rebuild = true;
    }

    /// <summary>The scheduler did not take the lane's wish for a turn: it may ask again.</summary>
    public void ForgetTurn()
    {
        lock (_gate) _turnAt = DateTimeOffset.MaxValue;
    }

    /// <summary>Drops a canceled delivery that waits here.</summary>
    public void Forget(Guid id)
    {
        lock (_gate)
        {
            if (!_buffer.Remove(id)) return;
            _held.Remove(id);

            // What it held back may have been left in the store.
            if (_buffer.InSequence) NoteStoredNeedsLock(DateTimeOffset.MinValue);
        }
    }

    /// <summary>Ends the lane: it takes no turn and no delivery any more. What is under way ends as it may.</summary>
    public void Close()
    {
        lock (_gate) _closed = true;
    }

    /// <summary>Ends the lane if it remembers nothing that a new one would not know.</summary>
    /// <param name="now">The time.</param>
    /// <param name="until">A lane with something to do by this time goes on.</param>
    public bool TryCloseIdle(DateTimeOffset now, DateTimeOffset until)
    {
        lock (_gate)
        {
            // A subscription that is given up has nothing to do whatever is stored, and enabling gives it a fresh start.
            var isDisabled = _model.Subscription.Status == SubscriptionStatus.Disabled;
            var remembers = !isDisabled && (!_breaker.IsPristine(now) || _blockedUntil > now);
            var idle = _unsettled == 0 && !_reading && !remembers && _rate?.IsPristine(now) != false
                && (isDisabled || (_held.Count == 0 && _storeDueAt > until));
            _closed |= idle;
            return idle;
        }
    }

    private Turn TakeTurnNeedsLock(DateTimeOffset now, long fence, TimeSpan leaseRemaining, bool isCrowded)
    {
        if (_rebuild) RebuildNeedsLock();
        if (NextTurnAtNeedsLock(now) > now) return default;
        if (WantsReadNeedsLock(now)) return new Turn { Read = StartReadNeedsLock(now) };
        if (leaseRemaining < _model.Timeout)
        {
            // The lease is about to be renewed, or lost.
            _blockedUntil = Later(_blockedUntil, now + LeaseWait);
            return default;
        }

        if (isCrowded && _sending > 0 && now - _lastSuccessAt > CrowdedPatience)
        {
            // The places left are for those whose endpoints answer.
            _crowdedUntil = now + CrowdedPatience;
            return default;
        }

        if (!_buffer.TryTake(now, out var items)) return default;

        _sending++;
        _unsettled++;
        _rate?.Start(now);
        return new Turn
        {
            Send = new LaneWork { Lane = this, Model = _model, Items = items, Fence = fence, IsProbe = _breaker.Start() },
        };
    }

    private DateTimeOffset? AskForTurnNeedsLock(DateTimeOffset now)
    {
        var at = NextTurnAtNeedsLock(now);
        if (at >= _turnAt) return null;
        _turnAt = at;
        return at;
    }

    private DateTimeOffset NextTurnAtNeedsLock(DateTimeOffset now)
    {
        if (_closed || _holds > 0 || _model.Subscription.Status != SubscriptionStatus.Enabled) return DateTimeOffset.MaxValue;
        if (_rebuild) return _unsettled == 0 && !_reading ? now : DateTimeOffset.MaxValue;

        var gate = GateNeedsLock();
        if (_sending >= _window.Size) return WantsReadNeedsLock(now) ? now : DateTimeOffset.MaxValue;
        var ready = Earlier(_buffer.ReadyAt, _reading || !_buffer.HasRoom(Capacity) ? DateTimeOffset.MaxValue : _storeDueAt);
        return Later(ready, gate);
    }

    /// <summary>From when limits and breaker let an attempt start.</summary>
    private DateTimeOffset GateNeedsLock() =>
        Later(Later(_blockedUntil, _crowdedUntil), Later(_breaker.AllowedFrom, _rate?.AllowedFrom ?? DateTimeOffset.MinValue));

    private bool WantsReadNeedsLock(DateTimeOffset now) =>
        !_reading && _storeDueAt <= now && _buffer.HasRoom(Capacity) && GateNeedsLock() <= now;

    private LaneRead StartReadNeedsLock(DateTimeOffset now)
    {
        _reading = true;
        _storeDueAtDuringRead = DateTimeOffset.MaxValue;
        return new LaneRead(Key.SubscriptionId, Math.Max(1, Capacity - _buffer.Count), _buffer.InSequence)
        {
            Held = _held.Count > 0 ? new HashSet<Guid>(_held) : null,
            WithoutKeys = _buffer.ClosedKeys,
            KeylessDueBy = _buffer is KeyedBuffer ? now : null,
        };
    }

    private LaneBuffer NewBufferNeedsLock() => LaneBuffer.Create(_model.Subscription.Order, _model.Batching, Capacity);

    private void EndReadNeedsLock()
    {
        _reading = false;
        _leftDuringRead = false;
        _settledDuringRead.Clear();
    }

    private void NoteStoredNeedsLock(DateTimeOffset dueAt)
    {
        _storeDueAt = Earlier(_storeDueAt, dueAt);
        if (_reading) _storeDueAtDuringRead = Earlier(_storeDueAtDuringRead, dueAt);
    }

    /// <summary>Order or batching has changed: begins with an empty buffer, once nothing of the old one is under way.</summary>
    private void RebuildNeedsLock()
    {
        if (_unsettled > 0 || _reading) return;
        _rebuild = false;
        _held.Clear();
        _buffer = NewBufferNeedsLock();
        _storeDueAt = DateTimeOffset.MinValue;
    }

    /// <summary>Enabling, or another URL, gives the endpoint a fresh start.</summary>
    private void ForgetFailuresNeedsLock()
    {
        Health.Learn(null);
        _breaker.Succeeded();
        _blockedUntil = DateTimeOffset.MinValue;
    }

    private SlidingRateLimit? NewRate(SubscriptionModel model, SlidingRateLimit? before) =>
        model.Subscription.RateLimit is { } limit ? new SlidingRateLimit(limit, _takenOverAt, before) : null;

    private static DateTimeOffset Earlier(DateTimeOffset a, DateTimeOffset b) => a < b ? a : b;

    private static DateTimeOffset Later(DateTimeOffset a, DateTimeOffset b) => a > b ? a : b;
}
