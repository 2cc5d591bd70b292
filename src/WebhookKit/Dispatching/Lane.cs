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

    /// <summary>For so short a wait it keeps what it has in memory.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    /// <summary>An endpoint that has not answered well for so long gets no second place while places are few.</summary>
    private static readonly TimeSpan CrowdedPatience = TimeSpan.FromSeconds(1);

    /// <summary>What an ordered lane likes to have in memory at most: of what waits behind others, more is of no use.</summary>
    private const int MaxInSequence = 256;

    /// <summary>How many rows it reads however short memory is.</summary>
    private const int LeastRows = 4;

    /// <summary>How many ids of deliveries that reads have brought it remembers.</summary>
    private const int MaxBrought = 1024;

    private readonly Lock _gate = new();
    private readonly LaneBacklog _backlog = new();
    private readonly BroughtIds _brought;
    private readonly int _bufferSize;
    private readonly BufferBudget _budget;
    private readonly CircuitBreaker _breaker;
    private readonly DateTimeOffset? _takenOverAt;

    private readonly HeldDeliveries _held;

    private volatile SubscriptionModel _model;
    private LaneBuffer _buffer;
    private SlidingRateLimit? _rate;
    private ConcurrencyWindow _window;
    private ReadPace _pace;
    private int _readsInVain;
    private int _sending;
    private int _unsettled;
    private int _holds;
    private volatile bool _closed;
    private bool _offered;
    private bool _rebuild;
    private DateTimeOffset _blockedUntil;

    /// <summary>Until when it gets no second place, unless its endpoint answers.</summary>
    private DateTimeOffset _crowdedUntil;

    /// <summary>The time of the turn that has been asked for and not yet taken.</summary>
    private DateTimeOffset _turnAt = DateTimeOffset.MaxValue;

    /// <param name="model">The subscription.</param>
    /// <param name="bufferSize">How many deliveries it may have waiting in memory, unless one batch has more.</param>
    /// <param name="breaker">How its breaker works.</param>
    /// <param name="budget">What all lanes of the node may have in memory.</param>
    /// <param name="takenOverAt">When another node had it until; <see langword="null"/> when none had.</param>
    /// <param name="readsEnded">How many reads have ended on this node: a lane before this one may have read, and sent, what they brought.</param>
    public Lane(SubscriptionModel model, int bufferSize, BreakerOptions breaker, BufferBudget budget, DateTimeOffset? takenOverAt, long readsEnded = 0)
    {
        _budget = budget;
        _held = new HeldDeliveries(budget);
        _pace = new ReadPace(bufferSize);
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
            lock (_gate) return _unsettled > 0 || _backlog.IsReading;
        }
    }

    /// <summary>How many rows it must get at least: a batch that has failed is read whole, or it would not go again as it was.</summary>
    public int LeastToRead => _model.Batching?.MaxEvents ?? LeastRows;

    /// <summary>How many may wait in memory.</summary>
    private int CapacityNeedsLock => AtLeastTwoBatches(_buffer.InSequence ? Math.Min(_bufferSize, MaxInSequence) : _bufferSize);

    /// <summary>How many it likes to have waiting. An ordered lane by key must have enough keys to choose from.</summary>
    private int ReadSizeNeedsLock => _buffer is KeyedBuffer ? CapacityNeedsLock : Math.Min(CapacityNeedsLock, AtLeastTwoBatches(_pace.Size));

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
            _offered = true;

            // Ordered lanes take only what is read: another node may have stored an earlier one. Full lanes (or a full memory), those behind
            // and those that cannot send leave it in the store, and so do those that are reading: a read leaves out only what was held
            // when it began. A read since it was stored may have brought it already, and it may have gone since.
            if (_buffer.InSequence || !_brought.Covers(readsBefore) || _rebuild || delivery.Delivery.DueAt > now || _backlog.IsReading || _backlog.DueAt <= now
                || _budget.IsFull || _buffer.Count >= (_budget.IsHalfUsed ? ReadSizeNeedsLock : CapacityNeedsLock) || _breaker.IsOpen || IsPutOffNeedsLock(now))
                _backlog.Note(delivery.Delivery.DueAt);
            else if (!_brought.Contains(delivery.Delivery.Id) && _held.TryAdd(delivery))
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
            _backlog.Note(dueAt);
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
            _pace.Ended(!isWhole, now);
            DateTimeOffset? dueFrom = null;
            List<PendingDelivery> fresh = [];
            var nextDueAt = DateTimeOffset.MaxValue;
            foreach (var row in rows)
            {
                if (_held.Contains(row.Delivery.Id) || _backlog.WasCanceledDuringRead(row.Delivery.Id)) continue;
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
                var found = fresh.Count;
                if (_buffer.InSequence) BatchRows.LeaveCutBatch(fresh);
                else BatchRows.LeaveCutBatches(fresh, rows[^1].Delivery.DueAt, ref _readsInVain);
                if (fresh.Count == found && !_buffer.InSequence) dueFrom = rows[^1].Delivery.DueAt;
            }
            else if (_backlog.IsReadBounded)
            {
                // It has looked at a part only, and found its end: what may be due before that, another one finds.
                nextDueAt = DateTimeOffset.MinValue;
            }

            if (_backlog.HasLeftDuringRead || IsPutOffNeedsLock(now))
            {
                nextDueAt = DateTimeOffset.MinValue;
                dueFrom = null;
            }
            else if (!_closed && !_rebuild)
            {
                _buffer.AddRead(fresh, now);
                foreach (var row in fresh)
                {
                    _held.TryAdd(row);
                    if (!_buffer.InSequence) _brought.Add(row.Delivery.Id, number);
                }

                // Only what is handed over need be remembered, and an ordered lane takes nothing so.
                if (_buffer.InSequence) _brought.Skip(number);
            }

            _backlog.EndRead(nextDueAt, dueFrom);
        }
    }

    /// <summary>The read has failed; it is due again at a time.</summary>
    public void ReadFailed(DateTimeOffset retryAt)
    {
        lock (_gate) _backlog.FailRead(retryAt);
    }

    /// <summary>The request starts only now, for something may have had to be waited for: the rate limit counts it from here.</summary>
    /// <returns>
    /// Whether it may: others that waited too may have been quicker, and what the endpoint has answered, or that its subscription was deleted,
    /// or has got another URL, may have stopped the lane meanwhile.
    /// </returns>
    public bool TryBegin(LaneWork work, DateTimeOffset now)
    {
        if (now == work.TakenAt) return true;
        lock (_gate)
        {
            if (_closed || _holds > 0 || _blockedUntil > now || _model.Subscription.Status != SubscriptionStatus.Enabled || !IsAtNeedsLock(work.Model)) return false;
            if (_breaker.IsOpen && !work.IsProbe) return false;
            return _rate?.TryMove(work.TakenAt, now) != false;
        }
    }

    /// <summary>The request has ended: another may start. Its deliveries stay held until they are settled.</summary>
    public void Sent(LaneWork work, LaneEnd end, DateTimeOffset? blockedUntil, DateTimeOffset now)
    {
        lock (_gate)
        {
            _sending--;
            var isAt = IsAtNeedsLock(work.Model);
            if (!isAt) (end, blockedUntil) = (LaneEnd.SaysNothing, null);
            if (blockedUntil > _blockedUntil) _blockedUntil = blockedUntil.Value;
            switch (end)
            {
                case LaneEnd.Succeeded:
                    _breaker.Succeeded();
                    Health.Succeeded(now);
                    _crowdedUntil = DateTimeOffset.MinValue;
                    _window.Succeeded(_model.MaxConcurrency);
                    break;
                case LaneEnd.Failed:
                    _breaker.Failed(work.IsProbe, now);
                    _window.Failed();
                    break;
                default:
                    _breaker.Withdrawn(work.IsProbe && isAt);
                    break;
            }

            if (IsPutOffNeedsLock(now)) LeaveAllNeedsLock();
        }
    }

    /// <summary>What became of the work is stored, or will not be by this node.</summary>
    public void Settled(LaneWork work, WebhookDelivery[] next, DateTimeOffset now)
    {
        lock (_gate)
        {
            _unsettled--;
            var change = _buffer.Ended(work.Items, next, now);
            ReleaseNeedsLock(change.Left);
            if (change.ReadAgain) _backlog.Note(DateTimeOffset.MinValue);
            foreach (var delivery in next)
            {
                // An ordered lane keeps what failed at its place in the buffer; others leave it to the store until it is due.
                var pending = delivery.Status == DeliveryStatus.Pending;
                if (pending && _buffer.InSequence && !change.Left.Contains(delivery.Id)) continue;
                _held.Remove(delivery.Id);
                if (pending) _backlog.Note(delivery.DueAt);
            }

            if (IsPutOffNeedsLock(now)) LeaveAllNeedsLock();
            if (_held.Count == 0) _brought.Rest();
        }
    }

    /// <summary>Whether the endpoint still is where a model has it: what another address has answered says nothing of this one.</summary>
    public bool IsAt(SubscriptionModel model)
    {
        lock (_gate) return IsAtNeedsLock(model);
    }

    /// <summary>Takes over what the store has been told of the endpoint's health, if it still is where a model has it.</summary>
    public bool TryLearn(SubscriptionModel model, DateTimeOffset? failingSince)
    {
        lock (_gate)
        {
            if (!IsAtNeedsLock(model)) return false;
            Health.Learn(failingSince);
            return true;
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

            // It may have been paused or given up, and enabled again, since this node last looked.
            var isEnabledAnew = old.Status != SubscriptionStatus.Enabled || changed.StatusChangedAt != old.StatusChangedAt;
            if (isEnabledAnew && changed.Status == SubscriptionStatus.Enabled) ForgetFailuresNeedsLock();
            if (changed.Order != old.Order || model.Batching != oldBatching) _rebuild = true;
            if (changed.Status != SubscriptionStatus.Enabled) LeaveAllNeedsLock();
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

    /// <summary>Drops a canceled delivery that waits here, or that a read is about to bring.</summary>
    public void Forget(Guid id)
    {
        lock (_gate)
        {
            _backlog.NoteCanceled(id);
            if (!_buffer.Remove(id)) return;
            _held.Remove(id);

            // What it held back may have been left in the store.
            if (_buffer.InSequence) _backlog.Note(DateTimeOffset.MinValue);
        }
    }

    /// <summary>Leaves what waits here to the store: this node stops delivering for a while, but remembers what its limits need.</summary>
    public void Leave()
    {
        lock (_gate) LeaveAllNeedsLock();
    }

    /// <summary>Ends the lane: it takes no turn and no delivery any more. What is under way ends as it may.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _closed = true;
            LeaveAllNeedsLock();
        }
    }

    /// <summary>Whether it has been offered something since this was last asked.</summary>
    public bool TakeOffered()
    {
        lock (_gate)
        {
            var offered = _offered;
            _offered = false;
            return offered;
        }
    }

    /// <summary>Ends the lane if it remembers nothing that a new one would not know.</summary>
    /// <param name="now">The time.</param>
    /// <param name="until">A lane with something to do by this time goes on.</param>
    public bool TryCloseIdle(DateTimeOffset now, DateTimeOffset until)
    {
        lock (_gate)
        {
            // A subscription that is given up or paused has nothing to do whatever is stored: enabling it wakes its lane. One that was
            // given up begins anew then.
            var isDisabled = _model.Subscription.Status == SubscriptionStatus.Disabled;
            var remembers = !isDisabled && (!_breaker.IsPristine(now) || _blockedUntil > now);
            var idle = _unsettled == 0 && !_backlog.IsReading && !remembers && _rate?.IsPristine(now) != false
                && _held.Count == 0 && (_backlog.DueAt > until || _model.Subscription.Status != SubscriptionStatus.Enabled);
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

        if (isCrowded && _sending > 0 && now - Health.SucceededAt > CrowdedPatience)
        {
            // The places left are for those whose endpoints answer.
            _crowdedUntil = now + CrowdedPatience;
            return default;
        }

        if (!_buffer.TryTake(now, out var items)) return default;

        _sending++;
        _unsettled++;
        _rate?.Start(now);
        var work = new LaneWork { Lane = this, Model = _model, Items = items, Fence = fence, TakenAt = now, IsProbe = _breaker.Start() };
        if (IsPutOffNeedsLock(now)) LeaveAllNeedsLock();
        return new Turn { Send = work };
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
        if (_rebuild) return _unsettled == 0 && !_backlog.IsReading ? now : DateTimeOffset.MaxValue;

        var gate = GateNeedsLock();
        if (_sending >= _window.Size) return WantsReadNeedsLock(now) ? now : DateTimeOffset.MaxValue;
        var ready = Earlier(_buffer.ReadyAt, _backlog.IsReading || !HasRoomNeedsLock(now) ? DateTimeOffset.MaxValue : _backlog.DueAt);
        return Later(ready, gate);
    }

    /// <summary>From when limits and breaker let an attempt start.</summary>
    private DateTimeOffset GateNeedsLock() =>
        Later(Later(_blockedUntil, _sending > 0 ? _crowdedUntil : DateTimeOffset.MinValue), Later(_breaker.AllowedFrom, _rate?.AllowedFrom ?? DateTimeOffset.MinValue));

    /// <summary>Whether nothing can go for so long that what is in memory had better be left to the store.</summary>
    private bool IsPutOffNeedsLock(DateTimeOffset now) =>
        _closed || _model.Subscription.Status != SubscriptionStatus.Enabled || _breaker.AllowedFrom > now || _blockedUntil - now > Patience
        || _rate?.AllowedFrom - now > Patience;

    private bool WantsReadNeedsLock(DateTimeOffset now) =>
        !_backlog.IsReading && _backlog.DueAt <= now && HasRoomNeedsLock(now) && GateNeedsLock() <= now;

    private bool HasRoomNeedsLock(DateTimeOffset now) => _buffer.HasRoom(ReadSizeNeedsLock) && _buffer.Count < MostOfUseNeedsLock(now);

    private LaneRead StartReadNeedsLock(DateTimeOffset now)
    {
        _backlog.BeginRead(now);
        _pace.Started(now);
        var limit = Math.Min(ReadSizeNeedsLock, MostOfUseNeedsLock(now)) - _buffer.Count;
        if (_buffer is KeyedBuffer) limit = Math.Min(limit, _pace.Size);
        return new LaneRead(Key.SubscriptionId, Math.Max(1, limit), _buffer.InSequence)
        {
            Held = _held.ToIds(),
            WithoutKeys = _buffer.ClosedKeys,
            KeylessDueBy = _buffer is KeyedBuffer ? now : null,
            DueFrom = _backlog.DueFrom,
        };
    }

    /// <summary>How many it is of use to have in memory: behind an open breaker a probe, under a rate limit what that allows.</summary>
    private int MostOfUseNeedsLock(DateTimeOffset now)
    {
        // How many requests wait in batches, or can go of the keys that wait, their number does not say.
        if (_model.Batching is not null || _buffer is KeyedBuffer) return int.MaxValue;
        if (_breaker.IsOpen) return 1;
        return _rate is null ? int.MaxValue : Math.Max(1, _rate.CountAllowed(now));
    }

    private LaneBuffer NewBufferNeedsLock() => LaneBuffer.Create(_model.Subscription.Order, _model.Batching, Math.Min(_bufferSize, MaxInSequence));

    private int AtLeastTwoBatches(int count) => Math.Max(count, 2 * (_model.Batching?.MaxEvents ?? 0));

    /// <summary>Nothing can go for a while: what waits here is read again when it can, and takes no memory until then.</summary>
    private void LeaveAllNeedsLock()
    {
        var left = _buffer.LeaveAll();
        ReleaseNeedsLock(left);
        if (left.Count > 0) _backlog.Note(DateTimeOffset.MinValue);
        _pace.Reset();
    }

    private void ReleaseNeedsLock(IReadOnlyCollection<Guid> left)
    {
        foreach (var id in left) _held.Remove(id);
        if (left.Count > 0) _backlog.NoteLeft();
    }

    /// <summary>Order or batching has changed: begins with an empty buffer, once nothing of the old one is under way.</summary>
    private void RebuildNeedsLock()
    {
        if (_unsettled > 0 || _backlog.IsReading) return;
        _rebuild = false;
        _held.Clear();
        _buffer = NewBufferNeedsLock();
        _backlog.Note(DateTimeOffset.MinValue);
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

    private bool IsAtNeedsLock(SubscriptionModel model) => ReferenceEquals(model, _model) || model.Subscription.Url == _model.Subscription.Url;

    private static DateTimeOffset Earlier(DateTimeOffset a, DateTimeOffset b) => a < b ? a : b;

    private static DateTimeOffset Later(DateTimeOffset a, DateTimeOffset b) => a > b ? a : b;
}
