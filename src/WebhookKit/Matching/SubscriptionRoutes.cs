namespace WebhookKit.Matching;

/// <summary>Where in the index a subscription stands.</summary>
internal static class SubscriptionRoutes
{
    /// <summary>
    /// The keys of a subscription's patterns, without those that another of its patterns covers. The patterns that match one type
    /// are prefixes of each other, so the shortest covers the rest: what remains matches any type at most once, and the index
    /// need not look for doubles. A disabled subscription stands nowhere; a malformed pattern (refused when a subscription is
    /// saved, so only a store could bring one) matches nothing.
    /// </summary>
    public static IReadOnlyList<RouteKey> Of(SubscriptionModel model)
    {
        var subscription = model.Subscription;
        if (subscription.Status is SubscriptionStatus.Disabled) return [];
        var keys = new HashSet<RouteKey>();
        foreach (var text in subscription.EventTypes)
        {
            if (EventTypePattern.TryParse(text, out var pattern)) keys.Add(new RouteKey(subscription.TenantId, text, pattern.KeyLength));
        }

        return keys.Count == 1 ? [keys.First()] : [.. keys.Where(key => !key.IsCoveredBy(keys))];
    }
}
