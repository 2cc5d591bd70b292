namespace WebhookKit;

/// <summary>Of which subscriptions to show the totals.</summary>
public sealed record SubscriptionStatisticsQuery
{
    /// <summary>The tenant; <see langword="null"/> is one too.</summary>
    public string? TenantId { get; init; }

    /// <summary>Only these, 1,000 at most; <see langword="null"/> for all that the tenant has now.</summary>
    public IReadOnlyCollection<string>? SubscriptionIds { get; init; }

    /// <summary>Where to begin, rounded down to a full hour; to midnight UTC where the range is longer than 48 hours.</summary>
    public required DateTimeOffset From { get; init; }

    /// <summary>Where to end, rounded up likewise; after <see cref="From"/> and at most 366 days later.</summary>
    public required DateTimeOffset To { get; init; }
}
