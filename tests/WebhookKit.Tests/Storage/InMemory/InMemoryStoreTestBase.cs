using NUnit.Framework;
using WebhookKit.Storage.InMemory;

namespace WebhookKit.Tests.Storage.InMemory;

/// <summary>A store of four partitions, all owned by node <c>a</c>, and short ways to fill it.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal abstract class InMemoryStoreTestBase
{
    protected const string Sub = "sub_1";
    protected static readonly int[] AllPartitions = [0, 1, 2, 3];
    protected static readonly TimeSpan Lease = TimeSpan.FromSeconds(60);
    private int _ids;

    protected StoreClock Clock { get; } = new();

    protected InMemoryWebhookStore Store { get; private set; } = null!;

    protected DateTimeOffset Now => Clock.GetUtcNow();

    protected virtual InMemoryStoreOptions Options => new() { PartitionCount = 4, MaxPending = 1000, MaxSucceeded = 100, MaxFailed = 100 };

    [SetUp]
    public async Task MakeStore()
    {
        Store = new InMemoryWebhookStore(Options, Clock);
        await Store.InitializeAsync(default);
        await Store.HeartbeatAsync("a", Lease, default);
        await Store.AcquireAsync("a", AllPartitions, Lease, default);
    }

    protected static int PartitionOf(string subscriptionId) => Partitioner.GetPartition(subscriptionId, 4);

    protected static WebhookEvent Event(string id, string? tenant = null) =>
        new() { Id = id, TenantId = tenant, Type = "a.b", Data = "{}"u8.ToArray() };

    protected static WebhookSubscription Subscription(string id, string? tenant = null) =>
        new() { Id = id, TenantId = tenant, Url = new Uri("https://example.com/") };

    protected WebhookDelivery Delivery(string eventId, string subscriptionId = Sub, double dueIn = 0, string? tenant = null) => new()
    {
        Id = new Guid(++_ids, 0, 0, new byte[8]),
        EventId = eventId,
        EventType = "a.b",
        TenantId = tenant,
        SubscriptionId = subscriptionId,
        CreatedAt = Now,
        DueAt = Now.AddSeconds(dueIn),
    };

    /// <summary>Publishes one event with one delivery.</summary>
    protected async Task<WebhookDelivery> PublishAsync(string eventId, string subscriptionId = Sub, double dueIn = 0, string? tenant = null)
    {
        var delivery = Delivery(eventId, subscriptionId, dueIn, tenant);
        var results = await Store.PublishAsync([new EventWrite(Event(eventId, tenant), [delivery], null) { PublishedAt = Now }], null, default);
        Assert.That(results, Is.EqualTo(new[] { new EventWriteResult(EventWriteStatus.Stored, 1) }));
        return delivery;
    }

    protected async Task<string[]> ReadAsync(string subscriptionId = Sub, int limit = 1000, bool inSequence = false)
    {
        var lists = await Store.ReadAsync([new LaneRead(subscriptionId, limit, inSequence)], default);
        return [.. lists.Single().Select(p => p.Delivery.EventId)];
    }

    protected static DeliveryAttempt Attempt(AttemptOutcome outcome = AttemptOutcome.ErrorStatus) => new()
    {
        MessageId = "m",
        StartedAt = default,
        Duration = TimeSpan.Zero,
        Outcome = outcome,
    };

    /// <summary>The settlement of one attempt, under fence 1, which brings some deliveries into a status.</summary>
    protected Settlement Attempted(DeliveryStatus status, params WebhookDelivery[] deliveries) => new()
    {
        Partition = PartitionOf(deliveries[0].SubscriptionId),
        Fence = 1,
        SubscriptionId = deliveries[0].SubscriptionId,
        Deliveries = [.. deliveries.Select(d => d with { Status = status, AttemptCount = d.AttemptCount + 1, CompletedAt = status == DeliveryStatus.Pending ? null : Now })],
        Attempt = Attempt(status == DeliveryStatus.Succeeded ? AttemptOutcome.Succeeded : AttemptOutcome.ErrorStatus),
    };

    protected async Task<SettleResult> SettleAsync(Settlement settlement) => (await Store.SettleAsync([settlement], default)).Single();

    protected async Task<WebhookDelivery> FinishAsync(WebhookDelivery delivery, DeliveryStatus status = DeliveryStatus.Succeeded)
    {
        var settlement = Attempted(status, delivery);
        Assert.That(await SettleAsync(settlement), Is.EqualTo(SettleResult.Applied));
        return settlement.Deliveries[0];
    }

    protected async Task<long> PendingAsync() => (await Store.MeasureAsync(AllPartitions, default)).Pending;
}
