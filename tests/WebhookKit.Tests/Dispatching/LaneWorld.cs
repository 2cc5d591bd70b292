using NUnit.Framework;
using WebhookKit.Dispatching;
using WebhookKit.Matching;
using static WebhookKit.Tests.Dispatching.TestData;

namespace WebhookKit.Tests.Dispatching;

/// <summary>
/// A lane with a store and an endpoint, where each thing happens when it is told to, so that a seed can bring about any order of them:
/// a hand-over long after its commit, a read that has seen what is settled before it ends. Checks what the lane sends.
/// </summary>
internal sealed class LaneWorld
{
    private static readonly BatchingOptions Batches = new() { MaxEvents = 3, MaxBytes = 10_000, MaxDelay = TimeSpan.FromSeconds(4) };

    private readonly Random _random;
    private readonly DeliveryOrder _order;
    private readonly BatchingOptions? _batching;
    private readonly RateLimit? _rate;
    private readonly Lane _lane;
    private readonly BufferBudget _budget = new(10_000);

    /// <summary>Everything that was published and has not been canceled, as it is stored now, in the order stored.</summary>
    private readonly List<PendingDelivery> _store = [];
    private readonly List<(PendingDelivery Item, long ReadsBefore)> _handovers = [];
    private readonly List<LaneWork> _sending = [];
    private readonly List<(LaneWork Work, WebhookDelivery[] Next)> _sent = [];
    private readonly List<(LaneWork Work, WebhookDelivery[] Next)> _stored = [];
    private LaneRead? _asked;
    private IReadOnlyList<PendingDelivery>? _answer;
    private int _limit;
    private long _readsEnded;
    private bool _isEnabled = true;

    public LaneWorld(int seed, DeliveryOrder order, bool batching)
    {
        _random = new Random(seed);
        _order = order;
        _batching = batching ? Batches : null;
        _rate = seed % 4 == 0 ? new RateLimit(3, TimeSpan.FromSeconds(6)) : null;
        _lane = new Lane(NewModel(), bufferSize: 16, new BreakerOptions { Failures = 3, OpenFor = TimeSpan.FromSeconds(5) }, _budget, takenOverAt: null);
    }

    public DateTimeOffset Time { get; private set; } = Now;

    /// <summary>How often each delivery has succeeded.</summary>
    public Dictionary<Guid, int> Succeeded { get; } = [];

    /// <summary>How much it has in memory.</summary>
    public (long Count, long Bytes) Held => (_budget.Count, _budget.Bytes);

    public bool HasUnsettled => _sending.Count + _sent.Count + _stored.Count > 0;

    public bool HasPending => _store.Exists(IsPending);

    public IEnumerable<Guid> Pending => _store.Where(IsPending).Ids();

    /// <summary>Lets something happen.</summary>
    /// <param name="isWell">Whether only such things happen as bring the lane on.</param>
    public void Step(bool isWell)
    {
        switch (_random.Next(isWell ? 6 : 10))
        {
            case 0: HandOver(); break;
            case 1: TakeTurn(); break;
            case 2: Read(); break;
            case 3: End(succeeds: isWell || _random.Next(3) > 0); break;
            case 4: Settle(); break;
            case 5: Time += TimeSpan.FromMilliseconds(_random.Next(isWell ? 5000 : 800)); break;
            case 6: Cancel(); break;
            case 7: Switch(); break;
            default: Publish(); break;
        }
    }

    public void Enable()
    {
        if (!_isEnabled) Switch(always: true);
    }

    private static bool IsPending(PendingDelivery item) => item.Delivery.Status == DeliveryStatus.Pending;

    private void Publish()
    {
        for (var i = _random.Next(1, 6); i > 0; i--)
        {
            var item = Pending(_random.Next(4) is var key and > 0 ? $"k{key}" : null, createdAt: Time.AddMilliseconds(-_random.Next(2) * _random.Next(3000)));
            _handovers.Add((item, _readsEnded));
            _store.Add(item);
        }
    }

    private void HandOver()
    {
        if (_handovers.Count == 0) return;
        var (item, readsBefore) = Take(_handovers);
        _lane.TryOffer(item, Time, readsBefore);
    }

    private void TakeTurn()
    {
        var turn = _lane.TakeTurn(Time, 1, TimeSpan.FromMinutes(1));
        if (turn.Read is { } read)
        {
            Assert.That(_asked, Is.Null, "one read at a time");
            _asked = read;
        }

        if (turn.Send is not { } work) return;
        Assert.That(_isEnabled, Is.True);
        foreach (var item in work.Items) CheckMayGo(item, work);
        _sending.Add(work);
    }

