namespace WebhookKit.Dispatching;

/// <summary>
/// The ids that a lane's latest reads have brought. A delivery that is handed over after a read has brought it must not go again, even if it
/// has ended meanwhile. Guarded by the lane's lock.
/// </summary>
/// <param name="capacity">How many are remembered.</param>
/// <param name="knownFrom">The number of the read up to which nothing is known.</param>
internal sealed class BroughtIds(int capacity, long knownFrom)
{
    private readonly HashSet<Guid> _ids = [];
    private readonly Queue<(Guid Id, long Read)> _inOrder = new();
    private long _knownFrom = knownFrom;

    /// <summary>Whether all that the reads since a number have brought is remembered.</summary>
    public bool Covers(long readsBefore) => _knownFrom <= readsBefore;

    public bool Contains(Guid id) => _ids.Contains(id);

    /// <summary>Notes what a read has brought.</summary>
    /// <param name="id">The delivery's id.</param>
    /// <param name="read">The number of the read.</param>
    public void Add(Guid id, long read)
    {
        if (!_ids.Add(id)) return;
        _inOrder.Enqueue((id, read));
        if (_inOrder.Count <= capacity) return;
        var forgotten = _inOrder.Dequeue();
        _ids.Remove(forgotten.Id);
        _knownFrom = forgotten.Read;
    }
}
