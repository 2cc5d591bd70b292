using WebhookKit.PostgreSql.Connections;
using WebhookKit.PostgreSql.Runs;
using WebhookKit.Stored.Runs;

namespace WebhookKit.PostgreSql;

/// <summary>Settlements that are stored together, each delivery but once among them.</summary>
internal sealed class SettleRound
{
    private readonly IReadOnlyList<Settlement> _settlements;
    private readonly RunPlaces _places;
    private readonly Fences _fences;
    private readonly int[] _applied;
    private readonly SettleRows _changes;
    private readonly SettleRows _removals;
    private readonly SettleRuns _runs;
    private readonly List<(short Partition, string SubscriptionId, long EventSeq)> _moves = [];
    private readonly List<SettleItem> _left = [];
    private int[] _appliedLater;

    public SettleRound(IReadOnlyList<Settlement> settlements, RunPlaces places)
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
            foreach (var delivery in settlements[i].Deliveries) Add(new SettleItem(i, settlements[i], delivery));
        }
    }

    /// <summary>Whether some are not as they were expected: they may be in a run that nobody here knew of.</summary>
    public bool HasLeft => _left.Count > 0;

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

    /// <summary>Whether it takes more than one statement, which must be one transaction then.</summary>
    public static bool TakesTransaction(IReadOnlyList<Settlement> settlements, RunPlaces places) => settlements.Any(
        s => s.Health is not null || s.RemovesSucceeded || s.Deliveries.Any(d => !RunRules.Fits(s, d) && places.Find(d.Id) is not null));

    public async Task ApplyAsync(Session session, CancellationToken cancellationToken)
    {
        if (_moves.Count > 0) await RunMoves.MoveAsync(session, _places, _moves, cancellationToken);
        if (_runs.Count > 0) _left.AddRange(await _runs.RunAsync(session, _places, cancellationToken));
        if (_changes.Count > 0 || _runs.Count == 0) await SettleStatement.ChangeAsync(session, _changes, cancellationToken);
        if (_removals.Count > 0) await SettleStatement.RemoveAsync(session, _removals, cancellationToken);
        _left.AddRange(_changes.Unapplied.Concat(_removals.Unapplied).Where(static i => i.ExpectedAttemptCount == 0));
        _left.RemoveAll(i => !_fences.IsCurrent(i.Place));
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

    public SettleResult ResultOf(int place)
    {
        if (!_fences.IsCurrent(place)) return SettleResult.Fenced;
        var applied = _applied[place] + _appliedLater[place];
        return applied == 0 ? SettleResult.Superseded : applied == _settlements[place].Deliveries.Count ? SettleResult.Applied : SettleResult.AppliedInPart;
    }

    private void Add(SettleItem item)
    {
        var eventSeq = _places.Find(item.Next.Id);
        if (eventSeq is { } inRun && RunRules.Fits(item.Of, item.Next))
        {
            _runs.Add(item, inRun);
            return;
        }

        if (eventSeq is { } moved) _moves.Add(((short)item.Of.Partition, item.Of.SubscriptionId, moved));
        (item.IsRemoved ? _removals : _changes).Add(item);
    }
}
