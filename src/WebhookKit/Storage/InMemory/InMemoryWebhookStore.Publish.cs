using System.Data.Common;

namespace WebhookKit.Storage.InMemory;

internal sealed partial class InMemoryWebhookStore
{
    public ValueTask<IReadOnlyList<EventWriteResult>> PublishAsync(IReadOnlyList<EventWrite> writes, DbTransaction? transaction, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (transaction is not null)
        {
            throw new WebhookConflictException(
                "The in-memory store has no database, so it cannot join a transaction: leave PublishOptions.Transaction out, or use a store of the transaction's database (UseSqlite, UsePostgreSql).");
        }

        var results = new EventWriteResult[writes.Count];
        lock (_lock)
        {
            CheckRoomNeedsLock(writes);
            var before = _sequence;
            for (var i = 0; i < results.Length; i++)
            {
                if (PublishNeedsLock(writes[i]) is { } result)
                {
                    results[i] = result;
                    continue;
                }

                UndoNeedsLock(writes, i, before);
                throw new ArgumentException($"Event '{writes[i].Event.Id}' has a delivery whose id is taken; nothing was stored. Give each delivery an id of its own.", nameof(writes));
            }

            TrimNeedsLock(writes, results);
        }

        return new(results);
    }

    private bool IsStaleNeedsLock(EventWrite write) =>
        write.SubscriptionVersion is { } version
        && (write.AllTenants ? version < _subscriptions.Version : _subscriptions.HasChanged(write.Event.TenantId, version));

    private EventWriteResult? PublishNeedsLock(EventWrite write)
    {
        if (IsStaleNeedsLock(write))
        {
            // A duplicate stays one, whatever it is matched against: it need not be matched again to be told so.
            return _events.Find(write.Event.TenantId, write.Event.Id) is { } known
                ? new EventWriteResult(EventWriteStatus.Duplicate, known.DeliveriesAtFirst)
                : new EventWriteResult(EventWriteStatus.Stale, 0);
        }

        var deliveries = write.Deliveries;
        if (!_events.TryAdd(write.Event, write.PublishedAt, _sequence + 1, out var row))
            return new EventWriteResult(EventWriteStatus.Duplicate, row.DeliveriesAtFirst);

        _sequence++;
        row.DeliveriesAtFirst = deliveries.Count;
        row.IsAddressed = write.IsAddressed;
        for (var i = 0; i < deliveries.Count; i++)
        {
            if (!_deliveries.TryAdd(deliveries[i], row, ++_sequence))
                return null;
        }

        return new EventWriteResult(EventWriteStatus.Stored, deliveries.Count);
    }

    /// <summary>Makes room as the limits say: only now, since what is dropped cannot be taken back.</summary>
    private void TrimNeedsLock(IReadOnlyList<EventWrite> writes, EventWriteResult[] results)
    {
        for (var i = 0; i < results.Length; i++)
        {
            if (results[i] is { Status: EventWriteStatus.Stored, Deliveries: 0 } && _events.Find(writes[i].Event.TenantId, writes[i].Event.Id) is { } row)
                _events.KeepIdle(row);
        }

        _deliveries.TrimHistory();
    }

    /// <summary>Takes back what the call has stored so far. It is all newer than what was there before.</summary>
    private void UndoNeedsLock(IReadOnlyList<EventWrite> writes, int last, long before)
    {
        _deliveries.UndoAfter(before);
        for (var i = 0; i <= last; i++)
        {
            var stored = writes[i].Event;
            if (_events.Find(stored.TenantId, stored.Id) is { } row && row.Sequence > before)
                _events.Remove(row);
        }
    }

    private void CheckRoomNeedsLock(IReadOnlyList<EventWrite> writes)
    {
        var added = 0L;
        for (var i = 0; i < writes.Count; i++)
            added += writes[i].Deliveries.Count;
        if (added <= _maxPending - _lanes.Pending)
            return;

        // Nearly full: duplicates and stale events take no room, so that a repeated call gets its answer.
        added = 0;
        var seen = new HashSet<(string? TenantId, string Id)>();
        for (var i = 0; i < writes.Count; i++)
        {
            var key = (writes[i].Event.TenantId, writes[i].Event.Id);
            if (!IsStaleNeedsLock(writes[i]) && _events.Find(key.TenantId, key.Id) is null && seen.Add(key))
                added += writes[i].Deliveries.Count;
        }

        CheckRoomNeedsLock(added);
    }

    private void CheckRoomNeedsLock(long added)
    {
        if (added > Math.Max(0, _maxPending - _lanes.Pending))
        {
            throw new WebhookConflictException(
                $"The in-memory store is full: {_lanes.Pending} deliveries are pending, {added} more would exceed InMemoryStoreOptions.MaxPending ({_maxPending}). Nothing was stored. Publish again later, raise the limit, or use a durable store (UseSqlite, UsePostgreSql).");
        }
    }
}
