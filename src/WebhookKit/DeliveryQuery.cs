namespace WebhookKit;

/// <summary>Which deliveries to list; conditions that are left out let all pass.</summary>
public sealed record DeliveryQuery
{
    /// <summary>The tenant whose deliveries to list; <see langword="null"/> is a tenant too.</summary>
    public string? TenantId { get; init; }

    /// <summary>Lists those of all tenants, whatever <see cref="TenantId"/> says.</summary>
    public bool AllTenants { get; init; }

    /// <summary>Only those of this subscription.</summary>
    public string? SubscriptionId { get; init; }

    /// <summary>Only those of the event with this id.</summary>
    public string? EventId { get; init; }

    /// <summary>
    /// Only those of events of this type, no pattern. No index has them by type: a page may be short or empty where few of the deliveries that were
    /// looked at are of it.
    /// </summary>
    public string? EventType { get; init; }

    /// <summary>Only those with this status.</summary>
    public DeliveryStatus? Status { get; init; }

    /// <summary>Only those published at this time or later.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Only those published before this time.</summary>
    public DateTimeOffset? To { get; init; }

    /// <summary>Where to go on: <see cref="Page{T}.Next"/> of the page before.</summary>
    public string? After { get; init; }

    /// <summary>The most items in the page, 1 to 1,000. Default: 50.</summary>
    public int Limit { get; init; } = 50;
}
