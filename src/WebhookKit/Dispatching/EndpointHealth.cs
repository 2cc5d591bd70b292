namespace WebhookKit.Dispatching;

/// <summary>
/// What is known of an endpoint's health. The index does not follow it (it changes too often to be a change of the subscription),
/// so a new lane learns it before its first attempt, by <see cref="HealthReader"/>. Read without a lock: each change is a new value.
/// </summary>
internal sealed class EndpointHealth
{
    /// <summary><see langword="null"/> while nothing is known.</summary>
    private Value? _value;

    private int _isGivenUp;
    private long _succeededAt;

    public bool IsKnown => Volatile.Read(ref _value) is { IsSure: true };

    /// <summary>Since when nothing has succeeded; <see langword="null"/> while the endpoint is healthy.</summary>
    public DateTimeOffset? FailingSince => Volatile.Read(ref _value)?.FailingSince;

    /// <summary>When something last succeeded here, be it stored by now or not; the beginning of time if nothing has.</summary>
    public DateTimeOffset SucceededAt => new(Volatile.Read(ref _succeededAt), TimeSpan.Zero);

    /// <summary>Something has succeeded. What fails beside it is judged by that, although the store has not been told yet.</summary>
    public void Succeeded(DateTimeOffset now) => Volatile.Write(ref _succeededAt, now.UtcTicks);

    /// <summary>Takes over what the store has just been told.</summary>
    public void Learn(DateTimeOffset? failingSince)
    {
        Volatile.Write(ref _value, new Value(failingSince, IsSure: true));
        if (failingSince is null) Volatile.Write(ref _isGivenUp, 0);
    }

    /// <summary>
    /// The store may have been told something else: it is asked before the next attempt. An attempt that is under way goes by what was known: it
    /// must not begin to count anew since when the endpoint is failing.
    /// </summary>
    public void Doubt()
    {
        if (Volatile.Read(ref _value) is { } known) Interlocked.CompareExchange(ref _value, known with { IsSure = false }, known);
    }

    /// <summary>Notes that the endpoint is given up.</summary>
    /// <returns>Whether nobody has noted it since it was last well: of several requests under way, only the first one's end is news.</returns>
    public bool TryGiveUp() => Interlocked.Exchange(ref _isGivenUp, 1) == 0;

    /// <summary>Takes over what was read from the store, unless something newer is known by now.</summary>
    public void LearnFirst(DateTimeOffset? failingSince)
    {
        var known = Volatile.Read(ref _value);
        if (known is not { IsSure: true }) Interlocked.CompareExchange(ref _value, new Value(failingSince, IsSure: true), known);
    }

    /// <param name="FailingSince">Since when nothing has succeeded.</param>
    /// <param name="IsSure">Whether the store has nothing else, as far as this node can tell.</param>
    private sealed record Value(DateTimeOffset? FailingSince, bool IsSure);
}
