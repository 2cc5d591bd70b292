using System.Runtime.InteropServices;

namespace WebhookKit.AspNetCore.Receiving;

/// <summary>
/// Which events are being handled, and which have been: these for a time, and the newest so many. An event that was not handled in the end is
/// as if it had never come.
/// </summary>
internal sealed class RecentIds(int capacity, TimeSpan lifetime, TimeProvider time, Action forgettingEarly)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<EventKey, Entry> _known = [];
    private readonly Queue<Entry> _done = new();
    private bool _hasForgottenEarly;

    /// <summary>How many are known, those that are being handled included.</summary>
    public int Count
    {
        get
        {
            lock (_gate) return _known.Count;
        }
    }

    /// <summary>Somebody begins to handle an event, unless it is known.</summary>
    /// <param name="key">The event.</param>
    /// <param name="entry">What <see cref="End"/> needs when it is not; <see langword="null"/> for an event without an id.</param>
    public Known Begin(in EventKey key, out Entry? entry)
    {
        entry = null;
        if (key.Id is null) return Known.Not;
        lock (_gate)
        {
            ref var known = ref CollectionsMarshal.GetValueRefOrAddDefault(_known, key, out _);
            if (known is { IsDone: false }) return Known.AsUnderWay;
            if (known is not null && !IsOld(known, time.GetTimestamp())) return Known.AsDone;
            known = entry = new Entry { Key = key };
            return Known.Not;
        }
    }

    /// <summary>An event that was begun has been handled, or not.</summary>
    public void End(Entry? entry, bool isDone)
    {
        if (entry is null) return;
        var isEarly = false;
        lock (_gate)
        {
            if (!isDone)
            {
                _known.Remove(entry.Key);
                return;
            }

            var now = time.GetTimestamp();
            entry.IsDone = true;
            entry.DoneAt = now;
            _done.Enqueue(entry);
            while (_done.Peek() is var oldest && (_done.Count > capacity || IsOld(oldest, now)))
            {
                isEarly |= !_hasForgottenEarly && !IsOld(oldest, now);
                ForgetNeedsLock(_done.Dequeue());
            }

            _hasForgottenEarly |= isEarly;
        }

        if (isEarly) forgettingEarly();
    }

    /// <summary>Unless the same event has come again since, after its time.</summary>
    private void ForgetNeedsLock(Entry entry)
    {
        if (_known.TryGetValue(entry.Key, out var known) && known == entry) _known.Remove(entry.Key);
    }

    private bool IsOld(Entry entry, long now) => time.GetElapsedTime(entry.DoneAt, now) > lifetime;

    /// <summary>An event that is known. Its fields belong to the lock of the ids.</summary>
    internal sealed class Entry
    {
        public required EventKey Key { get; init; }

        public bool IsDone { get; set; }

        public long DoneAt { get; set; }
    }
}
