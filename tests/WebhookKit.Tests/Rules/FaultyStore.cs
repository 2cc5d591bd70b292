using System.Collections.Concurrent;
using System.Data.Common;
using WebhookKit.Storage.InMemory;

namespace WebhookKit.Tests.Rules;

/// <summary>The in-memory store, with hooks before and after each call, where a test can make it fail or wait.</summary>
internal sealed class FaultyStore(TimeProvider time) : IWebhookStore
{
    private readonly InMemoryWebhookStore _inner = new(new InMemoryStoreOptions(), time);

    /// <summary>Called with the name of the method before it does anything; may throw.</summary>
    public Action<string> Before { get; set; } = _ => { };

    /// <summary>Called with the name of the method before it does anything; the call waits for it.</summary>
    public Func<string, Task> Wait { get; set; } = _ => Task.CompletedTask;

    /// <summary>Called with the name of the method after it has done its work; may throw, so that the answer is lost.</summary>
    public Action<string> After { get; set; } = _ => { };

    /// <summary>What each call of <see cref="PublishAsync"/> was to write.</summary>
    public ConcurrentQueue<IReadOnlyList<EventWrite>> Writes { get; } = [];

    public int PartitionCount => _inner.PartitionCount;

    public async ValueTask InitializeAsync(CancellationToken cancellationToken) => await Call(nameof(InitializeAsync), async () =>
    {
        await _inner.InitializeAsync(cancellationToken);
        return true;
    });

    public ValueTask<SubscriptionChanges> ReadChangesAsync(long since, CancellationToken cancellationToken) =>
        Call(nameof(ReadChangesAsync), () => _inner.ReadChangesAsync(since, cancellationToken));

    public ValueTask<WebhookSubscription?> GetSubscriptionAsync(string id, CancellationToken cancellationToken) =>
        Call(nameof(GetSubscriptionAsync), () => _inner.GetSubscriptionAsync(id, cancellationToken));

    public ValueTask<IReadOnlyList<FailingEndpoint>> ListFailingAsync(CancellationToken cancellationToken) =>
        Call(nameof(ListFailingAsync), () => _inner.ListFailingAsync(cancellationToken));

    public ValueTask<Page<WebhookSubscription>> ListSubscriptionsAsync(SubscriptionQuery query, CancellationToken cancellationToken) =>
        _inner.ListSubscriptionsAsync(query, cancellationToken);

    public ValueTask<WebhookSubscription?> AddSubscriptionAsync(WebhookSubscription subscription, CancellationToken cancellationToken) =>
        _inner.AddSubscriptionAsync(subscription, cancellationToken);

    public ValueTask<WebhookSubscription?> UpdateSubscriptionAsync(WebhookSubscription subscription, CancellationToken cancellationToken) =>
        _inner.UpdateSubscriptionAsync(subscription, cancellationToken);

    public ValueTask<bool> DeleteSubscriptionAsync(string id, DateTimeOffset now, CancellationToken cancellationToken) =>
        _inner.DeleteSubscriptionAsync(id, now, cancellationToken);

    public ValueTask<IReadOnlyList<EventWriteResult>> PublishAsync(
        IReadOnlyList<EventWrite> writes, DbTransaction? transaction, CancellationToken cancellationToken)
    {
        Writes.Enqueue(writes);
        return Call(nameof(PublishAsync), () => transaction is FakeTransaction fake ? PublishWithin(fake, writes) : _inner.PublishAsync(writes, transaction, cancellationToken));
    }

    public ValueTask<NodeView> HeartbeatAsync(string nodeId, TimeSpan lease, CancellationToken cancellationToken) =>
        Call(nameof(HeartbeatAsync), () => _inner.HeartbeatAsync(nodeId, lease, cancellationToken));

    public ValueTask<IReadOnlyList<PartitionLease>> AcquireAsync(
        string nodeId, IReadOnlyCollection<int> partitions, TimeSpan lease, CancellationToken cancellationToken) =>
        Call(nameof(AcquireAsync), () => _inner.AcquireAsync(nodeId, partitions, lease, cancellationToken));

    public async ValueTask ReleaseAsync(string nodeId, IReadOnlyCollection<PartitionLease> leases, CancellationToken cancellationToken) =>
        await Call(nameof(ReleaseAsync), async () =>
        {
            await _inner.ReleaseAsync(nodeId, leases, cancellationToken);
            return true;
        });

    public ValueTask LeaveAsync(string nodeId, CancellationToken cancellationToken)
    {
        Before(nameof(LeaveAsync));
        return _inner.LeaveAsync(nodeId, cancellationToken);
    }

