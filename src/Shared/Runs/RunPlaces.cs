namespace WebhookKit.Stored.Runs;

/// <summary>
/// Remembers of deliveries that this process has published or read where in a run they are. It holds so many; one that it has forgotten is looked
/// for in the tables.
/// </summary>
/// <typeparam name="TPlace">What says where it is.</typeparam>
internal sealed class RunPlaces<TPlace>(int capacity = 131_072)
    where TPlace : struct
{
    private readonly Lock _lock = new();
    private Dictionary<Guid, TPlace> _recent = [];
    private Dictionary<Guid, TPlace> _earlier = [];

    /// <summary>Remembers where a delivery is.</summary>
    public void Add(Guid id, TPlace place)
    {
        lock (_lock)
        {
            if (_recent.Count >= capacity) (_earlier, _recent) = (_recent, []);
            _recent[id] = place;
        }
    }

    /// <summary>Finds where a delivery is.</summary>
    /// <returns><see langword="null"/> when it is in no run, or forgotten.</returns>
    public TPlace? Find(Guid id)
    {
        lock (_lock) return _recent.TryGetValue(id, out var place) || _earlier.TryGetValue(id, out place) ? place : null;
    }

    /// <summary>Forgets a delivery that is settled, or has moved.</summary>
    public void Remove(Guid id)
    {
        lock (_lock)
        {
            if (!_recent.Remove(id)) _earlier.Remove(id);
        }
    }
}
