using WebhookKit.Sqlite.Connections;
using WebhookKit.Sqlite.Rows;
using WebhookKit.Stored.Runs;

namespace WebhookKit.Sqlite.Runs;

/// <summary>
/// What the open transaction does to runs. It is written at its end, for all its jobs together, and before a job that looks at deliveries otherwise.
/// </summary>
internal sealed class RunWriter(SqliteSession session, RunPlaces<long> places, SequencedLanes sequenced, int leastRun)
{
    /// <summary>So many must be together: fewer cost less as rows.</summary>
    public const int LeastRun = 4;

    private const int MaxKnown = 64;

    private readonly List<(long EventSeq, WebhookDelivery Delivery)> _added = [];
    private readonly HashSet<Guid> _addedIds = [];

    /// <summary>The subscriptions that the last event has been added for.</summary>
    private readonly HashSet<string> _addedLanes = new(StringComparer.Ordinal);
    private long? _lastEvent;
    private readonly Dictionary<long, OpenRun?> _open = [];
    private readonly List<RunBody> _stored = [];

    /// <summary>Some of the runs that this process has stored or changed: what they are about is not read again.</summary>
    private readonly Dictionary<long, RunBody> _known = [];
    private readonly List<Guid> _left = [];

    /// <summary>Adds a delivery, which becomes a part of a run or gets a row.</summary>
    /// <exception cref="ArgumentException">Its id is taken, or its event has one to the same subscription.</exception>
    public void Add(long eventSeq, WebhookDelivery delivery)
    {
        if (_lastEvent != eventSeq) _addedLanes.Clear();
        _lastEvent = eventSeq;
        if (!_addedLanes.Add(delivery.SubscriptionId)) throw DeliveryRows.TakenKey(delivery, cause: null);
        if (!RunRules.Takes(delivery) || sequenced.Contains(delivery.SubscriptionId))
        {
            DeliveryRows.Add(session, eventSeq, delivery);
            return;
        }

        if (!_addedIds.Add(delivery.Id)) throw DeliveryRows.TakenKey(delivery, cause: null);
        _added.Add((eventSeq, delivery));
    }

    /// <summary>Settles a delivery in its run, if it is there and what became of it is no more than a run can tell; else it has a row from now on, if it is pending.</summary>
    /// <returns>Whether it is settled.</returns>
    public bool TrySettle(long place, Settlement settlement, WebhookDelivery next)
    {
        var (run, at) = Split(place);
        if (Open(run) is not { } open || at >= open.Body.Count || open.Body[at] is var member && (member.Id != next.Id || !open.IsPending(at)))
        {
            // Somebody else has moved it.
            _left.Add(next.Id);
            return false;
        }

        // Nobody has attempted what is in a run.
        if (open.Body.SubscriptionIdOf(member) != settlement.SubscriptionId || settlement.ExpectedAttemptCount(next) != 0) return false;
        _left.Add(next.Id);
        if (next.SubscriptionId == settlement.SubscriptionId)
        {
            if (settlement.RemovesSucceeded && next.Status == DeliveryStatus.Succeeded)
            {
                open.Remove(at);
                return true;
            }

            if (RunRules.Fits(settlement, next))
            {
                open.Succeeded(at, next, settlement.Attempt!);
                return true;
            }
        }

        open.Move(at);
        return false;
    }

    /// <summary>Where a delivery is, as far as that is remembered.</summary>
    public long? FindPlace(Guid id) => places.Find(id);

    /// <summary>Looks for where a delivery is, or has been.</summary>
    public long? Search(Guid id) => RunRows.Find(session, id) is { } found ? found.Run.Body.NumberOf(found.Place) : null;

    /// <summary>Gives a row to a delivery that is pending in a run.</summary>
    public void Move(Guid id)
    {
        if ((places.Find(id) ?? Search(id)) is not { } place) return;
        var (run, at) = Split(place);
        if (Open(run) is { } open && at < open.Body.Count && open.Body[at].Id == id) Move(open, at);
    }

    /// <summary>Gives rows to what is pending in some runs.</summary>
    /// <param name="runs">Their numbers.</param>
    /// <param name="isWanted">Which deliveries.</param>
    /// <param name="limit">How many deliveries at most.</param>
    /// <returns>How many have moved.</returns>
    public int Move(IEnumerable<long> runs, Func<RunBody, RunMember, bool> isWanted, int limit = int.MaxValue)
    {
        var moved = 0;
        foreach (var run in runs)
        {
            if (moved >= limit) break;
            if (Open(run) is not { } open) continue;
            for (var at = 0; at < open.Body.Count && moved < limit; at++)
            {
                if (open.IsPending(at) && isWanted(open.Body, open.Body[at]))
                {
                    Move(open, at);
                    moved++;
                }
            }
        }

        return moved;
    }

    /// <summary>Writes it all.</summary>
    public void Store()
    {
        StoreAdded();
        foreach (var open in _open.Values) open?.Store();
        _open.Clear();
    }

    /// <summary>Forgets all: another transaction begins.</summary>
    public void Reset()
    {
        // What was rolled back may have been remembered; its numbers are taken by others now.
        if (_stored.Count > 0) _known.Clear();
        _added.Clear();
        _addedIds.Clear();
        _lastEvent = null;
        _open.Clear();
        _stored.Clear();
        _left.Clear();
    }

    /// <summary>Remembers where deliveries are now.</summary>
    public void Committed()
    {
        foreach (var body in _stored)
        {
            Remember(body);
            for (var place = 0; place < body.Count; place++) places.Add(body[place].Id, body.NumberOf(place));
        }

        foreach (var id in _left) places.Remove(id);
        _stored.Clear();
    }

    /// <summary>The run and the place of <see cref="RunBody.NumberOf"/>.</summary>
    private static (long Run, int Place) Split(long place) => (place / NewRun.MaxMembers, (int)(place % NewRun.MaxMembers));

    private OpenRun? Open(long run)
    {
        if (_open.TryGetValue(run, out var open)) return open;
        var isKnown = _known.TryGetValue(run, out var body);
        if ((isKnown ? RunRows.Find(session, body!) : RunRows.Find(session, run)) is { } stored)
        {
            open = new OpenRun(session, stored);
            if (!isKnown) Remember(stored.Body);
        }

        _open.Add(run, open);
        return open;
    }

    private void Remember(RunBody body)
    {
        if (_known.Count == MaxKnown) _known.Clear();
        _known[body.Seq] = body;
    }

    private void Move(OpenRun open, int place)
    {
        if (!open.IsPending(place)) return;
        open.Move(place);
        _left.Add(open.Body[place].Id);
    }

    private void StoreAdded()
    {
        if (_added.Count == 0) return;
        NewRun run = new();
        foreach (var (eventSeq, delivery) in _added)
        {
            if (run.TryAdd(eventSeq, delivery)) continue;
            Store(run);
            run = new NewRun();
            run.TryAdd(eventSeq, delivery);
        }

        Store(run);
        _added.Clear();
        _addedIds.Clear();
    }

    private void Store(NewRun run)
    {
        if (run.Members.Count < leastRun)
        {
            foreach (var (delivery, eventSeq) in run.Deliveries) DeliveryRows.Add(session, eventSeq, delivery);
            return;
        }

        if (DeliveryRows.FindTaken(session, run.Ids, run.Members) is { } taken) throw DeliveryRows.TakenKey(run.Deliveries.First(d => d.Delivery.Id == taken).Delivery, cause: null);
        _stored.Add(RunRows.Add(session, run));
    }
}
