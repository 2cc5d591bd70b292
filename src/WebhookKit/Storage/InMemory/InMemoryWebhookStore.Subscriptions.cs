namespace WebhookKit.Storage.InMemory;

internal sealed partial class InMemoryWebhookStore
{
    public ValueTask<SubscriptionChanges> ReadChangesAsync(long since, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_lock)
            return new(_subscriptions.ReadChanges(since));
    }

    public ValueTask<WebhookSubscription?> GetSubscriptionAsync(string id, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_lock)
            return new(_subscriptions.Find(id));
    }

    public ValueTask<IReadOnlyList<FailingEndpoint>> ListFailingAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_lock)
            return new(_subscriptions.ListFailing());
    }

    public ValueTask<Page<WebhookSubscription>> ListSubscriptionsAsync(SubscriptionQuery query, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_lock)
            return new(_subscriptions.List(query));
    }

    public ValueTask<WebhookSubscription?> AddSubscriptionAsync(WebhookSubscription subscription, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_lock)
            return new(_subscriptions.Add(subscription));
    }

    public ValueTask<WebhookSubscription?> UpdateSubscriptionAsync(WebhookSubscription subscription, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_lock)
            return new(_subscriptions.Update(subscription));
    }

    public ValueTask<bool> DeleteSubscriptionAsync(string id, DateTimeOffset now, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_lock)
        {
            if (!_subscriptions.Delete(id))
                return new(false);

            while (_lanes.Find(id)?.First is { } row)
                CancelNeedsLock(row, now);
            return new(true);
        }
    }
}
