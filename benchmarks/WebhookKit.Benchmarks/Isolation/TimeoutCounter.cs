namespace WebhookKit.Benchmarks.Isolation;

/// <summary>Counts the attempts that ran into the deadline.</summary>
internal sealed class TimeoutCounter : IWebhookObserver
{
    private long _count;

    public long Count => Interlocked.Read(ref _count);

    public void Reset() => Interlocked.Exchange(ref _count, 0);

    public void OnAttempt(WebhookSubscription subscription, IReadOnlyList<WebhookDelivery> deliveries, DeliveryAttempt attempt)
    {
        if (attempt.Outcome == AttemptOutcome.TimedOut) Interlocked.Increment(ref _count);
    }
}
