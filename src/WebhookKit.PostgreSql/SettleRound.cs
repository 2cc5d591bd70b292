using WebhookKit.PostgreSql.Connections;

namespace WebhookKit.PostgreSql;

/// <summary>Settlements that are stored together, each delivery but once among them.</summary>
internal sealed class SettleRound
{
    private readonly IReadOnlyList<Settlement> _settlements;
    private readonly SettleRows _changes;
    private readonly SettleRows _removals;

    public SettleRound(IReadOnlyList<Settlement> settlements)
    {
        _settlements = settlements;
        _changes = new SettleRows(settlements.Count);
        _removals = new SettleRows(settlements.Count);
        for (var i = 0; i < settlements.Count; i++)
        {
            var settlement = settlements[i];
            _changes.Add(i, settlement, settlement.Deliveries.Where(d => !IsRemoved(settlement, d)));
            if (settlement.RemovesSucceeded) _removals.Add(i, settlement, settlement.Deliveries.Where(d => IsRemoved(settlement, d)));
        }
    }

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
    public static bool TakesTransaction(IReadOnlyList<Settlement> settlements) => settlements.Any(s => s.Health is not null || s.RemovesSucceeded);

    public async Task ApplyAsync(Session session, CancellationToken cancellationToken)
    {
        await SettleStatement.ChangeAsync(session, _changes, cancellationToken);
        if (_removals.Count > 0) await SettleStatement.RemoveAsync(session, _removals, cancellationToken);
    }

    public SettleResult ResultOf(int place)
    {
        if (!_changes.IsCurrent(place)) return SettleResult.Fenced;
        var applied = _changes.Applied(place) + _removals.Applied(place);
        return applied == 0 ? SettleResult.Superseded : applied == _settlements[place].Deliveries.Count ? SettleResult.Applied : SettleResult.AppliedInPart;
    }

    private static bool IsRemoved(Settlement settlement, WebhookDelivery delivery) => settlement.RemovesSucceeded && delivery.Status == DeliveryStatus.Succeeded;
}
