using WebhookKit.Dispatching;
using WebhookKit.Matching;

namespace WebhookKit.Tests.Dispatching;

/// <summary>Short ways to what tests of the dispatcher need.</summary>
internal static class TestData
{
    public static readonly DateTimeOffset Now = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static int _lastId;

    public static PendingDelivery Pending(
        string? key = null, DateTimeOffset? createdAt = null, DateTimeOffset? dueAt = null, int bytes = 2, string? batchId = null, int attempts = 0)
    {
        var number = Interlocked.Increment(ref _lastId);
        var webhookEvent = new WebhookEvent { Id = $"e{number}", Type = "a.b", Data = new byte[bytes], OrderingKey = key };
        var delivery = new WebhookDelivery
        {
            Id = new Guid(number, 0, 0, [0, 0, 0, 0, 0, 0, 0, 0]),
            EventId = webhookEvent.Id,
            EventType = webhookEvent.Type,
            SubscriptionId = "s",
            CreatedAt = createdAt ?? Now,
            DueAt = dueAt ?? createdAt ?? Now,
            BatchId = batchId,
            AttemptCount = attempts,
        };
        return new PendingDelivery(delivery, webhookEvent);
    }

    public static WebhookDelivery Failed(this PendingDelivery item, DateTimeOffset dueAt, string? batchId = null) =>
        item.Delivery with { AttemptCount = item.Delivery.AttemptCount + 1, DueAt = dueAt, BatchId = batchId };

    public static WebhookDelivery Succeeded(this PendingDelivery item) =>
        item.Delivery with { AttemptCount = item.Delivery.AttemptCount + 1, Status = DeliveryStatus.Succeeded };

    public static SubscriptionModel Model(
        string id = "s",
        DeliveryOrder order = DeliveryOrder.None,
        BatchingOptions? batching = null,
        int maxConcurrency = 2,
        RateLimit? rate = null,
        SubscriptionStatus status = SubscriptionStatus.Enabled,
        string? tenantId = null,
        DateTimeOffset? statusChangedAt = null,
        int partition = 0,
        string url = "https://example.com/",
        long? version = null) => new()
        {
            Subscription = new WebhookSubscription
            {
                Id = id,
                TenantId = tenantId,
                Url = new Uri(url),
                Order = order,
                Batching = batching,
                RateLimit = rate,
                Status = status,
                StatusChangedAt = statusChangedAt,
                Version = version ?? Interlocked.Increment(ref _lastId),
            },
            Profile = WebhookProfiles.StandardWebhooks,
            Partition = partition,
            MaxConcurrency = maxConcurrency,
            Timeout = TimeSpan.FromSeconds(15),
            Batching = batching,
        };

    /// <summary>Takes a turn and lets the lane ask for the next one again, so that the test can look at that by itself.</summary>
    public static Turn TakeTurn(this Lane lane, DateTimeOffset now, long fence, TimeSpan leaseRemaining)
    {
        var turn = lane.TakeTurn(now, fence, leaseRemaining, out _);
        lane.ForgetTurn();
        return turn;
    }

    public static Guid[] Ids(this IEnumerable<PendingDelivery> items) => [.. items.Select(i => i.Delivery.Id)];
}