    private void CheckMayGo(PendingDelivery item, LaneWork work)
    {
        var place = _store.FindIndex(s => s.Delivery.Id == item.Delivery.Id);
        if (place < 0) return;
        Assert.That((IsPending(_store[place]), UnderWay().Contains(item.Delivery.Id)), Is.EqualTo((true, false)), "it has not ended and is not under way");
        var before = _store.Take(place).Where(s => IsPending(s) && !work.Items.Ids().Contains(s.Delivery.Id));
        if (_order == DeliveryOrder.None) return;
        if (_order == DeliveryOrder.PerKey && _batching is null) before = before.Where(s => s.Event.OrderingKey is { } key && key == item.Event.OrderingKey);
        Assert.That(before, Is.Empty, "it has overtaken these");
    }

    private IEnumerable<Guid> UnderWay() => _sending.Concat(_sent.Select(s => s.Work)).Concat(_stored.Select(s => s.Work)).SelectMany(w => w.Items.Ids());

    /// <summary>First the store looks, some time later the lane is told what it saw.</summary>
    private void Read()
    {
        if (_asked is not { } read) return;
        if (_answer is null)
        {
            if (_random.Next(10) == 0)
            {
                _asked = null;
                _lane.ReadFailed(Time.AddSeconds(1));
                return;
            }

            _limit = _random.Next(3) == 0 ? _random.Next(Batches.MaxEvents, Math.Max(Batches.MaxEvents, read.Limit) + 1) : read.Limit;
            _answer = Find(read with { Limit = _limit });
            return;
        }

        _lane.ReadEnded(_answer, _limit, Time, ++_readsEnded);
        _asked = null;
        _answer = null;
    }

    private List<PendingDelivery> Find(LaneRead read)
    {
        var found = _store.Where(s => IsPending(s) && read.Held?.Contains(s.Delivery.Id) != true);
        if (read.InSequence)
            found = found.Where(s => s.Event.OrderingKey is { } key ? read.WithoutKeys?.Contains(key) != true : !(s.Delivery.DueAt > read.KeylessDueBy));
        else
            found = found.Where(s => !(s.Delivery.DueAt < read.DueFrom)).OrderBy(s => s.Delivery.DueAt);
        return [.. found.Take(read.Limit)];
    }

    private void End(bool succeeds)
    {
        if (_sending.Count == 0) return;
        var work = Take(_sending);
        var dueAt = Time.AddMilliseconds(_random.Next(20_000));
        var batchId = _batching is null ? null : work.Items[0].Delivery.BatchId ?? $"b{work.Items[0].Delivery.Id}";
        if (!succeeds && _random.Next(4) == 0)
        {
            _lane.Sent(work, LaneEnd.SaysNothing, null, Time);
            _sent.Add((work, [.. work.Items.Select(i => i.Delivery)]));
            return;
        }

        _lane.Sent(work, succeeds ? LaneEnd.Succeeded : LaneEnd.Failed, !succeeds && _random.Next(3) == 0 ? Time.AddSeconds(8) : null, Time);
        _sent.Add((work, [.. work.Items.Select(i => succeeds ? i.Succeeded() : i.Failed(dueAt, batchId))]));
        if (!succeeds) return;
        foreach (var id in work.Items.Ids()) Succeeded[id] = Succeeded.GetValueOrDefault(id) + 1;
    }

    /// <summary>First the store knows, some time later the lane is told.</summary>
    private void Settle()
    {
        if (_stored.Count > 0 && (_sent.Count == 0 || _random.Next(2) == 0))
        {
            var (work, next) = Take(_stored);
            _lane.Settled(work, next, Time);
        }
        else if (_sent.Count > 0)
        {
            var settled = Take(_sent);
            foreach (var next in settled.Next)
            {
                var place = _store.FindIndex(s => s.Delivery.Id == next.Id);
                if (place >= 0) _store[place] = _store[place] with { Delivery = next };
            }

            _stored.Add(settled);
        }
    }

    private void Cancel()
    {
        if (_random.Next(4) > 0) return;
        Guid[] idle = [.. Pending.Except(UnderWay())];
        if (idle.Length == 0) return;
        var id = idle[_random.Next(idle.Length)];
        _store.RemoveAll(s => s.Delivery.Id == id);
        _handovers.RemoveAll(h => h.Item.Delivery.Id == id);
        _lane.Forget(id);
    }

    private void Switch(bool always = false)
    {
        if (!always && _random.Next(10) > 0) return;
        _isEnabled = !_isEnabled;
        _lane.Update(NewModel());
        if (_isEnabled) _lane.TryWake(Time);
        else Assert.That(_budget.Count, Is.EqualTo(UnderWay().Count()), "a paused lane has only what is under way in memory");
    }

    private SubscriptionModel NewModel() => Model(
        order: _order, batching: _batching, maxConcurrency: 4, rate: _rate, status: _isEnabled ? SubscriptionStatus.Enabled : SubscriptionStatus.Paused);

    private T Take<T>(List<T> from)
    {
        var place = _random.Next(from.Count);
        var taken = from[place];
        from.RemoveAt(place);
        return taken;
    }
}
