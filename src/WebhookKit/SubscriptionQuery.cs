namespace WebhookKit;

/// <summary>Which subscriptions to list.</summary>
public sealed record SubscriptionQuery
{
    /// <summary>The tenant whose subscriptions to list; <see langword="null"/> is a tenant too.</summary>
    public string? TenantId { get; init; }

    /// <summary>Lists those of all tenants, whatever <see cref="TenantId"/> says.</summary>
    public bool AllTenants { get; init; }

    /// <summary>Only those with this status.</summary>
    public SubscriptionStatus? Status { get; init; }

    /// <summary>Where to go on: <see cref="Page{T}.Next"/> of the page before.</summary>
    public string? After { get; init; }

    /// <summary>
    /// How many to pass over first, for pages with numbers: they are counted in memory, not in the database. 0 or more; 0 together with
    /// <see cref="After"/>. Default: 0.
    /// </summary>
    public int Skip { get; init; }

    /// <summary>The most items in the page, 1 to 1,000. Default: 50.</summary>
    public int Limit { get; init; } = 50;
}
