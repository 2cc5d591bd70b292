using System.Diagnostics.CodeAnalysis;

namespace WebhookKit.Dispatching;

/// <summary>No order: everything in here is due and may go. What fails waits in the store, not here.</summary>
internal sealed class FreeBuffer : LaneBuffer
{
    private Queue<PendingDelivery> _due = new();

    public override bool InSequence => false;

    public override DateTimeOffset ReadyAt => Count > 0 ? DateTimeOffset.MinValue : DateTimeOffset.MaxValue;

    public override bool TryAdd(in PendingDelivery delivery)
    {
        _due.Enqueue(delivery);
        Count = _due.Count;
        return true;
    }

    public override bool TryTake(DateTimeOffset now, [NotNullWhen(true)] out PendingDelivery[]? taken)
    {
        taken = _due.TryDequeue(out var next) ? [next] : null;
        Count = _due.Count;
        return taken is not null;
    }

    public override BufferChange Ended(PendingDelivery[] taken, IReadOnlyList<WebhookDelivery> next, DateTimeOffset now) => BufferChange.None;

    public override IReadOnlyCollection<Guid> LeaveAll()
    {
        Guid[] left = [.. _due.Select(d => d.Delivery.Id)];
        _due.Clear();
        Count = 0;
        return left;
    }

    public override bool Remove(Guid id)
    {
        _due = new Queue<PendingDelivery>(_due.Where(d => d.Delivery.Id != id));
        var removed = Count != _due.Count;
        Count = _due.Count;
        return removed;
    }
}
