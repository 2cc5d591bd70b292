namespace WebhookKit.Testing;

/// <summary>
/// Short ways to fill a store and to see what is in it. Time stands still in a case until the case lets it pass. One node owns all
/// partitions from the first settlement on.
/// </summary>
internal sealed class StoreDriver(StoreFixture fixture)
{
    public const string Sub = "sub_1";
    public const string Node = "a";

    /// <summary>So long that the time which a store's own clock adds while a case runs does not count.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromHours(1);

    private const int MaxPages = 100_000;
    private readonly Dictionary<int, PartitionLease> _leases = [];
    private int _ids;

    public IWebhookStore Store => fixture.Store;

    /// <summary>The time that is given to the store.</summary>
    public DateTimeOffset Now { get; private set; } = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public int[] AllPartitions => [.. Enumerable.Range(0, Store.PartitionCount)];

    public void Pass(double seconds = 1) => Now = In(seconds);

    public DateTimeOffset In(double seconds) => Now.AddSeconds(seconds);

    public ValueTask AdvanceLeasesAsync(TimeSpan by) => fixture.AdvanceAsync(by);

    public int PartitionOf(string subscriptionId) => Partitioner.GetPartition(subscriptionId, Store.PartitionCount);

    public Guid NewId() => new(Interlocked.Increment(ref _ids), 0, 0, new byte[8]);

    public static WebhookEvent Event(string id, string? tenant = null, string? key = null) =>
        new() { Id = id, TenantId = tenant, Type = "a.b", Data = "{}"u8.ToArray(), OrderingKey = key };

    public WebhookDelivery Delivery(string eventId, string subscriptionId = Sub, double dueIn = 0, string? tenant = null) => new()
    {
        Id = NewId(),
        EventId = eventId,
        EventType = "a.b",
        TenantId = tenant,
        SubscriptionId = subscriptionId,
        CreatedAt = Now,
        DueAt = In(dueIn),
    };

    public EventWrite Write(WebhookEvent webhookEvent, params WebhookDelivery[] deliveries) => new(webhookEvent, deliveries, null) { PublishedAt = Now };

    /// <summary>An event with one delivery to each of some subscriptions.</summary>
    public EventWrite Write(string eventId, string? tenant, params string[] subscriptionIds) =>
        Write(Event(eventId, tenant), [.. subscriptionIds.Select(id => Delivery(eventId, id, tenant: tenant))]);

    public async Task<IReadOnlyList<EventWriteResult>> PublishAsync(params EventWrite[] writes) => await Store.PublishAsync(writes, null, default);

    /// <summary>Publishes one event with one delivery.</summary>
    public async Task<WebhookDelivery> PublishAsync(string eventId, string subscriptionId = Sub, double dueIn = 0, string? tenant = null, string? key = null)
    {
        var delivery = Delivery(eventId, subscriptionId, dueIn, tenant);
        var results = await PublishAsync(Write(Event(eventId, tenant, key), delivery));
        Expect.Sequence([new EventWriteResult(EventWriteStatus.Stored, 1)], results, $"publishing {eventId}");
        return delivery;
    }

    /// <summary>The event ids of a lane's pending deliveries.</summary>
    public Task<string> ReadAsync(string subscriptionId = Sub, int limit = 1000, bool inSequence = false) =>
        ReadAsync(new LaneRead(subscriptionId, limit, inSequence));

    public async Task<string> ReadAsync(LaneRead read)
    {
        var lists = await Store.ReadAsync([read], default);
        Expect.Equal(1, lists.Count);
        return string.Join(',', lists[0].Select(p => p.Delivery.EventId));
    }

    /// <summary>The event ids of all deliveries that a query finds, page after page.</summary>
    public async Task<string> ListAsync(DeliveryQuery query) => string.Join(',', (await ListAllAsync(query)).Select(d => d.EventId));

    public async Task<List<WebhookDelivery>> ListAllAsync(DeliveryQuery query)
    {
        var found = new List<WebhookDelivery>();
        await ForEachPageAsync(query.After, query.Limit, after => Store.ListDeliveriesAsync(query with { After = after }, default), found.AddRange);
        return found;
    }

