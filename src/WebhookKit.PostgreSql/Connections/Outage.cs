namespace WebhookKit.PostgreSql.Connections;

/// <summary>
/// Since when the server has been away. All who publish share it: those who have waited behind others that were tried in vain have waited too.
/// </summary>
internal sealed class Outage(TimeProvider time)
{
    /// <summary>How long nobody may have failed until the next failure is another outage.</summary>
    private static readonly TimeSpan Gap = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private bool _isOn;
    private long _since;
    private long _lastSeen;

    /// <summary>From when on a call has been waiting that begins now.</summary>
    public long Begin()
    {
        lock (_gate) return _isOn && time.GetElapsedTime(_lastSeen) < Gap ? _since : time.GetTimestamp();
    }

    /// <summary>The server is away for a call that has been waiting since then.</summary>
    public void NoteAway(long since)
    {
        lock (_gate) (_isOn, _since, _lastSeen) = (true, since, time.GetTimestamp());
    }

    /// <summary>It has answered.</summary>
    public void End()
    {
        lock (_gate) _isOn = false;
    }
}
