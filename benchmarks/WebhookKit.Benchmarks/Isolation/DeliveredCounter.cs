namespace WebhookKit.Benchmarks.Isolation;

/// <summary>Counts what the healthy endpoints have received, so that publishers do not run ahead of them.</summary>
internal sealed class DeliveredCounter : IWebhookObserver
{
    private static readonly HashSet<string> Healthy = [.. Endpoints.EventTypes[..Endpoints.Healthy]];
    private long _count;

    public long Count => Interlocked.Read(ref _count);

    public void OnAttempt(WebhookSubscription subscription, IReadOnlyList<WebhookDelivery> deliveries, DeliveryAttempt attempt)
    {
        if (attempt.Outcome == AttemptOutcome.Succeeded && Healthy.Contains(deliveries[0].EventType)) Interlocked.Increment(ref _count);
    }
}
