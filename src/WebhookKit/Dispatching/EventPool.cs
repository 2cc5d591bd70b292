using System.Runtime.InteropServices;

namespace WebhookKit.Dispatching;

/// <summary>
/// Lets the deliveries of one event share it, whichever reads have brought them: its data is in memory once. Holds nothing itself: an event is here
/// for as long as somebody has it. Safe for many threads.
/// </summary>
internal sealed class EventPool
{
    private const int LeastLimit = 1024;

    private readonly Lock _gate = new();
    private readonly Dictionary<(string? TenantId, string Id), WeakReference<WebhookEvent>> _events = [];

    /// <summary>At so many entries those are dropped whose events are gone.</summary>
    private int _limit = LeastLimit;

    /// <summary>The event that is in memory already, if it is the same; else this one, from now on.</summary>
    public WebhookEvent Share(WebhookEvent webhookEvent)
    {
        lock (_gate)
        {
            ref var known = ref CollectionsMarshal.GetValueRefOrAddDefault(_events, (webhookEvent.TenantId, webhookEvent.Id), out _);
            if (known is null)
            {
                known = new WeakReference<WebhookEvent>(webhookEvent);
                if (_events.Count >= _limit) DropGoneNeedsLock();
                return webhookEvent;
            }

            if (known.TryGetTarget(out var shared) && IsSame(shared, webhookEvent)) return shared;
            known.SetTarget(webhookEvent);
            return webhookEvent;
        }
    }

    /// <summary>The same rows with events that are shared.</summary>
    public IReadOnlyList<PendingDelivery> Share(IReadOnlyList<PendingDelivery> rows)
    {
        PendingDelivery[]? changed = null;
        for (var i = 0; i < rows.Count; i++)
        {
            var row = rows[i];
            var shared = Share(row.Event);
            if (ReferenceEquals(shared, row.Event)) continue;
            changed ??= [.. rows];
            changed[i] = row with { Event = shared };
        }

        return changed ?? rows;
    }

    /// <summary>An id that is free again, once its event is purged, may be given to another.</summary>
    private static bool IsSame(WebhookEvent a, WebhookEvent b) =>
        ReferenceEquals(a, b)
        || (a.Type == b.Type && a.OccurredAt.EqualsExact(b.OccurredAt) && a.ContentType == b.ContentType && a.OrderingKey == b.OrderingKey
            && a.TraceParent == b.TraceParent && a.Data.Span.SequenceEqual(b.Data.Span) && a.Attributes.SequenceEqual(b.Attributes));

    private void DropGoneNeedsLock()
    {
        foreach (var (key, known) in _events)
        {
            if (!known.TryGetTarget(out _)) _events.Remove(key);
        }

        _limit = Math.Max(LeastLimit, 2 * _events.Count);
    }
}
