namespace WebhookKit.Dispatching;

/// <summary>
/// What is known of an endpoint's health. The index does not follow it (it changes too often to be a change of the subscription),
/// so a new lane learns it from the store with its first attempt.
/// </summary>
internal sealed class EndpointHealth
{
    private readonly Lock _gate = new();
    private DateTimeOffset? _failingSince;
    private bool _known;

    public bool IsKnown
    {
        get
        {
            lock (_gate) return _known;
        }
    }

    /// <summary>Since when nothing has succeeded; <see langword="null"/> while the endpoint is healthy.</summary>
    public DateTimeOffset? FailingSince
    {
        get
        {
            lock (_gate) return _failingSince;
        }
    }

    /// <summary>Takes over what the store has just been told.</summary>
    public void Learn(DateTimeOffset? failingSince)
    {
        lock (_gate)
        {
            _known = true;
            _failingSince = failingSince;
        }
    }

    /// <summary>Takes over what was read from the store, unless something newer is known by now.</summary>
    public void LearnFirst(DateTimeOffset? failingSince)
    {
        lock (_gate)
        {
            if (_known) return;
            _known = true;
            _failingSince = failingSince;
        }
    }
}
