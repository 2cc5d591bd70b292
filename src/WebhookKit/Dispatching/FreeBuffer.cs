using System.Diagnostics.CodeAnalysis;

namespace WebhookKit.Dispatching;

/// <summary>No order: everything in here is due and may go. What fails waits in the store, not here.</summary>
internal sealed class FreeBuffer : LaneBuffer
{
    /// <summary><see langword="null"/> until there is something.</summary>
    private Queue<PendingDelivery>? _due;

    public override bool InSequence => false;

    public override DateTimeOffset ReadyAt => Count > 0 ? DateTimeOffset.MinValue : DateTimeOffset.MaxValue;

    public override bool TryAdd(in PendingDelivery delivery)
    {
        (_due ??= new()).Enqueue(delivery);
        Count++;
        return true;
    }

    public override bool TryTake(DateTimeOffset now, [NotNullWhen(true)] out PendingDelivery[]? taken)
    {
        taken = null;
        if (Count == 0) return false;
        taken = [_due!.Dequeue()];
        Count--;
        Trim();
        return true;
    }

    public override BufferChange Ended(PendingDelivery[] taken, IReadOnlyList<WebhookDelivery> next, DateTimeOffset now) => BufferChange.None;

    public override IReadOnlyCollection<Guid> LeaveAll()
    {
        Guid[] left = [.. (_due ?? []).Select(d => d.Delivery.Id)];
        _due = null;
        Count = 0;
        return left;
    }

    public override bool Remove(Guid id)
    {
        if (_due is null) return false;
        _due = new Queue<PendingDelivery>(_due.Where(d => d.Delivery.Id != id));
        var removed = Count != _due.Count;
        Count = _due.Count;
        return removed;
    }

    /// <summary>What has grown is given back once it is empty.</summary>
    private void Trim()
    {
        if (Count == 0 && _due!.Capacity > SmallCapacity) _due = null;
    }
}
