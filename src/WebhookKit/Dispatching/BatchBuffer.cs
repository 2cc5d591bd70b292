using System.Diagnostics.CodeAnalysis;

namespace WebhookKit.Dispatching;

/// <summary>Batches without order: new deliveries gather; batches that failed come back whole and go first.</summary>
internal sealed class BatchBuffer(BatchingOptions options) : LaneBuffer
{
    private readonly Queue<PendingDelivery[]> _retries = new();
    private Queue<PendingDelivery> _gathered = new();
    private long _gatheredBytes;

    public override bool InSequence => false;

    public override DateTimeOffset ReadyAt
    {
        get
        {
            if (_retries.Count > 0) return DateTimeOffset.MinValue;
            return _gathered.TryPeek(out var oldest)
                ? BatchBuilder.ReadyAt(_gathered.Count, _gatheredBytes, oldest.Delivery.CreatedAt, options)
                : DateTimeOffset.MaxValue;
        }
    }

    /// <summary>A batch that is still gathering must not wait for room.</summary>
    public override bool HasRoom(int ofCapacity) => Count < Math.Max(options.MaxEvents, ofCapacity / 4);

    public override bool TryAdd(in PendingDelivery delivery)
    {
        _gathered.Enqueue(delivery);
        _gatheredBytes += delivery.Event.Data.Length;
        Count++;
        return true;
    }

    public override void AddRead(List<PendingDelivery> deliveries, DateTimeOffset now)
    {
        foreach (var group in deliveries.GroupBy(d => (d.Delivery.BatchId, d.Delivery.ScheduleAttempts)))
        {
            if (group.Key is (null, 0))
            {
                foreach (var delivery in group) TryAdd(delivery);
                continue;
            }

            // A batch that failed goes again as it was. What failed alone, before the subscription batched, makes batches of its own.
            PendingDelivery[] rest = [.. group];
            while (rest.Length > 0)
            {
                var retry = group.Key.BatchId is null ? rest[..BatchBuilder.CountToTake(rest, options)] : rest;
                _retries.Enqueue(retry);
                Count += retry.Length;
                rest = rest[retry.Length..];
            }
        }
    }

    public override bool TryTake(DateTimeOffset now, [NotNullWhen(true)] out PendingDelivery[]? taken)
    {
        if (!_retries.TryDequeue(out taken) && ReadyAt <= now)
        {
            taken = new PendingDelivery[BatchBuilder.CountToTake(_gathered, options)];
            for (var i = 0; i < taken.Length; i++)
            {
                taken[i] = _gathered.Dequeue();
                _gatheredBytes -= taken[i].Event.Data.Length;
            }
        }

        // The order of reads changes with due times; that of ids never does, so that a retry carries the same bytes.
        if (taken is { Length: > 1 }) Array.Sort(taken, static (a, b) => a.Delivery.Id.CompareTo(b.Delivery.Id));
        Count -= taken?.Length ?? 0;
        if (Count == 0 && _gathered.Capacity > SmallCapacity) _gathered = new();
        return taken is not null;
    }

    public override BufferChange Ended(PendingDelivery[] taken, IReadOnlyList<WebhookDelivery> next, DateTimeOffset now) => BufferChange.None;

    public override IReadOnlyCollection<Guid> LeaveAll()
    {
        Guid[] left = [.. _retries.SelectMany(batch => batch).Concat(_gathered).Select(d => d.Delivery.Id)];
        _retries.Clear();
        _gathered = new();
        _gatheredBytes = 0;
        Count = 0;
        return left;
    }

    public override bool Remove(Guid id)
    {
        var before = Count;
        _gathered = new Queue<PendingDelivery>(_gathered.Where(d => d.Delivery.Id != id));
        _gatheredBytes = _gathered.Sum(d => (long)d.Event.Data.Length);
        PendingDelivery[][] retries = [.. _retries.Select(batch => batch.Where(d => d.Delivery.Id != id).ToArray()).Where(batch => batch.Length > 0)];
        _retries.Clear();
        foreach (var batch in retries) _retries.Enqueue(batch);
        Count = _gathered.Count + retries.Sum(batch => batch.Length);
        return Count != before;
    }
}
