using System.Runtime.InteropServices;

namespace WebhookKit.Storage.InMemory;

/// <summary>The stored events. Guarded by the store's lock.</summary>
/// <param name="maxIdle">How many events that nothing matched are kept.</param>
internal sealed class EventTable(int maxIdle)
{
    private readonly Dictionary<string, TenantEvents> _tenants = new(StringComparer.Ordinal);
    private readonly TenantEvents _noTenant = new(null);

    /// <summary>Events without deliveries, by when they were published; some may have got deliveries since, or be gone.</summary>
    private readonly PriorityQueue<EventRow, (long PublishedTicks, long Sequence)> _idle = new();

    public TenantEvents? FindTenant(string? tenantId) =>
        tenantId is null ? _noTenant : _tenants.GetValueOrDefault(tenantId);

    public EventRow? Find(string? tenantId, string eventId) => FindTenant(tenantId)?.ById.GetValueOrDefault(eventId);

    /// <summary>The events with an id, of whichever tenant.</summary>
    public IEnumerable<EventRow> FindAll(string eventId)
    {
        if (_noTenant.ById.TryGetValue(eventId, out var row))
            yield return row;

        foreach (var tenant in _tenants.Values)
        {
            if (tenant.ById.TryGetValue(eventId, out row))
                yield return row;
        }
    }

    /// <summary>Adds an event; <see langword="false"/> and the one stored first when its tenant and id are known.</summary>
    public bool TryAdd(WebhookEvent webhookEvent, DateTimeOffset publishedAt, long sequence, out EventRow row)
    {
        var tenant = GetOrAddTenant(webhookEvent.TenantId);
        ref var slot = ref CollectionsMarshal.GetValueRefOrAddDefault(tenant.ById, webhookEvent.Id, out var known);
        if (known)
        {
            row = slot!;
            return false;
        }

        slot = row = new EventRow(webhookEvent, tenant, publishedAt, sequence);
        tenant.InOrder.AddLast(row);
        return true;
    }

    /// <summary>Keeps an event that has no delivery, and drops the oldest such event if there are too many.</summary>
    public void KeepIdle(EventRow row)
    {
        _idle.Enqueue(row, (row.PublishedAt.UtcTicks, row.Sequence));
        while (_idle.Count > maxIdle)
        {
            var oldest = _idle.Dequeue();
            if (oldest.Rows.Count == 0)
                Remove(oldest);
        }
    }

    /// <summary>Removes events without deliveries that were published before a time, as many as may go.</summary>
    public void Purge(DateTimeOffset before, ref int left)
    {
        while (left > 0 && _idle.TryPeek(out var oldest, out _) && (oldest.IsGone || oldest.Rows.Count > 0 || oldest.PublishedAt < before))
        {
            _idle.Dequeue();
            if (oldest.IsGone || oldest.Rows.Count > 0)
                continue;
            Remove(oldest);
            left--;
        }
    }

    public void Remove(EventRow row)
    {
        if (row.IsGone)
            return;

        row.IsGone = true;
        var tenant = row.Tenant;
        tenant.ById.Remove(row.Event.Id);
        tenant.InOrder.Remove(row);
        if (tenant.ById.Count == 0 && tenant.TenantId is not null)
            _tenants.Remove(tenant.TenantId);
    }

    private TenantEvents GetOrAddTenant(string? tenantId)
    {
        if (tenantId is null)
            return _noTenant;

        ref var slot = ref CollectionsMarshal.GetValueRefOrAddDefault(_tenants, tenantId, out _);
        return slot ??= new TenantEvents(tenantId);
    }
}
