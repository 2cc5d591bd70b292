namespace WebhookKit.Storage.InMemory;

/// <summary>The ids of the subscriptions in ordinal order: all of them, and those of each tenant. Guarded by the store's lock.</summary>
internal sealed class SubscriptionIds
{
    private readonly SortedSet<string> _all = new(StringComparer.Ordinal);
    private readonly SortedSet<string> _ofNoTenant = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SortedSet<string>> _ofTenants = new(StringComparer.Ordinal);

    public void Add(string? tenantId, string id)
    {
        _all.Add(id);
        if (Find(tenantId) is not { } ids)
            _ofTenants.Add(tenantId!, ids = new SortedSet<string>(StringComparer.Ordinal));
        ids.Add(id);
    }

    public void Remove(string? tenantId, string id)
    {
        _all.Remove(id);
        var ids = Find(tenantId)!;
        ids.Remove(id);
        if (ids.Count == 0 && tenantId is not null)
            _ofTenants.Remove(tenantId);
    }

    public IEnumerable<string> AllAfter(string? after) => After(_all, after);

    public IEnumerable<string> OfTenantAfter(string? tenantId, string? after) => Find(tenantId) is { } ids ? After(ids, after) : [];

    private static IEnumerable<string> After(SortedSet<string> ids, string? after)
    {
        if (ids.Max is not { } last)
            return [];
        if (after is null)
            return ids;
        if (string.CompareOrdinal(after, last) >= 0)
            return [];

        // The view begins with the id itself if that is still there.
        return ids.GetViewBetween(after, last).SkipWhile(id => id == after);
    }

    private SortedSet<string>? Find(string? tenantId) =>
        tenantId is null ? _ofNoTenant : _ofTenants.GetValueOrDefault(tenantId);
}
