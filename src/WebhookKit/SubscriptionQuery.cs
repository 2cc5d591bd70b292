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

    /// <summary>The most items in the page, 1 to 1,000. Default: 50.</summary>
    public int Limit { get; init; } = 50;
}
