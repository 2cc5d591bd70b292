using System.Diagnostics.CodeAnalysis;

namespace WebhookKit.Dispatching;

/// <summary>Order per key: of each key one delivery at a time, in the order stored. Deliveries without a key are on their own.</summary>
/// <remarks>
/// A key that fails, or that has more waiting than its share, is closed: what follows in it stays in the store and is left out of
/// reads, so that it takes no room from other keys. Once it is open again, the lane reads what was left.
/// </remarks>
/// <param name="capacity">How many deliveries the lane likes to have in memory.</param>
internal sealed class KeyedBuffer(int capacity) : LaneBuffer
{
    private static readonly BufferChange Reopened = new([], ReadAgain: true);

    /// <summary>What a key may hold even if the buffer is full, so that it is not kept from going by others.</summary>
    private readonly int _share = Math.Max(1, capacity / 16);
    private readonly int _limit = 4 * capacity;

    private readonly Dictionary<string, KeyQueue> _keys = new(StringComparer.Ordinal);
    private readonly HashSet<string> _closed = new(StringComparer.Ordinal);

    /// <summary>The keys of which nothing is under way, by when their first delivery is due.</summary>
    private readonly PriorityQueue<KeyQueue, (DateTimeOffset DueAt, long Turn)> _heads = new();
    private readonly Dictionary<Guid, KeyQueue> _underWay = [];
    private long _turn;

    /// <summary>How many of <see cref="_heads"/> wait to be tried again.</summary>
    private int _failing;

    public override bool InSequence => true;

    public override DateTimeOffset ReadyAt => _heads.TryPeek(out _, out var first) ? first.DueAt : DateTimeOffset.MaxValue;

    public override IReadOnlyCollection<string> ClosedKeys => _closed.Count > 0 ? [.. _closed] : [];

    public override bool HasRoom(int ofCapacity) =>
        _heads.Count - _failing <= ofCapacity / 4 && _closed.Count < ofCapacity && Count < _limit;

    public override bool TryAdd(in PendingDelivery delivery)
    {
        var queue = FindQueue(delivery.Event.OrderingKey);
        if (queue.IsClosed) return false;
        if (Count >= capacity && queue.Waiting.Count >= _share)
        {
            Close(queue);
            return false;
        }

        queue.Waiting.AddLast(delivery);
        Count++;
        if (queue.Waiting.Count > 1 || queue.IsUnderWay) return true;

        // Put off or tried before, by another node or before a restart.
        if (delivery.Delivery.DueAt > delivery.Delivery.CreatedAt) Fail(queue);
        Offer(queue);
        return true;
    }

    public override bool TryTake(DateTimeOffset now, [NotNullWhen(true)] out PendingDelivery[]? taken)
    {
        taken = null;
        if (ReadyAt > now) return false;
        var queue = _heads.Dequeue();
        if (queue.IsFailing) _failing--;
        taken = [queue.Waiting.First!.Value];
        queue.Waiting.RemoveFirst();
        queue.IsUnderWay = true;
        _underWay.Add(taken[0].Delivery.Id, queue);
        Count--;
        return true;
    }

    public override BufferChange Ended(PendingDelivery[] taken, IReadOnlyList<WebhookDelivery> next, DateTimeOffset now)
    {
        _underWay.Remove(taken[0].Delivery.Id, out var queue);
        queue!.IsUnderWay = false;
        if (next[0].Status == DeliveryStatus.Pending)
        {
            // Without a key it holds nothing back, so that too many of them can wait in the store.
            if (queue.Key is null && _failing >= capacity) return new BufferChange([next[0].Id], ReadAgain: false);

            Guid[] left = [.. queue.Waiting.Select(d => d.Delivery.Id)];
            Count -= queue.Waiting.Count;
            queue.Waiting.Clear();
            queue.Waiting.AddFirst(taken[0] with { Delivery = next[0] });
            Count++;
            Fail(queue);
            Offer(queue);
            return new BufferChange(left, ReadAgain: false);
        }

        queue.IsFailing = false;
        var reopens = queue.IsClosed && queue.Waiting.Count <= _share / 4;
        if (reopens) Open(queue);
        if (queue.Waiting.Count > 0) Offer(queue);
        else if (queue.Key is not null) _keys.Remove(queue.Key);
        Trim();
        return reopens ? Reopened : BufferChange.None;
    }

