namespace WebhookKit.Dispatching;

/// <summary>
/// The deliveries of a lane that wait in its buffer or are under way: a read may return them again. Counted in the node's budget. Guarded by
/// the lane's lock.
/// </summary>
internal sealed class HeldDeliveries(BufferBudget budget)
{
    private readonly Dictionary<Guid, int> _costs = [];

    public int Count => _costs.Count;

    public bool Contains(Guid id) => _costs.ContainsKey(id);

    public bool TryAdd(in PendingDelivery delivery)
    {
        var cost = BufferBudget.CostOf(delivery);
        if (!_costs.TryAdd(delivery.Delivery.Id, cost)) return false;
        budget.Take(cost, 1);
        return true;
    }

    public void Remove(Guid id)
    {
        if (_costs.Remove(id, out var cost)) budget.Free(cost, 1);
    }

    public void Clear()
    {
        budget.Free(_costs.Values.Sum(c => (long)c), Count);
        _costs.Clear();
    }

    /// <summary>Their ids as they are now; <see langword="null"/> when there are none.</summary>
    public IReadOnlySet<Guid>? ToIds() => Count > 0 ? new HashSet<Guid>(_costs.Keys) : null;
}
