namespace WebhookKit.Dispatching;

/// <summary>Knows since when endpoints are failing: from the lane, or, for a new lane, from the store.</summary>
internal sealed class HealthReader(ISubscriptionStore subscriptions)
{
    public async ValueTask<DateTimeOffset?> ReadAsync(Lane lane, string subscriptionId, CancellationToken cancellationToken)
    {
        var (known, failingSince) = lane.Health.Read();
        if (known) return failingSince;
        failingSince = (await subscriptions.GetSubscriptionAsync(subscriptionId, cancellationToken))?.FailingSince;
        lane.Health.Learn(failingSince);
        return failingSince;
    }
}
