namespace WebhookKit.Benchmarks.Throughput;

/// <summary>Counts the deliveries that are settled.</summary>
internal sealed class SettledCounter : IWebhookObserver
{
    private long _count;

    public long Count => Interlocked.Read(ref _count);

    public void OnAttempt(WebhookSubscription subscription, IReadOnlyList<WebhookDelivery> deliveries, DeliveryAttempt attempt)
    {
        if (attempt.Outcome == AttemptOutcome.Succeeded) Interlocked.Add(ref _count, deliveries.Count);
    }
}
