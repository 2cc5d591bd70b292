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

    /// <summary>
    /// Only those that have this text somewhere in their name or URL, whatever the case of its letters (beyond ASCII, as far as the store knows
    /// letters). <see langword="null"/> or empty lets all pass.
    /// </summary>
    public string? Search { get; init; }

    /// <summary>Where to go on: <see cref="Page{T}.Next"/> of the page before.</summary>
    public string? After { get; init; }

    /// <summary>
    /// How many to pass over first, for pages with numbers: they are counted in memory, not in the database. 0 or more; 0 together with
    /// <see cref="After"/>. Default: 0.
    /// </summary>
    public int Skip { get; init; }

    /// <summary>The most items in the page, 1 to 1,000. Default: 50.</summary>
    public int Limit { get; init; } = 50;

    /// <summary>Whether a subscription has what is searched for, for stores that look by themselves.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="url">Its URL as it was given.</param>
    /// <returns>Whether it has, or nothing is searched for.</returns>
    public bool IsFound(string? name, string url)
    {
        ArgumentNullException.ThrowIfNull(url);
        return string.IsNullOrEmpty(Search)
            || url.Contains(Search, StringComparison.OrdinalIgnoreCase)
            || name?.Contains(Search, StringComparison.OrdinalIgnoreCase) == true;
    }
}
