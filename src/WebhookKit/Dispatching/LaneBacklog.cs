namespace WebhookKit.Dispatching;

/// <summary>What a lane knows of its deliveries in the store, also while a read of them is under way. Guarded by its lane's lock.</summary>
internal sealed class LaneBacklog
{
    /// <summary>What was committed late, with an earlier due time than others, is found after so long.</summary>
    private static readonly TimeSpan LookBackInterval = TimeSpan.FromSeconds(5);

    /// <summary>The ids that were canceled while a read was under way: it may have seen them as they were before.</summary>
    private HashSet<Guid>? _canceledDuringRead;

    /// <summary>What was learnt of <see cref="DueAt"/> while a read was under way, whose answer may not know of it.</summary>
    private DateTimeOffset _dueAtDuringRead = DateTimeOffset.MaxValue;

    /// <summary>When the latest read that looked at everything began.</summary>
    private DateTimeOffset _lookedBackAt;

    /// <summary>Nothing pending that is not held is due before this; <see langword="null"/> when that is not known.</summary>
    public DateTimeOffset? DueFrom { get; private set; }

    /// <summary>Whether the read that is under way looks at a part only.</summary>
    public bool IsReadBounded { get; private set; }

    /// <summary>The earliest time at which the store may have something due that is not held; never while none is known of.</summary>
    public DateTimeOffset DueAt { get; private set; } = DateTimeOffset.MaxValue;

    public bool IsReading { get; private set; }

    /// <summary>
    /// Whether deliveries that were held when the read began have been left to the store since: its answer lacks them, and what comes after
    /// them must not overtake them.
    /// </summary>
    public bool HasLeftDuringRead { get; private set; }

    /// <summary>Notes that the store has something that is due at a time.</summary>
    public void Note(DateTimeOffset dueAt)
    {
        if (dueAt < DueAt) DueAt = dueAt;
        if (dueAt < DueFrom) DueFrom = null;
        if (IsReading && dueAt < _dueAtDuringRead) _dueAtDuringRead = dueAt;
    }

    /// <summary>Notes that deliveries which were held are left to the store.</summary>
    public void NoteLeft() => HasLeftDuringRead |= IsReading;

    /// <summary>Notes that a delivery is canceled.</summary>
    public void NoteCanceled(Guid id)
    {
        if (IsReading) (_canceledDuringRead ??= []).Add(id);
    }

    public bool WasCanceledDuringRead(Guid id) => _canceledDuringRead?.Contains(id) == true;

    public void BeginRead(DateTimeOffset now)
    {
        IsReading = true;
        if (now - _lookedBackAt > LookBackInterval) DueFrom = null;
        IsReadBounded = DueFrom is not null;
        if (!IsReadBounded) _lookedBackAt = now;
        _dueAtDuringRead = DateTimeOffset.MaxValue;
    }

    /// <summary>The read has ended.</summary>
    /// <param name="dueAt">When, as far as it says, something is due that is not held.</param>
    /// <param name="dueFrom">Before when, as far as it says, nothing is left; <see langword="null"/> when it does not say.</param>
    public void EndRead(DateTimeOffset dueAt, DateTimeOffset? dueFrom)
    {
        DueFrom = _dueAtDuringRead < dueFrom ? null : dueFrom;
        DueAt = dueAt < _dueAtDuringRead ? dueAt : _dueAtDuringRead;
        Ended();
    }

    public void FailRead(DateTimeOffset retryAt)
    {
        DueAt = retryAt;
        DueFrom = null;
        Ended();
    }

    private void Ended()
    {
        IsReading = false;
        HasLeftDuringRead = false;
        _canceledDuringRead = null;
    }
}
