namespace WebhookKit.Dispatching;

/// <summary>
/// Exact rate limit: no window of the given length, wherever it lies, holds more starts than allowed. Pure; guarded by its lane's lock.
/// </summary>
internal sealed class SlidingRateLimit
{
    private readonly RateLimit _limit;
    private readonly DateTimeOffset _notBefore;
    private readonly Queue<DateTimeOffset> _starts;

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
        _starts = before is null ? new() : new(before._starts.TakeLast(limit.Requests));
        _notBefore = takenOverAt is { } at ? at + limit.Per : DateTimeOffset.MinValue;
    }

    public DateTimeOffset AllowedFrom
    {
        get
        {
            if (_starts.Count < _limit.Requests) return _notBefore;
            var from = _starts.Peek() + _limit.Per;
            return from > _notBefore ? from : _notBefore;
        }
    }

    /// <summary>How many could start now, one after another.</summary>
    public int CountAllowed(DateTimeOffset now)
    {
        if (now < _notBefore) return 0;
        while (_starts.TryPeek(out var first) && first + _limit.Per <= now) _starts.Dequeue();
        return _limit.Requests - _starts.Count;
    }

    public void Start(DateTimeOffset now)
    {
        if (_starts.Count == _limit.Requests) _starts.Dequeue();
        _starts.Enqueue(now);
    }

    /// <summary>Something is to start later than it was let go.</summary>
    /// <returns>Whether it may; where not, it does not count any more.</returns>
    public bool TryMove(DateTimeOffset from, DateTimeOffset to)
    {
        var starts = _starts.ToList();
        starts.Remove(from);
        _starts.Clear();
        foreach (var start in starts) _starts.Enqueue(start);
        if (CountAllowed(to) < 1) return false;
        Start(to);
        return true;
    }

    /// <summary>Whether nothing of the past restricts what comes.</summary>
    public bool IsPristine(DateTimeOffset now) =>
        now >= _notBefore && (_starts.Count == 0 || _starts.Last() + _limit.Per <= now);
}
