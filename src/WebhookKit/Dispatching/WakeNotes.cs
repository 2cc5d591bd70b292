namespace WebhookKit.Dispatching;

/// <summary>Gathers what is to be told to other nodes until it is sent. Pure; guarded by its sender's lock.</summary>
internal sealed class WakeNotes
{
    /// <summary>How many subscriptions one message names. Where there are more, a sweep costs less than looking at each.</summary>
    public const int MaxIds = 500;

    private readonly HashSet<string> _due = new(StringComparer.Ordinal);
    private readonly HashSet<string> _reread = new(StringComparer.Ordinal);
    private bool _changed;
    private bool _everything;

    public bool IsEmpty => !_everything && !_changed && _due.Count == 0 && _reread.Count == 0;

    public void AddChanged() => _changed = true;

    public void AddDue(string subscriptionId) => Add(_due, subscriptionId);

    public void AddReread(string subscriptionId) => Add(_reread, subscriptionId);

    /// <summary>Takes all of it.</summary>
    public WakeUp Take()
    {
        var wakeUp = _everything
            ? WakeUp.Everything
            : new WakeUp { SubscriptionsChanged = _changed, SubscriptionIds = [.. _due], RereadIds = [.. _reread] };
        _everything = _changed = false;
        _due.Clear();
        _reread.Clear();
        return wakeUp;
    }

    private void Add(HashSet<string> ids, string id)
    {
        if (_everything) return;
        ids.Add(id);
        _everything = _due.Count + _reread.Count > MaxIds;
    }
}