    public ValueTask<IReadOnlyList<LaneDue>> ListDueLanesAsync(
        IReadOnlyCollection<int> partitions, DateTimeOffset dueBy, CancellationToken cancellationToken) =>
        Call(nameof(ListDueLanesAsync), () => _inner.ListDueLanesAsync(partitions, dueBy, cancellationToken));

    public ValueTask<IReadOnlyList<IReadOnlyList<PendingDelivery>>> ReadAsync(IReadOnlyList<LaneRead> reads, CancellationToken cancellationToken) =>
        Call(nameof(ReadAsync), () => _inner.ReadAsync(reads, cancellationToken));

    public ValueTask<IReadOnlyList<SettleResult>> SettleAsync(IReadOnlyList<Settlement> settlements, CancellationToken cancellationToken) =>
        Call(nameof(SettleAsync), () => _inner.SettleAsync(settlements, cancellationToken));

    public ValueTask<QueueDepth> MeasureAsync(IReadOnlyCollection<int> partitions, CancellationToken cancellationToken) =>
        _inner.MeasureAsync(partitions, cancellationToken);

    public ValueTask<WebhookEvent?> GetEventAsync(string? tenantId, string id, CancellationToken cancellationToken) => _inner.GetEventAsync(tenantId, id, cancellationToken);

    public ValueTask<int> PurgeAsync(PurgeQuery query, CancellationToken cancellationToken) =>
        Call(nameof(PurgeAsync), () => _inner.PurgeAsync(query, cancellationToken));

    public async ValueTask AddStatisticsAsync(IReadOnlyList<DeliveryCounts> counts, CancellationToken cancellationToken) =>
        await Call(nameof(AddStatisticsAsync), async () =>
        {
            await _inner.AddStatisticsAsync(counts, cancellationToken);
            return true;
        });

    public ValueTask<IReadOnlyList<DeliveryCounts>> ReadStatisticsAsync(StatisticsRange range, string? subscriptionId, CancellationToken cancellationToken) =>
        _inner.ReadStatisticsAsync(range, subscriptionId, cancellationToken);

    public ValueTask<IReadOnlyList<DeliveryCounts>> SumStatisticsAsync(
        StatisticsRange range, IReadOnlyCollection<string>? subscriptionIds, CancellationToken cancellationToken) =>
        _inner.SumStatisticsAsync(range, subscriptionIds, cancellationToken);

    public ValueTask<WebhookDelivery?> GetDeliveryAsync(Guid id, CancellationToken cancellationToken) => _inner.GetDeliveryAsync(id, cancellationToken);

    public ValueTask<Page<WebhookDelivery>> ListDeliveriesAsync(DeliveryQuery query, CancellationToken cancellationToken) =>
        _inner.ListDeliveriesAsync(query, cancellationToken);

    public ValueTask<IReadOnlyList<DeliveryAttempt>> GetAttemptsAsync(Guid id, CancellationToken cancellationToken) =>
        _inner.GetAttemptsAsync(id, cancellationToken);

    public ValueTask<WebhookDelivery?> ResendAsync(Guid id, DateTimeOffset now, CancellationToken cancellationToken) =>
        _inner.ResendAsync(id, now, cancellationToken);

    public ValueTask<int> RecoverAsync(string subscriptionId, DateTimeOffset since, int limit, DateTimeOffset now, CancellationToken cancellationToken) =>
        _inner.RecoverAsync(subscriptionId, since, limit, now, cancellationToken);

    public ValueTask<WebhookDelivery?> CancelAsync(Guid id, DateTimeOffset now, CancellationToken cancellationToken) =>
        _inner.CancelAsync(id, now, cancellationToken);

    public ValueTask<Page<WebhookEvent>> ListMissedEventsAsync(
        string? tenantId, string subscriptionId, DateTimeOffset since, string? after, int limit, CancellationToken cancellationToken) =>
        _inner.ListMissedEventsAsync(tenantId, subscriptionId, since, after, limit, cancellationToken);

    public ValueTask<int> AddDeliveriesAsync(IReadOnlyList<WebhookDelivery> deliveries, CancellationToken cancellationToken) =>
        _inner.AddDeliveriesAsync(deliveries, cancellationToken);

    /// <summary>What is published within a transaction is there once that is committed, as in a database.</summary>
    private ValueTask<IReadOnlyList<EventWriteResult>> PublishWithin(FakeTransaction transaction, IReadOnlyList<EventWrite> writes)
    {
        transaction.OnCommit(() => _inner.PublishAsync(writes, null, CancellationToken.None));
        return new([.. writes.Select(w => new EventWriteResult(EventWriteStatus.Stored, w.Deliveries.Count))]);
    }

    private async ValueTask<T> Call<T>(string method, Func<ValueTask<T>> call)
    {
        Before(method);
        await Wait(method);
        var result = await call();
        After(method);
        return result;
    }
}
