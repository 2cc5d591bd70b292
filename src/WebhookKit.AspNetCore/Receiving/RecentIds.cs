using System.Runtime.InteropServices;

namespace WebhookKit.AspNetCore.Receiving;

/// <summary>
/// Which events are being handled, and which have been: these for a time, and the newest so many. An event that was not handled in the end is
/// as if it had never come.
/// </summary>
internal sealed class RecentIds(int capacity, TimeSpan lifetime, TimeProvider time, Action forgettingEarly)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<EventKey, bool> _isDone = [];
    private readonly Queue<(EventKey Key, long At)> _done = new();
    private bool _hasForgottenEarly;

    /// <summary>How many are known, those that are being handled included.</summary>
    public int Count
    {
        get
        {
            lock (_gate) return _isDone.Count;
        }
    }

    /// <summary>Somebody begins to handle an event, unless it is known. Each begin that says <see cref="Known.Not"/> needs an end.</summary>
    public Known Begin(in EventKey key)
    {
        if (key.Id is null) return Known.Not;
        lock (_gate)
        {
            ForgetOldNeedsLock();
            ref var isDone = ref CollectionsMarshal.GetValueRefOrAddDefault(_isDone, key, out var exists);
            return !exists ? Known.Not : isDone ? Known.AsDone : Known.AsUnderWay;
        }
    }

    /// <summary>An event that was begun has been handled, or not.</summary>
    public void End(in EventKey key, bool isDone)
    {
        if (key.Id is null) return;
        var isEarly = false;
        lock (_gate)
        {
            if (!isDone)
            {
                _isDone.Remove(key);
                return;
            }

            _isDone[key] = true;
            _done.Enqueue((key, time.GetTimestamp()));
            while (_done.Count > capacity)
            {
                _isDone.Remove(_done.Dequeue().Key);
                isEarly = !_hasForgottenEarly;
                _hasForgottenEarly = true;
            }
        }

        if (isEarly) forgettingEarly();
    }

    private void ForgetOldNeedsLock()
    {
        var now = time.GetTimestamp();
        while (_done.TryPeek(out var oldest) && time.GetElapsedTime(oldest.At, now) > lifetime) _isDone.Remove(_done.Dequeue().Key);
    }
}
