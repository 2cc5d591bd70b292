namespace WebhookKit;

/// <summary>Which statistics to show, and in which steps.</summary>
public sealed record StatisticsQuery
{
    /// <summary>The tenant; <see langword="null"/> is one too.</summary>
    public string? TenantId { get; init; }

    /// <summary>Only those of this subscription; <see langword="null"/> for all of the tenant together.</summary>
    public string? SubscriptionId { get; init; }

    /// <summary>Where to begin; the step that this time lies in is the first.</summary>
    public required DateTimeOffset From { get; init; }

    /// <summary>Where to end, after <see cref="From"/> and at most 366 days later; the step that this time ends, or lies in, is the last.</summary>
    public required DateTimeOffset To { get; init; }

    /// <summary>
    /// How long a step is: a multiple of 5 minutes, such that there are at most 1,000 steps. Steps of hours begin with a full hour, those of days
    /// at midnight UTC. Default: 1 hour.
    /// </summary>
    public TimeSpan Step { get; init; } = TimeSpan.FromHours(1);
}
