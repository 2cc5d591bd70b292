namespace WebhookKit.Testing;

/// <summary>Counts the requests under way, from the HTTP client's outermost handler until the engine has the answer.</summary>
internal sealed class InFlight
{
    private long _begun;
    private long _ended;

    public int Count => (int)(Begun - Ended);

    public long Begun => Interlocked.Read(ref _begun);

    public long Ended => Interlocked.Read(ref _ended);

    public void Begin() => Interlocked.Increment(ref _begun);

    public void End() => Interlocked.Increment(ref _ended);
}