    /// <summary>A key of which something is under way stays as it is, open or closed, until that has ended.</summary>
    public override IReadOnlyCollection<Guid> LeaveAll()
    {
        Guid[] left = [.. _heads.UnorderedItems.Select(h => h.Element).Concat(_underWay.Values).SelectMany(q => q.Waiting).Select(d => d.Delivery.Id)];
        foreach (var (queue, _) in _heads.UnorderedItems)
        {
            if (queue.Key is null) continue;
            _closed.Remove(queue.Key);
            _keys.Remove(queue.Key);
        }

        foreach (var queue in _underWay.Values) queue.Waiting.Clear();
        _heads.Clear();
        _failing = 0;
        Count = 0;
        Trim();
        return left;
    }

    public override bool Remove(Guid id)
    {
        // Canceling is rare: look through all that wait.
        foreach (var queue in _heads.UnorderedItems.Select(h => h.Element).Concat(_underWay.Values).ToArray())
        {
            if (!queue.Remove(id)) continue;
            Count--;
            if (!queue.IsUnderWay)
            {
                queue.IsFailing = false;
                Open(queue);
            }

            RebuildHeads();
            return true;
        }

        return false;
    }

    private KeyQueue FindQueue(string? key)
    {
        if (key is null) return new KeyQueue(null);
        if (!_keys.TryGetValue(key, out var queue)) _keys.Add(key, queue = new KeyQueue(key));
        return queue;
    }

    /// <summary>Its first delivery waits to be tried again: until it has ended, nothing of the key goes.</summary>
    private void Fail(KeyQueue queue)
    {
        queue.IsFailing = true;
        Close(queue);
    }

    private void Close(KeyQueue queue)
    {
        if (queue.Key is null) return;
        queue.IsClosed = true;
        _closed.Add(queue.Key);
    }

    private void Open(KeyQueue queue)
    {
        queue.IsClosed = false;
        if (queue.Key is not null) _closed.Remove(queue.Key);
    }

    private void Offer(KeyQueue queue)
    {
        if (queue.IsFailing) _failing++;
        _heads.Enqueue(queue, (queue.Waiting.First!.Value.Delivery.DueAt, _turn++));
    }

    /// <summary>What has grown is given back once it is empty.</summary>
    private void Trim()
    {
        if (Count > 0 || _underWay.Count > 0 || _keys.Capacity + _heads.Capacity + _closed.Capacity + _underWay.Capacity <= 4 * SmallCapacity) return;
        _keys.TrimExcess();
        _closed.TrimExcess();
        _heads.TrimExcess();
        _underWay.TrimExcess();
    }

    private void RebuildHeads()
    {
        KeyQueue[] queues = [.. _heads.UnorderedItems.Select(h => h.Element)];
        _heads.Clear();
        _failing = 0;
        foreach (var queue in queues)
        {
            if (queue.Waiting.Count > 0) Offer(queue);
            else if (queue.Key is not null) _keys.Remove(queue.Key);
        }
    }

    private sealed class KeyQueue(string? key)
    {
        public string? Key { get; } = key;

        public LinkedList<PendingDelivery> Waiting { get; } = new();

        public bool IsUnderWay { get; set; }

        /// <summary>Whether its first delivery is, or was when it went, one that has been put off.</summary>
        public bool IsFailing { get; set; }

        /// <summary>Whether some of it may have been left in the store.</summary>
        public bool IsClosed { get; set; }

        public bool Remove(Guid id)
        {
            for (var node = Waiting.First; node is not null; node = node.Next)
            {
                if (node.Value.Delivery.Id != id) continue;
                Waiting.Remove(node);
                return true;
            }

            return false;
        }
    }
}
