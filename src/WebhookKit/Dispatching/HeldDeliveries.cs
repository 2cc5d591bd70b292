namespace WebhookKit.Dispatching;

/// <summary>
/// The deliveries of a lane that wait in its buffer or are under way: a read may return them again. Counted in the node's budget. Guarded by
/// the lane's lock.
/// </summary>
internal sealed class HeldDeliveries(BufferBudget budget)
{
    /// <summary>What is this small is kept when it is empty: it is soon needed again.</summary>
    private const int SmallCapacity = 32;

    /// <summary>Their costs by id; <see langword="null"/> until there is one.</summary>
    private Dictionary<Guid, int>? _costs;

    public int Count => _costs?.Count ?? 0;

    public bool Contains(Guid id) => _costs?.ContainsKey(id) == true;

    public bool TryAdd(in PendingDelivery delivery)
    {
        var cost = BufferBudget.CostOf(delivery);
        if (!(_costs ??= []).TryAdd(delivery.Delivery.Id, cost)) return false;
        budget.Take(cost, 1);
        return true;
    }

    public void Remove(Guid id)
    {
        if (_costs?.Remove(id, out var cost) != true) return;
        budget.Free(cost, 1);
        if (_costs.Count == 0 && _costs.Capacity > SmallCapacity) _costs = null;
    }

    public void Clear()
    {
        if (_costs is null) return;
        budget.Free(_costs.Values.Sum(c => (long)c), Count);
        _costs = null;
    }

    /// <summary>Their ids as they are now; <see langword="null"/> when there are none.</summary>
    public IReadOnlySet<Guid>? ToIds() => _costs is { Count: > 0 } ? new HashSet<Guid>(_costs.Keys) : null;
}
