namespace WebhookKit;

/// <summary>What has changed among subscriptions since a change number.</summary>
/// <param name="Version">The latest change number: pass it the next time.</param>
/// <param name="Changed">The subscriptions that are new or have changed, as they are now.</param>
/// <param name="Deleted">The ids of those that are gone. May name ids that the reader never knew. Empty when <see cref="IsWhole"/>.</param>
public sealed record SubscriptionChanges(long Version, IReadOnlyList<WebhookSubscription> Changed, IReadOnlyList<string> Deleted)
{
    /// <summary>
    /// Whether <see cref="Changed"/> is all that there is: what the reader knows beside it is gone. So it is for change number 0, and for one
    /// that is so old that the store no longer knows what has been deleted since.
    /// </summary>
    public bool IsWhole { get; init; }
}
