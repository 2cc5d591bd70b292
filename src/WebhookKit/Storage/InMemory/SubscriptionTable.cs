namespace WebhookKit.Storage.InMemory;

/// <summary>The subscriptions and their change numbers. Guarded by the store's lock.</summary>
/// <remarks>
/// Of a deleted subscription one small row stays, so that a node that was away for a while still hears of it. It is used again when
/// the id is. Only so many are kept: who was away for longer reads everything anew.
/// </remarks>
internal sealed class SubscriptionTable(int maxDeleted)
{
    private readonly Dictionary<string, SubscriptionRow> _rows = new(StringComparer.Ordinal);
    private readonly SubscriptionIds _ids = new();

    /// <summary>The latest change number of each tenant that has subscriptions, or had some that are not forgotten yet.</summary>
    private readonly Dictionary<TenantKey, long> _versions = [];

    /// <summary>The deleted ones, oldest first; some may have been made again since.</summary>
    private readonly Queue<(SubscriptionRow Row, long DeletedAs)> _deleted = new();

    private IntrusiveList<SubscriptionRow, SubscriptionRow.ChangeLinks> _changes;

    /// <summary>The change number up to which it is no longer known what was deleted.</summary>
    private long _forgottenUpTo;

    /// <summary>The latest change number.</summary>
    public long Version { get; private set; }

    public WebhookSubscription? Find(string id) => _rows.GetValueOrDefault(id)?.Current;

    /// <summary>Whether a subscription of a tenant has changed since a change number, or may have.</summary>
    public bool HasChanged(string? tenantId, long since) => since < Version && (since < _forgottenUpTo || _versions.GetValueOrDefault(new(tenantId)) > since);

    public SubscriptionChanges ReadChanges(long since)
    {
        var isWhole = since == 0 || since < _forgottenUpTo;
        if (isWhole)
            since = 0;

        var changed = new List<WebhookSubscription>();
        var deleted = new List<string>();
        for (var row = _changes.Last; row is not null && row.ChangedAs > since; row = row.PreviousChange)
        {
            if (row.Current is { } subscription)
                changed.Add(subscription);
            else if (!isWhole)
                deleted.Add(row.Id);
        }

        changed.Reverse();
        deleted.Reverse();
        return new SubscriptionChanges(Version, changed, deleted) { IsWhole = isWhole };
    }

    public List<FailingEndpoint> ListFailing()
    {
        var failing = new List<FailingEndpoint>();
        foreach (var (id, row) in _rows)
        {
            if (row.Current is { FailingSince: { } since, Version: var version })
                failing.Add(new FailingEndpoint(id, since, version));
        }

        return failing;
    }

    public IEnumerable<string> ListIds(string? tenantId) => _ids.OfTenantAfter(tenantId, null);

    public Page<WebhookSubscription> List(SubscriptionQuery query)
    {
        var items = new List<WebhookSubscription>();
        var ids = query.AllTenants ? _ids.AllAfter(query.After) : _ids.OfTenantAfter(query.TenantId, query.After);
        foreach (var id in ids)
        {
            var subscription = _rows[id].Current!;
            if ((query.Status is { } status && subscription.Status != status) || !query.IsFound(subscription.Name, subscription.Url.OriginalString))
                continue;
            if (items.Count == query.Limit)
                return new Page<WebhookSubscription>(items, items[^1].Id);
            items.Add(subscription);
        }

        return new Page<WebhookSubscription>(items, null);
    }

    public WebhookSubscription? Add(WebhookSubscription subscription)
    {
        if (!_rows.TryGetValue(subscription.Id, out var row))
        {
            row = new SubscriptionRow(subscription.Id);
            _rows.Add(row.Id, row);
        }
        else if (row.Current is not null)
        {
            return null;
        }
        else
        {
            _changes.Remove(row);
        }

        _ids.Add(subscription.TenantId, subscription.Id);
        row.Tenant = new(subscription.TenantId);
        return Append(row, subscription);
    }

    public WebhookSubscription? Update(WebhookSubscription subscription)
    {
        if (!_rows.TryGetValue(subscription.Id, out var row) || row.Current is not { } current || current.Version != subscription.Version)
            return null;

        var startsAfresh = subscription.Url != current.Url
            || (subscription.Status == SubscriptionStatus.Enabled && current.Status != SubscriptionStatus.Enabled);
        _changes.Remove(row);
        return Append(row, subscription with { TenantId = current.TenantId, FailingSince = startsAfresh ? null : current.FailingSince });
    }

    public bool Delete(string id)
    {
        if (!_rows.TryGetValue(id, out var row) || row.Current is not { } current)
            return false;

        _ids.Remove(current.TenantId, id);
        _changes.Remove(row);
        Append(row, null);
        _deleted.Enqueue((row, Version));
        while (_deleted.Count > maxDeleted)
            ForgetOldest();
        return true;
    }

    /// <summary>Stores an endpoint's health. Only being disabled is a change that other nodes must hear of.</summary>
    public void ApplyHealth(string id, HealthChange health)
    {
        if (!_rows.TryGetValue(id, out var row) || row.Current is not { } current || (health.Url is { } url && url != current.Url))
            return;

        if (health.DisableReason is null || current.Status == SubscriptionStatus.Disabled)
        {
            if (current.FailingSince != health.FailingSince)
                row.Current = current with { FailingSince = health.FailingSince };
            return;
        }

        _changes.Remove(row);
        Append(row, current with
        {
            FailingSince = health.FailingSince,
            Status = SubscriptionStatus.Disabled,
            StatusReason = health.DisableReason,
            StatusChangedAt = health.At,
            UpdatedAt = health.At,
        });
    }

    private void ForgetOldest()
    {
        var (row, deletedAs) = _deleted.Dequeue();
        if (row.ChangedAs != deletedAs)
            return;

        _rows.Remove(row.Id);
        _changes.Remove(row);
        _forgottenUpTo = deletedAs;
        if (_versions[row.Tenant] == deletedAs)
            _versions.Remove(row.Tenant);
    }

    private WebhookSubscription? Append(SubscriptionRow row, WebhookSubscription? next)
    {
        row.ChangedAs = _versions[row.Tenant] = ++Version;
        row.Current = next is null ? null : next with { Version = Version };
        _changes.AddLast(row);
        return row.Current;
    }
}
