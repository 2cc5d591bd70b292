namespace WebhookKit;

/// <summary>A change of an endpoint's health, stored with the settlement that brought it.</summary>
/// <param name="FailingSince">Since when nothing has succeeded; <see langword="null"/> when the endpoint is healthy again.</param>
/// <param name="DisableReason">
/// Why the subscription becomes <see cref="SubscriptionStatus.Disabled"/> now, in words; <see langword="null"/> leaves it as it is.
/// A subscription that is disabled already keeps its reason.
/// </param>
/// <param name="At">The time of the change.</param>
public sealed record HealthChange(DateTimeOffset? FailingSince, string? DisableReason, DateTimeOffset At)
{
    /// <summary>
    /// Where the endpoint was to which this happened: a subscription that has another <see cref="WebhookSubscription.Url"/> by now is left as it is.
    /// Compared as <see cref="Uri"/> compares. <see langword="null"/> (the default) means wherever it is.
    /// </summary>
    public Uri? Url { get; init; }
}
