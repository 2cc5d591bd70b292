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

    /// <summary>Whether it has been learnt, and if so, since when nothing has succeeded.</summary>
    public (bool Known, DateTimeOffset? FailingSince) Read()
    {
        lock (_gate) return (_known, _failingSince);
    }

    public void Learn(DateTimeOffset? failingSince)
    {
        lock (_gate)
        {
            _known = true;
            _failingSince = failingSince;
        }
    }
}
