using System.Diagnostics.CodeAnalysis;

namespace WebhookKit.Dispatching;

/// <summary>Order per key: of each key one delivery at a time, in the order stored. Deliveries without a key are on their own.</summary>
internal sealed class KeyedBuffer : LaneBuffer
{
    private readonly Dictionary<string, KeyQueue> _keys = new(StringComparer.Ordinal);

    /// <summary>The keys of which nothing is under way, by when their first delivery is due.</summary>
    private readonly PriorityQueue<KeyQueue, (DateTimeOffset DueAt, long Turn)> _heads = new();
    private readonly Dictionary<Guid, KeyQueue> _underWay = [];
    private long _turn;

    public override bool InSequence => true;

    public override DateTimeOffset ReadyAt => _heads.TryPeek(out _, out var first) ? first.DueAt : DateTimeOffset.MaxValue;

    public override void Add(in PendingDelivery delivery)
    {
        var queue = FindQueue(delivery.Event.OrderingKey);
        queue.Waiting.AddLast(delivery);
        Count++;
        if (queue.Waiting.Count == 1 && !queue.IsUnderWay) Offer(queue);
    }

    public override bool TryTake(DateTimeOffset now, [NotNullWhen(true)] out PendingDelivery[]? taken)
    {
        taken = null;
        if (ReadyAt > now) return false;
        var queue = _heads.Dequeue();
        taken = [queue.Waiting.First!.Value];
        queue.Waiting.RemoveFirst();
        queue.IsUnderWay = true;
        _underWay.Add(taken[0].Delivery.Id, queue);
        Count--;
        return true;
    }

    public override void Ended(PendingDelivery[] taken, IReadOnlyList<WebhookDelivery> next)
    {
        _underWay.Remove(taken[0].Delivery.Id, out var queue);
        queue!.IsUnderWay = false;
        if (next[0].Status == DeliveryStatus.Pending)
        {
            queue.Waiting.AddFirst(taken[0] with { Delivery = next[0] });
            Count++;
        }

        if (queue.Waiting.Count > 0) Offer(queue);
        else if (queue.Key is not null) _keys.Remove(queue.Key);
    }

    public override bool Remove(Guid id)
    {
        // Canceling is rare: look through all that wait.
        foreach (var queue in _heads.UnorderedItems.Select(h => h.Element).Concat(_underWay.Values).ToArray())
        {
            if (!queue.Remove(id)) continue;
            Count--;
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

    private void Offer(KeyQueue queue) => _heads.Enqueue(queue, (queue.Waiting.First!.Value.Delivery.DueAt, _turn++));

    private void RebuildHeads()
    {
        KeyQueue[] queues = [.. _heads.UnorderedItems.Select(h => h.Element)];
        _heads.Clear();
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
