namespace WebhookKit.Dispatching;

/// <summary>Lets a new lane learn from the store since when its endpoint is failing.</summary>
internal sealed class HealthReader(ISubscriptionStore subscriptions)
{
    public async ValueTask EnsureKnownAsync(Lane lane, string subscriptionId, CancellationToken cancellationToken)
    {
        if (lane.Health.IsKnown) return;
        lane.Health.LearnFirst((await subscriptions.GetSubscriptionAsync(subscriptionId, cancellationToken))?.FailingSince);
    }
}
