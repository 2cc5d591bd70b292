using System.Runtime.InteropServices;

namespace WebhookKit.Storage.InMemory;

/// <summary>All deliveries that are kept: pending ones in their lanes, finished ones in the history. Guarded by the store's lock.</summary>
internal sealed class DeliveryTable(LaneTable lanes, EventTable events, int maxSucceeded, int maxFailed, int maxAttempts)
{
    private readonly Dictionary<Guid, DeliveryRow> _rows = [];
    private IntrusiveList<DeliveryRow, DeliveryRow.AllLinks> _all;
    private IntrusiveList<DeliveryRow, DeliveryRow.DueLinks> _succeeded;
    private IntrusiveList<DeliveryRow, DeliveryRow.DueLinks> _failed;

    /// <summary>The newest delivery as stored: <see cref="DeliveryRow.PreviousOfAll"/> goes on to the older ones.</summary>
    public DeliveryRow? Newest => _all.Last;

    /// <summary>The kept delivery that succeeded first: <see cref="DeliveryRow.NextDue"/> goes on to the later ones.</summary>
    public DeliveryRow? FirstSucceeded => _succeeded.First;

    /// <summary>The same of those that ended without success.</summary>
    public DeliveryRow? FirstFailed => _failed.First;

    public DeliveryRow? Find(Guid id) => _rows.GetValueOrDefault(id);

    /// <summary>Adds a delivery, newer than all others; <see langword="false"/> when its id is taken.</summary>
    public bool TryAdd(WebhookDelivery delivery, EventRow ofEvent, long sequence)
    {
        ref var slot = ref CollectionsMarshal.GetValueRefOrAddDefault(_rows, delivery.Id, out var taken);
        if (taken)
            return false;

        var row = slot = new DeliveryRow(delivery, ofEvent, sequence);
        _all.AddLast(row);
        ofEvent.Rows.AddLast(row);
        if (row.IsPending)
            lanes.AddFresh(row);
        else
            HistoryOf(row).AddLast(row);
        return true;
    }

    /// <summary>Takes back the deliveries stored after a point, newest first, as if they had never been there.</summary>
    public void UndoAfter(long sequence)
    {
        while (_all.Last is { } row && row.Sequence > sequence)
        {
            if (row.IsPending)
                lanes.Remove(row);
            else
                HistoryOf(row).Remove(row);
            RemoveFromAll(row);
        }
    }

    /// <summary>Stores the next state of a pending delivery, and the attempt that led there.</summary>
    public void Change(DeliveryRow row, WebhookDelivery next, DeliveryAttempt? attempt)
    {
        row.Delivery = next;
        if (attempt is not null)
            row.AddAttempt(attempt, maxAttempts);

        if (!row.IsPending)
        {
            lanes.Remove(row);
            HistoryOf(row).AddLast(row);
            TrimHistory();
        }
        else if (next.DueAt.UtcTicks != row.DueTicks)
        {
            lanes.Move(row);
        }
    }

    /// <summary>Makes a finished delivery pending.</summary>
    public void Reopen(DeliveryRow row, WebhookDelivery next, DeliveryRow? storedBefore = null)
    {
        HistoryOf(row).Remove(row);
        row.Delivery = next;
        lanes.AddAgain(row, storedBefore);
    }

    /// <summary>Drops what finished first, as far as there is too much of its kind. Adding leaves this to its caller, since it cannot be undone.</summary>
    public void TrimHistory()
    {
        while (_succeeded.Count > maxSucceeded)
            Drop(_succeeded.First!);
        while (_failed.Count > maxFailed)
            Drop(_failed.First!);
    }

    /// <summary>Removes what is older than a query says, as much as it allows.</summary>
    /// <returns>How many deliveries, attempts and events were removed.</returns>
    public int Purge(PurgeQuery query)
    {
        var left = query.Limit;
        PurgeFinished(_succeeded.First, query.SucceededBefore, ref left);
        PurgeFinished(_failed.First, query.FailedBefore, ref left);
        for (var row = _all.First; row is not null && left > 0 && row.Delivery.CreatedAt < query.AttemptsBefore; row = row.NextOfAll)
            left -= row.RemoveAttempts(query.AttemptsBefore, left);
        events.Purge(query.EventsBefore, ref left);
        return query.Limit - left;
    }

    /// <summary>Removes a finished delivery. Its event stays until it is purged, or until there are too many without deliveries.</summary>
    public void Remove(DeliveryRow row)
    {
        HistoryOf(row).Remove(row);
        RemoveFromAll(row);
        row.Event.Forget(row.Delivery.SubscriptionId);
        if (row.Event.Rows.Count == 0)
            events.KeepIdle(row.Event);
    }

    private ref IntrusiveList<DeliveryRow, DeliveryRow.DueLinks> HistoryOf(DeliveryRow finished)
    {
        if (finished.Delivery.Status == DeliveryStatus.Succeeded)
            return ref _succeeded;
        return ref _failed;
    }

    private void Drop(DeliveryRow row)
    {
        HistoryOf(row).Remove(row);
        RemoveFromAll(row);
        if (row.Event.Rows.Count == 0)
            events.Remove(row.Event);
        else
            row.Event.Forget(row.Delivery.SubscriptionId);
    }

    private void PurgeFinished(DeliveryRow? first, DateTimeOffset before, ref int left)
    {
        // They stand in the order in which they finished.
        for (var row = first; row is not null && left > 0 && row.Delivery.CompletedAt < before; left--)
        {
            var next = row.NextDue;
            Remove(row);
            row = next;
        }
    }

    private void RemoveFromAll(DeliveryRow row)
    {
        _rows.Remove(row.Delivery.Id);
        _all.Remove(row);
        row.Event.Rows.Remove(row);
    }
}