    /// <summary>The ids of all events that a subscription missed, page after page.</summary>
    public async Task<string> MissedAsync(string subscriptionId, string? tenant = null, DateTimeOffset since = default, int limit = 100, string? after = null)
    {
        var ids = new List<string>();
        await ForEachPageAsync(
            after,
            limit,
            next => Store.ListMissedEventsAsync(tenant, subscriptionId, since, next, limit, default),
            items => ids.AddRange(items.Select(e => e.Id)));
        return string.Join(',', ids);
    }

    /// <summary>How many deliveries are pending, of all tenants.</summary>
    public async Task<int> CountPendingAsync() =>
        (await ListAllAsync(new DeliveryQuery { AllTenants = true, Status = DeliveryStatus.Pending, Limit = 1000 })).Count;

    public async Task<WebhookSubscription> AddAsync(WebhookSubscription subscription) =>
        Expect.NotNull(await Store.AddSubscriptionAsync(subscription, default), $"adding {subscription.Id}");

    public Task<WebhookSubscription> AddSubscriptionAsync(string id = Sub, string? tenant = null) => AddAsync(Subscription(id, tenant));

    public WebhookSubscription Subscription(string id, string? tenant = null) =>
        new() { Id = id, TenantId = tenant, Url = new Uri("https://example.com/hooks"), EventTypes = ["*"], CreatedAt = Now, UpdatedAt = Now };

    /// <summary>The lease on a lane's partition, taken if need be.</summary>
    public async Task<PartitionLease> LeaseOfAsync(string subscriptionId)
    {
        if (_leases.Count == 0)
        {
            await Store.HeartbeatAsync(Node, Lease, default);
            foreach (var lease in await Store.AcquireAsync(Node, AllPartitions, Lease, default)) _leases.Add(lease.Partition, lease);
            Expect.Equal(Store.PartitionCount, _leases.Count, "the partitions that the only node has got");
        }

        return _leases[PartitionOf(subscriptionId)];
    }

    public DeliveryAttempt Attempt(AttemptOutcome outcome = AttemptOutcome.ErrorStatus) => new()
    {
        MessageId = "m",
        StartedAt = Now,
        Duration = TimeSpan.FromMilliseconds(20),
        Outcome = outcome,
    };

    /// <summary>The settlement of one attempt, which brings some deliveries of one lane into a status.</summary>
    public async Task<Settlement> AttemptedAsync(DeliveryStatus status, params WebhookDelivery[] deliveries)
    {
        var lease = await LeaseOfAsync(deliveries[0].SubscriptionId);
        var outcome = status == DeliveryStatus.Succeeded ? AttemptOutcome.Succeeded : AttemptOutcome.ErrorStatus;
        return new Settlement
        {
            Partition = lease.Partition,
            Fence = lease.Fence,
            SubscriptionId = deliveries[0].SubscriptionId,
            Deliveries = [.. deliveries.Select(d => d with
            {
                Status = status,
                AttemptCount = d.AttemptCount + 1,
                LastOutcome = outcome,
                CompletedAt = status == DeliveryStatus.Pending ? null : Now,
            })],
            Attempt = Attempt(outcome),
        };
    }

    public async Task<SettleResult> SettleAsync(Settlement settlement)
    {
        var results = await Store.SettleAsync([settlement], default);
        Expect.Equal(1, results.Count);
        return results[0];
    }

    /// <summary>Settles one attempt of one delivery.</summary>
    public async Task<WebhookDelivery> FinishAsync(WebhookDelivery delivery, DeliveryStatus status = DeliveryStatus.Succeeded)
    {
        var settlement = await AttemptedAsync(status, delivery);
        Expect.Equal(SettleResult.Applied, await SettleAsync(settlement), $"settling {delivery.EventId}");
        return settlement.Deliveries[0];
    }

    private static async Task ForEachPageAsync<T>(string? after, int limit, Func<string?, ValueTask<Page<T>>> read, Action<IReadOnlyList<T>> add)
    {
        for (var pages = 0; pages < MaxPages; pages++)
        {
            var page = await read(after);
            Expect.True(page.Items.Count <= limit, $"a page has no more than {limit} items");
            add(page.Items);
            if (page.Next is null) return;
            after = page.Next;
        }

        throw new WebhookAssertionException($"Expected the last page of a list to have no Next, but {MaxPages} pages had one.");
    }
}
