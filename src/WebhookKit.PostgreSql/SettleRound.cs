using WebhookKit.PostgreSql.Connections;
using WebhookKit.PostgreSql.Runs;
using WebhookKit.Stored.Runs;

namespace WebhookKit.PostgreSql;

/// <summary>Settlements that are stored together, each delivery but once among them.</summary>
internal sealed class SettleRound
{
    private readonly IReadOnlyList<Settlement> _settlements;
    private readonly RunPlaces<RunPlace> _places;
    private readonly Fences _fences;
    private readonly int[] _applied;
    private readonly SettleRows _changes;
    private readonly SettleRows _removals;
    private readonly SettleRuns _runs;
    private readonly List<(short Partition, string SubscriptionId, long EventSeq)> _moves = [];
    private readonly List<SettleItem> _left = [];
    private int[] _appliedLater;
    private bool _isSplit;

    public SettleRound(IReadOnlyList<Settlement> settlements, RunPlaces<RunPlace> places)
    {
        _settlements = settlements;
        _places = places;
        _fences = new Fences(settlements.Count);
        _applied = new int[settlements.Count];
        _appliedLater = new int[settlements.Count];
        _changes = new SettleRows(_fences, _applied);
        _removals = new SettleRows(_fences, _applied);
        _runs = new SettleRuns(_fences, _applied);
        for (var i = 0; i < settlements.Count; i++)
        {
            _fences.Add(i, settlements[i]);
            (long Group, Guid FirstId)? first = null;
            for (var j = 0; j < settlements[i].Deliveries.Count; j++)
            {
                var run = Add(new SettleItem(i, settlements[i], settlements[i].Deliveries[j]));
                if (j == 0) first = run;
                else _isSplit |= run != first;
            }
        }
    }

    /// <summary>Whether one of them may take more than one statement, which must be one transaction then.</summary>
    public bool TakesTransaction => _isSplit || _moves.Count > 0 || _removals.Count > 0 || _settlements.Any(static s => s.Health is not null);

    /// <summary>Cuts a list where a delivery comes for a second time.</summary>
    public static IEnumerable<ArraySegment<Settlement>> Cut(Settlement[] settlements)
    {
        var from = 0;
        HashSet<Guid> seen = [];
        for (var i = 0; i < settlements.Length; i++)
        {
            if (settlements[i].Deliveries.All(d => seen.Add(d.Id))) continue;
            if (i > from) yield return new ArraySegment<Settlement>(settlements, from, i - from);
            from = i;
            seen.Clear();
            foreach (var delivery in settlements[i].Deliveries) seen.Add(delivery.Id);
        }

        if (from < settlements.Length) yield return new ArraySegment<Settlement>(settlements, from, settlements.Length - from);
    }

    /// <summary>Stores what has succeeded in runs that are known, and moves out of them what something else has happened to.</summary>
    /// <returns>Whether there are rows to store.</returns>
    public async Task<bool> ApplyRunsAsync(Session session, CancellationToken cancellationToken)
    {
        if (_moves.Count > 0) await RunMoves.MoveAsync(session, _places, _moves, cancellationToken);
        if (_runs.Count == 0) return true;

        // Another process may have moved them: they have rows then.
        var left = await _runs.RunAsync(session, _places, cancellationToken);
        foreach (var item in left.Where(i => _fences.IsCurrent(i.Place))) _changes.Add(item);
        return _changes.Count > 0 || _removals.Count > 0;
    }

    /// <summary>Stores what has rows.</summary>
    /// <returns>Whether some are not as they were expected: they may be in a run that nobody here knew of.</returns>
    public async Task<bool> ApplyRowsAsync(Session session, CancellationToken cancellationToken)
    {
        if (_changes.Count > 0 || _removals.Count == 0) await SettleStatement.ChangeAsync(session, _changes, cancellationToken);
        if (_removals.Count > 0) await SettleStatement.RemoveAsync(session, _removals, cancellationToken);
        _left.AddRange(_changes.Unapplied.Concat(_removals.Unapplied).Where(i => i.ExpectedAttemptCount == 0 && _fences.IsCurrent(i.Place)));
        return _left.Count > 0;
    }

    /// <summary>Looks for those that were not as expected among the runs, moves them out of there and settles them.</summary>
    public async Task ApplyLeftAsync(Session session, CancellationToken cancellationToken)
    {
        var found = await RunLookup.FindAsync(session, _left.ConvertAll(static i => i.Next.Id), cancellationToken);
        if (found.Count == 0) return;
        await RunMoves.MoveAsync(session, _places, found.ConvertAll(static f => (f.Run.Key.Partition, f.Run.Key.SubscriptionId, f.Run.EventSeqOf(f.Member))), cancellationToken);
        var ids = found.Select(static f => f.Member.Id).ToHashSet();
        var applied = new int[_applied.Length];
        var (changes, removals) = (new SettleRows(_fences, applied), new SettleRows(_fences, applied));
        foreach (var item in _left.Where(i => ids.Contains(i.Next.Id))) (item.IsRemoved ? removals : changes).Add(item);
        if (changes.Count > 0) await SettleStatement.ChangeAsync(session, changes, cancellationToken);
        if (removals.Count > 0) await SettleStatement.RemoveAsync(session, removals, cancellationToken);
        _appliedLater = applied;
    }

    public SettleResult[] Results() => [.. _settlements.Select((_, i) => ResultOf(i))];

    /// <returns>The run that it is settled in; <see langword="null"/> when it has a row, or gets one.</returns>
    private (long Group, Guid FirstId)? Add(SettleItem item)
    {
        var place = _places.Find(item.Next.Id);
        if (place is { } inRun && RunRules.Fits(item.Of, item.Next))
        {
            _runs.Add(item, inRun);
            return (EventNumber.GroupOf(inRun.EventSeq), inRun.FirstId);
        }

        if (place is { } moved) _moves.Add(((short)item.Of.Partition, item.Of.SubscriptionId, moved.EventSeq));
        (item.IsRemoved ? _removals : _changes).Add(item);
        return null;
    }

    private SettleResult ResultOf(int place)
    {
        if (!_fences.IsCurrent(place)) return SettleResult.Fenced;
        var applied = _applied[place] + _appliedLater[place];
        return applied == 0 ? SettleResult.Superseded : applied == _settlements[place].Deliveries.Count ? SettleResult.Applied : SettleResult.AppliedInPart;
    }
}
