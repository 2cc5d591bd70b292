using System.Diagnostics.CodeAnalysis;

namespace WebhookKit.Dispatching;

/// <summary>Strict order: one request at a time, in the order stored. What fails stays at the front and holds back the rest.</summary>
/// <remarks>While the front waits to be tried again, what follows it is left to the store, so that it takes no memory.</remarks>
internal sealed class StrictBuffer(BatchingOptions? options) : LaneBuffer
{
    /// <summary>For so short a wait nothing is left to the store.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly LinkedList<PendingDelivery> _waiting = new();
    private long _bytes;
    private bool _underWay;

    /// <summary>Whether the front has been put off, or had been when it went.</summary>
    private bool _isPutOff;

    /// <summary>Whether something that follows the front has been left to the store.</summary>
    private bool _hasLeft;

    public override bool InSequence => true;

    public override DateTimeOffset ReadyAt
    {
        get
        {
            if (_underWay || _waiting.First is not { } head) return DateTimeOffset.MaxValue;
            var first = head.Value.Delivery;
            if (options is null || first.BatchId is not null || first.ScheduleAttempts > 0) return first.DueAt;
            var gathered = first.CreatedAt + options.MaxDelay;
            var full = FullAt(first, options);
            var ready = full < gathered ? full : gathered;
            return ready > first.DueAt ? ready : first.DueAt;
        }
    }

    /// <summary>A batch that is still gathering must not wait for room.</summary>
    public override bool HasRoom(int ofCapacity) =>
        !_isPutOff && (options is null ? base.HasRoom(ofCapacity) : Count < Math.Max(options.MaxEvents, ofCapacity / 4));

    public override bool TryAdd(in PendingDelivery delivery)
    {
        _waiting.AddLast(delivery);
        Counted(delivery);
        return true;
    }

    public override void AddRead(List<PendingDelivery> deliveries, DateTimeOffset now)
    {
        var waited = Count;
        foreach (var delivery in deliveries) TryAdd(delivery);
        if (_underWay) return;
        var left = LeaveBehindFront(now, atLeast: waited).Count;
        deliveries.RemoveRange(deliveries.Count - left, left);
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

    public override BufferChange Ended(PendingDelivery[] taken, IReadOnlyList<WebhookDelivery> next, DateTimeOffset now)
    {
        _underWay = false;
        for (var i = taken.Length - 1; i >= 0; i--)
        {
            if (next[i].Status != DeliveryStatus.Pending) continue;
            _waiting.AddFirst(taken[i] with { Delivery = next[i] });
            Counted(taken[i]);
        }

        var left = LeaveBehindFront(now, atLeast: 0);
        var readAgain = _hasLeft && !_isPutOff;
        _hasLeft &= _isPutOff;
        return new BufferChange(left, readAgain);
    }

    public override IReadOnlyCollection<Guid> LeaveAll()
    {
        Guid[] left = [.. _waiting.Select(d => d.Delivery.Id)];
        _waiting.Clear();
        _bytes = 0;
        Count = 0;

        // What is under way says at its end whether it is put off; before that there is no telling.
        if (!_underWay) _isPutOff = _hasLeft = false;
        return left;
    }

    public override bool Remove(Guid id)
    {
        for (var node = _waiting.First; node is not null; node = node.Next)
        {
            if (node.Value.Delivery.Id != id) continue;

            // The next one is the front now; whether that is put off shows when more has been read.
            if (node.Previous is null && !_underWay) _isPutOff = false;
            Detach(node);
            return true;
        }

        return false;
    }

    /// <summary>If the front is put off, leaves to the store what would only wait behind it: all but one request's worth, or so many as are to stay.</summary>
    private List<Guid> LeaveBehindFront(DateTimeOffset now, int atLeast)
    {
        _isPutOff = _waiting.First is { } front && front.Value.Delivery.DueAt > now + Patience;
        if (!_isPutOff) return [];
        var kept = Math.Max(atLeast, Math.Max(options?.MaxEvents ?? 1, CountOfFailedBatch()));
        if (Count <= kept) return [];
        List<Guid> left = [.. _waiting.Skip(kept).Select(d => d.Delivery.Id)];
        while (Count > kept) Detach(_waiting.Last!);
        _hasLeft = true;
        return left;
    }

    /// <summary>How many at the front were one batch, which goes again as it was.</summary>
    private int CountOfFailedBatch() =>
        _waiting.First?.Value.Delivery.BatchId is { } batchId ? _waiting.TakeWhile(d => d.Delivery.BatchId == batchId).Count() : 0;

    /// <summary>When so much that goes with the front is due that a limit of size is reached. What follows that does not count: it is not in this batch.</summary>
    private DateTimeOffset FullAt(WebhookDelivery first, BatchingOptions limits)
    {
        if (!BatchBuilder.IsFull(_waiting.Count, _bytes, limits)) return DateTimeOffset.MaxValue;
        var count = 0;
        long bytes = 0;
        var due = first.DueAt;
        foreach (var item in _waiting)
        {
            if (!BatchRows.BelongTogether(first, item.Delivery)) break;
            if (item.Delivery.DueAt > due) due = item.Delivery.DueAt;
            bytes += item.Event.Data.Length;
            if (BatchBuilder.IsFull(++count, bytes, limits)) return due;
        }

        return DateTimeOffset.MaxValue;
    }

    private int CountToTake(DateTimeOffset now)
    {
        if (options is null) return 1;

        // A batch that failed goes again as it was; one that was resent begins anew. What stands at another place of its schedule, or is
        // put off, does not join: of a batch that failed, what has been put off alone since waits at the front then.
        var first = _waiting.First!.Value.Delivery;
        return first.BatchId is not null
            ? _waiting.TakeWhile(d => d.Delivery.BatchId == first.BatchId && d.Delivery.DueAt <= now).Count()
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
