namespace WebhookKit.Storage.InMemory;

/// <summary>The stored events of one tenant, by id and as stored. Changed by the <see cref="EventTable"/> alone.</summary>
internal sealed class TenantEvents(string? tenantId)
{
    public IntrusiveList<EventRow, EventRow.TenantLinks> InOrder;

    public string? TenantId { get; } = tenantId;

    public Dictionary<string, EventRow> ById { get; } = new(StringComparer.Ordinal);
}
