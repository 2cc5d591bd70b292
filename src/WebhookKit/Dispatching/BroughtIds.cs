namespace WebhookKit.Dispatching;

/// <summary>
/// The ids that a lane's latest reads have brought. A delivery that is handed over after a read has brought it must not go again, even if it
/// has ended meanwhile. Guarded by the lane's lock.
/// </summary>
/// <param name="capacity">How many are remembered.</param>
/// <param name="knownFrom">The number of the read up to which nothing is known.</param>
internal sealed class BroughtIds(int capacity, long knownFrom)
{
    /// <summary>So many are looked through one by one, and are remembered when the lane has nothing to do.</summary>
    private const int Few = 32;

    /// <summary><see langword="null"/> until a read brings something.</summary>
    private Queue<(Guid Id, long Read)>? _inOrder;

    /// <summary>The same ids, when they are many.</summary>
    private HashSet<Guid>? _ids;
    private long _knownFrom = knownFrom;

    /// <summary>Whether all that the reads since a number have brought is remembered.</summary>
    public bool Covers(long readsBefore) => _knownFrom <= readsBefore;

    public bool Contains(Guid id)
    {
        if (_ids is not null) return _ids.Contains(id);
        if (_inOrder is null) return false;
        foreach (var (known, _) in _inOrder)
        {
            if (known == id) return true;
        }

        return false;
    }

    /// <summary>Notes what a read has brought.</summary>
    /// <param name="id">The delivery's id.</param>
    /// <param name="read">The number of the read.</param>
    public void Add(Guid id, long read)
    {
        if (Contains(id)) return;
        _inOrder ??= new();
        _inOrder.Enqueue((id, read));
        if (_ids is not null) _ids.Add(id);
        else if (_inOrder.Count > Few) _ids = [.. _inOrder.Select(b => b.Id)];
        ForgetAllBut(capacity);
    }

    /// <summary>Does not remember what a read has brought.</summary>
    public void Skip(long read)
    {
        _inOrder = null;
        _ids = null;
        _knownFrom = read;
    }

    /// <summary>Remembers only the latest, so that a lane that has nothing to do takes little memory.</summary>
    public void Rest()
    {
        if (_ids is null) return;
        ForgetAllBut(Few);
        _inOrder!.TrimExcess();
        _ids = null;
    }

    private void ForgetAllBut(int count)
    {
        while (_inOrder!.Count > count)
        {
            var forgotten = _inOrder.Dequeue();
            _ids?.Remove(forgotten.Id);
            _knownFrom = forgotten.Read;
        }
    }
}
