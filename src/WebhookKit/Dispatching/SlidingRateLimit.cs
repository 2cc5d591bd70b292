namespace WebhookKit.Dispatching;

/// <summary>
/// Exact rate limit: no window of the given length, wherever it lies, holds more starts than allowed. Pure; guarded by its lane's lock.
/// </summary>
internal sealed class SlidingRateLimit
{
    private readonly RateLimit _limit;
    private readonly DateTimeOffset _notBefore;

    /// <summary>The starts that may count, in their order, behind those that do not any more.</summary>
    private readonly List<DateTimeOffset> _starts;

    private int _first;

    /// <summary>Makes a limit.</summary>
    /// <param name="limit">How many starts per window.</param>
    /// <param name="takenOverAt">
    /// When another node may have spent the whole allowance: nothing starts for one window after that. <see langword="null"/> when
    /// no other node had the lane.
    /// </param>
    /// <param name="before">The limit before it was changed: what started under it counts.</param>
    public SlidingRateLimit(RateLimit limit, DateTimeOffset? takenOverAt, SlidingRateLimit? before = null)
    {
        _limit = limit;
        _starts = before is null ? [] : [.. before._starts.Skip(before._first).TakeLast(limit.Requests)];
        _notBefore = takenOverAt is { } at ? at + limit.Per : DateTimeOffset.MinValue;
    }

    private int Count => _starts.Count - _first;

    public DateTimeOffset AllowedFrom
    {
        get
        {
            if (Count < _limit.Requests) return _notBefore;
            var from = _starts[_first] + _limit.Per;
            return from > _notBefore ? from : _notBefore;
        }
    }

    /// <summary>How many could start now, one after another.</summary>
    public int CountAllowed(DateTimeOffset now)
    {
        if (now < _notBefore) return 0;
        while (Count > 0 && _starts[_first] + _limit.Per <= now) DropFirst();
        return _limit.Requests - Count;
    }

    public void Start(DateTimeOffset now)
    {
        if (Count == _limit.Requests) DropFirst();
        _starts.Add(now);
    }

    /// <summary>Something is to start later than it was let go.</summary>
    /// <returns>Whether it may; where not, it does not count any more.</returns>
    public bool TryMove(DateTimeOffset from, DateTimeOffset to)
    {
        // It is among the last: those that are under way.
        var at = _starts.LastIndexOf(from, _starts.Count - 1, Count);
        if (at >= 0) _starts.RemoveAt(at);
        if (CountAllowed(to) < 1) return false;
        Start(to);
        return true;
    }

    /// <summary>Whether nothing of the past restricts what comes.</summary>
    public bool IsPristine(DateTimeOffset now) =>
        now >= _notBefore && (Count == 0 || _starts[^1] + _limit.Per <= now);

    private void DropFirst()
    {
        if (++_first * 2 <= _starts.Count) return;
        _starts.RemoveRange(0, _first);
        _first = 0;
    }
}
