using System.Diagnostics.CodeAnalysis;

namespace WebhookKit.Dispatching;

/// <summary>Strict order: one request at a time, in the order stored. What fails stays at the front and holds back the rest.</summary>
internal sealed class StrictBuffer(BatchingOptions? options) : LaneBuffer
{
    private readonly LinkedList<PendingDelivery> _waiting = new();
    private long _bytes;
    private bool _underWay;

    public override bool InSequence => true;

    public override DateTimeOffset ReadyAt
    {
        get
        {
            if (_underWay || _waiting.First is not { } head) return DateTimeOffset.MaxValue;
            var first = head.Value.Delivery;
            if (options is null || first.BatchId is not null || first.ScheduleAttempts > 0) return first.DueAt;
            var ready = BatchBuilder.ReadyAt(_waiting.Count, _bytes, first.CreatedAt, options);
            return ready > first.DueAt ? ready : first.DueAt;
        }
    }

    /// <summary>A batch that is still gathering must not wait for room.</summary>
    public override bool HasRoom(int ofCapacity) => options is null ? base.HasRoom(ofCapacity) : Count < Math.Max(options.MaxEvents, ofCapacity / 4);

    public override bool TryAdd(in PendingDelivery delivery)
    {
        _waiting.AddLast(delivery);
        Counted(delivery);
        return true;
    }

    public override bool TryTake(DateTimeOffset now, [NotNullWhen(true)] out PendingDelivery[]? taken)
    {
        taken = null;
        if (ReadyAt > now) return false;
        taken = new PendingDelivery[CountToTake(now)];
        for (var i = 0; i < taken.Length; i++)
        {
            taken[i] = _waiting.First!.Value;
            Detach(_waiting.First);
        }

        _underWay = true;
        return true;
    }

    public override BufferChange Ended(PendingDelivery[] taken, IReadOnlyList<WebhookDelivery> next)
    {
        _underWay = false;
        for (var i = taken.Length - 1; i >= 0; i--)
        {
            if (next[i].Status != DeliveryStatus.Pending) continue;
            _waiting.AddFirst(taken[i] with { Delivery = next[i] });
            Counted(taken[i]);
        }

        return BufferChange.None;
    }

    public override bool Remove(Guid id)
    {
        for (var node = _waiting.First; node is not null; node = node.Next)
        {
            if (node.Value.Delivery.Id != id) continue;
            Detach(node);
            return true;
        }

        return false;
    }

    private int CountToTake(DateTimeOffset now)
    {
        if (options is null) return 1;

        // A batch that failed goes again as it was; one that was resent begins anew. What stands at another place of its schedule, or is
        // put off, does not join.
        var first = _waiting.First!.Value.Delivery;
        return first.BatchId is { } batchId
            ? _waiting.TakeWhile(d => d.Delivery.BatchId == batchId).Count()
            : BatchBuilder.CountToTake(_waiting.TakeWhile(d => BatchRows.BelongTogether(first, d.Delivery) && d.Delivery.DueAt <= now), options);
    }

    private void Counted(in PendingDelivery item)
    {
        _bytes += item.Event.Data.Length;
        Count++;
    }

    private void Detach(LinkedListNode<PendingDelivery> node)
    {
        _bytes -= node.Value.Event.Data.Length;
        _waiting.Remove(node);
        Count--;
    }
}
