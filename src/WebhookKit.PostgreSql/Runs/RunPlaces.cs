namespace WebhookKit.PostgreSql.Runs;

/// <summary>
/// Remembers of deliveries that this process has published or read which run they are in. It holds so many; one that it has forgotten is looked
/// for in the tables.
/// </summary>
internal sealed class RunPlaces(int capacity = RunPlaces.Capacity)
{
    private const int Capacity = 131_072;

    private readonly Lock _lock = new();
    private Dictionary<Guid, long> _recent = [];
    private Dictionary<Guid, long> _earlier = [];

    /// <summary>Remembers the deliveries of a run that was stored.</summary>
    public void Add(NewRun run, long eventGroup)
    {
        foreach (var member in run.Members) Add(member.Id, EventNumber.Of(eventGroup, member.Place));
    }

    /// <summary>Remembers the number of the event that a delivery in a run is of.</summary>
    public void Add(Guid id, long eventSeq)
    {
        lock (_lock)
        {
            if (_recent.Count >= capacity) (_earlier, _recent) = (_recent, []);
            _recent[id] = eventSeq;
        }
    }

    /// <summary>Finds the number of a delivery's event.</summary>
    /// <returns><see langword="null"/> when it is in no run, or forgotten.</returns>
    public long? Find(Guid id)
    {
        lock (_lock) return _recent.TryGetValue(id, out var seq) || _earlier.TryGetValue(id, out seq) ? seq : null;
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
