namespace WebhookKit.Storage.InMemory;

internal sealed partial class InMemoryWebhookStore
{
    public ValueTask<WebhookDelivery?> GetDeliveryAsync(Guid id, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_lock)
            return new(_deliveries.Find(id)?.Delivery);
    }

    public ValueTask<WebhookEvent?> GetEventAsync(string? tenantId, string id, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_lock)
            return new(_events.Find(tenantId, id)?.Event);
    }

    public ValueTask<Page<WebhookDelivery>> ListDeliveriesAsync(DeliveryQuery query, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_lock)
            return new(_lists.List(query));
    }

    public ValueTask<IReadOnlyList<DeliveryAttempt>> GetAttemptsAsync(Guid id, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_lock)
            return new(_deliveries.Find(id)?.NumberedAttempts() ?? []);
    }

    public ValueTask<WebhookDelivery?> ResendAsync(Guid id, DateTimeOffset now, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_lock)
        {
            if (_deliveries.Find(id) is not { } row
                || row.Delivery.Status is not (DeliveryStatus.Exhausted or DeliveryStatus.Expired)
                || _subscriptions.Find(row.Delivery.SubscriptionId) is null)
            {
                return new((WebhookDelivery?)null);
            }

            _deliveries.Reopen(row, BegunAnew(row.Delivery, now));
            return new(row.Delivery);
        }
    }

    public ValueTask<int> RecoverAsync(string subscriptionId, DateTimeOffset since, int limit, DateTimeOffset now, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_lock)
        {
            if (_subscriptions.Find(subscriptionId) is null)
                return new(0);

            var failed = _lists.FindFailed(subscriptionId, since, limit);
            DeliveryRow? before = null;
            foreach (var row in failed)
            {
                _deliveries.Reopen(row, BegunAnew(row.Delivery, now), before);
                before = row;
            }

            return new(failed.Count);
        }
    }

    public ValueTask<WebhookDelivery?> CancelAsync(Guid id, DateTimeOffset now, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_lock)
        {
            if (_deliveries.Find(id) is not { IsPending: true } row)
                return new((WebhookDelivery?)null);

            CancelNeedsLock(row, now);
            return new(row.Delivery);
        }
    }

    public ValueTask<Page<WebhookEvent>> ListMissedEventsAsync(string? tenantId, string subscriptionId, DateTimeOffset since, string? after, int limit, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_lock)
            return new(_missed.List(tenantId, subscriptionId, since, after, limit));
    }

    public ValueTask<int> AddDeliveriesAsync(IReadOnlyList<WebhookDelivery> deliveries, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_lock)
        {
            var missing = 0;
            foreach (var delivery in deliveries)
                missing += FindEventThatMissesNeedsLock(delivery) is null ? 0 : 1;
            CheckRoomNeedsLock(missing);

            var before = _sequence;
            var added = 0;
            foreach (var delivery in deliveries)
            {
                if (FindEventThatMissesNeedsLock(delivery) is not { } row)
                    continue;

                if (!_deliveries.TryAdd(delivery, row, ++_sequence))
                {
                    _deliveries.UndoAfter(before);
                    throw new ArgumentException($"The delivery id {delivery.Id} is taken; nothing was stored. Give each delivery an id of its own.", nameof(deliveries));
                }

                added++;
            }

            _deliveries.TrimHistory();
            return new(added);
        }
    }

    public ValueTask<int> PurgeAsync(PurgeQuery query, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_lock)
        {
            var removed = _deliveries.Purge(query);
            return new(removed + _statistics.Purge(query.StatisticsBefore, query.Limit - removed));
        }
    }

    private static WebhookDelivery BegunAnew(WebhookDelivery delivery, DateTimeOffset now) => delivery with
    {
        Status = DeliveryStatus.Pending,
        DueAt = now,
        ExpiresAt = null,
        CompletedAt = null,
        BatchId = null,
        ScheduleBase = delivery.AttemptCount,
    };

    private void CancelNeedsLock(DeliveryRow row, DateTimeOffset now) =>
        _deliveries.Change(row, row.Delivery with { Status = DeliveryStatus.Canceled, CompletedAt = now }, attempt: null);

    /// <summary>The event that a delivery is of, if its subscription has none of it and is not gone meanwhile.</summary>
    private EventRow? FindEventThatMissesNeedsLock(WebhookDelivery delivery) =>
        _subscriptions.Find(delivery.SubscriptionId) is null ? null
        : _events.Find(delivery.TenantId, delivery.EventId) is { } row && !row.HasDeliveryFor(delivery.SubscriptionId) ? row
        : null;
}
