using System.Data.Common;
using WebhookKit.Dispatching;
using WebhookKit.Simulation.Rules;
using WebhookKit.Storage.InMemory;

namespace WebhookKit.Simulation.World;

/// <summary>A node's way to the database: calls take time, fail, or succeed without its ever hearing of it.</summary>
internal sealed class SimStore(SimWorld world, SimNode node) : IWebhookStore, IWakeUpChannel
{
    /// <summary>When the node asked for the last time that it heard how long its leases last.</summary>
    private TimeSpan _confirmedAt;

    private InMemoryWebhookStore Inner => world.Database.Store;

    public int PartitionCount => world.Plan.Partitions;

    public bool GainsFromGroupCommit => world.Plan.GroupsCommits;

    public bool HasListeners => world.Plan.WakesUp;

    public async ValueTask InitializeAsync(CancellationToken cancellationToken) => await CallAsync("Initialize", static () => true, cancellationToken);

    public ValueTask<SubscriptionChanges> ReadChangesAsync(long since, CancellationToken cancellationToken) =>
        CallAsync("ReadChanges", () => SimDatabase.Now(Inner.ReadChangesAsync(since, default)), cancellationToken);

    public ValueTask<WebhookSubscription?> GetSubscriptionAsync(string id, CancellationToken cancellationToken) =>
        CallAsync("GetSubscription", () => SimDatabase.Now(Inner.GetSubscriptionAsync(id, default)), cancellationToken);

    public ValueTask<IReadOnlyList<FailingEndpoint>> ListFailingAsync(CancellationToken cancellationToken) =>
        CallAsync("ListFailing", () => SimDatabase.Now(Inner.ListFailingAsync(default)), cancellationToken);

    public ValueTask<Page<WebhookSubscription>> ListSubscriptionsAsync(SubscriptionQuery query, CancellationToken cancellationToken) =>
        CallAsync("ListSubscriptions", () => SimDatabase.Now(Inner.ListSubscriptionsAsync(query, default)), cancellationToken);

    public ValueTask<WebhookSubscription?> AddSubscriptionAsync(WebhookSubscription subscription, CancellationToken cancellationToken) =>
        CallAsync("AddSubscription", () => SimDatabase.Now(Inner.AddSubscriptionAsync(subscription, default)), cancellationToken);

    public ValueTask<WebhookSubscription?> UpdateSubscriptionAsync(WebhookSubscription subscription, CancellationToken cancellationToken) =>
        CallAsync("UpdateSubscription", () => world.Database.Update(node, subscription), cancellationToken);

    public ValueTask<bool> DeleteSubscriptionAsync(string id, DateTimeOffset now, CancellationToken cancellationToken) =>
        CallAsync("DeleteSubscription", () => world.Database.Delete(node, id, now), cancellationToken);

    public ValueTask<IReadOnlyList<EventWriteResult>> PublishAsync(IReadOnlyList<EventWrite> writes, DbTransaction? transaction, CancellationToken cancellationToken) =>
        CallAsync("Publish", () => world.Database.Publish(writes), cancellationToken);

    public async ValueTask<NodeView> HeartbeatAsync(string nodeId, TimeSpan lease, CancellationToken cancellationToken)
    {
        // What the database has and what the node knows of it may differ, where answers were lost.
        var asked = world.Agenda.Now;
        if (asked - _confirmedAt > 0.8 * lease) world.Rules.Requests.DoubtLanesOf(node);
        var view = await CallAsync("Heartbeat", () => world.Database.Heartbeat(nodeId, lease), cancellationToken);
        _confirmedAt = asked;

        // What is to go to others is closed, even if it comes to stay in the end.
        foreach (var owned in view.Leases)
        {
            if (!PartitionPlan.ShouldOwn(nodeId, view.Nodes, owned.Partition))
                world.Rules.Requests.DoubtLanes(id => Partitioner.GetPartition(id, PartitionCount) == owned.Partition);
        }

        return view;
    }

    public ValueTask<IReadOnlyList<PartitionLease>> AcquireAsync(string nodeId, IReadOnlyCollection<int> partitions, TimeSpan lease, CancellationToken cancellationToken) =>
        CallAsync("Acquire", () => world.Database.Acquire(nodeId, partitions, lease), cancellationToken);

    public async ValueTask ReleaseAsync(string nodeId, IReadOnlyCollection<PartitionLease> leases, CancellationToken cancellationToken) =>
        await CallAsync("Release", () => world.Database.Release(nodeId, leases), cancellationToken);

    public async ValueTask LeaveAsync(string nodeId, CancellationToken cancellationToken) => await CallAsync("Leave", () => world.Database.Leave(nodeId), cancellationToken);

    public ValueTask<IReadOnlyList<LaneDue>> ListDueLanesAsync(IReadOnlyCollection<int> partitions, DateTimeOffset dueBy, CancellationToken cancellationToken) =>
        CallAsync("ListDueLanes", () => SimDatabase.Now(Inner.ListDueLanesAsync(partitions, dueBy, default)), cancellationToken);

    public ValueTask<IReadOnlyList<IReadOnlyList<PendingDelivery>>> ReadAsync(IReadOnlyList<LaneRead> reads, CancellationToken cancellationToken) =>
        CallAsync("Read", () =>
        {
            foreach (var read in reads) world.Rules.Requests.Read(node, read.SubscriptionId);
            return SimDatabase.Now(Inner.ReadAsync(reads, default));
        }, cancellationToken);

    public ValueTask<IReadOnlyList<SettleResult>> SettleAsync(IReadOnlyList<Settlement> settlements, CancellationToken cancellationToken) =>
        CallAsync("Settle", () => world.Database.Settle(node, settlements), cancellationToken);

    public ValueTask<QueueDepth> MeasureAsync(IReadOnlyCollection<int> partitions, CancellationToken cancellationToken) =>
        CallAsync("Measure", () => SimDatabase.Now(Inner.MeasureAsync(partitions, default)), cancellationToken);

    public ValueTask<WebhookDelivery?> GetDeliveryAsync(Guid id, CancellationToken cancellationToken) =>
        CallAsync("GetDelivery", () => SimDatabase.Now(Inner.GetDeliveryAsync(id, default)), cancellationToken);

    public ValueTask<WebhookEvent?> GetEventAsync(string? tenantId, string id, CancellationToken cancellationToken) =>
        CallAsync("GetEvent", () => SimDatabase.Now(Inner.GetEventAsync(tenantId, id, default)), cancellationToken);

    public ValueTask<Page<WebhookDelivery>> ListDeliveriesAsync(DeliveryQuery query, CancellationToken cancellationToken) =>
        CallAsync("ListDeliveries", () => SimDatabase.Now(Inner.ListDeliveriesAsync(query, default)), cancellationToken);

    public ValueTask<IReadOnlyList<DeliveryAttempt>> GetAttemptsAsync(Guid id, CancellationToken cancellationToken) =>
        CallAsync("GetAttempts", () => SimDatabase.Now(Inner.GetAttemptsAsync(id, default)), cancellationToken);

    public ValueTask<WebhookDelivery?> ResendAsync(Guid id, DateTimeOffset now, CancellationToken cancellationToken) =>
        CallAsync("Resend", () => world.Database.Resend(id, now), cancellationToken);

    public ValueTask<int> RecoverAsync(string subscriptionId, DateTimeOffset since, int limit, DateTimeOffset now, CancellationToken cancellationToken) =>
        CallAsync("Recover", () => world.Database.Recover(subscriptionId, since, limit, now), cancellationToken);

    public ValueTask<WebhookDelivery?> CancelAsync(Guid id, DateTimeOffset now, CancellationToken cancellationToken) =>
        CallAsync("Cancel", () => world.Database.Cancel(node, id, now), cancellationToken);

    public ValueTask<Page<WebhookEvent>> ListMissedEventsAsync(
        string? tenantId, string subscriptionId, DateTimeOffset since, string? after, int limit, CancellationToken cancellationToken) =>
        CallAsync("ListMissedEvents", () => SimDatabase.Now(Inner.ListMissedEventsAsync(tenantId, subscriptionId, since, after, limit, default)), cancellationToken);

    public ValueTask<int> AddDeliveriesAsync(IReadOnlyList<WebhookDelivery> deliveries, CancellationToken cancellationToken) =>
        CallAsync("AddDeliveries", () => world.Database.AddDeliveries(deliveries), cancellationToken);

    public ValueTask<int> PurgeAsync(PurgeQuery query, CancellationToken cancellationToken) =>
        CallAsync("Purge", () => world.Database.Purge(node, query), cancellationToken);

    public async ValueTask AddStatisticsAsync(IReadOnlyList<DeliveryCounts> counts, CancellationToken cancellationToken) =>
        await CallAsync("AddStatistics", () =>
        {
            SimDatabase.Now(Inner.AddStatisticsAsync(counts, default));
            return true;
        }, cancellationToken);

    public ValueTask<IReadOnlyList<DeliveryCounts>> ReadStatisticsAsync(StatisticsRange range, string? subscriptionId, CancellationToken cancellationToken) =>
        CallAsync("ReadStatistics", () => SimDatabase.Now(Inner.ReadStatisticsAsync(range, subscriptionId, default)), cancellationToken);

    public ValueTask<IReadOnlyList<DeliveryCounts>> SumStatisticsAsync(
        StatisticsRange range, IReadOnlyCollection<string>? subscriptionIds, CancellationToken cancellationToken) =>
        CallAsync("SumStatistics", () => SimDatabase.Now(Inner.SumStatisticsAsync(range, subscriptionIds, default)), cancellationToken);

    public ValueTask WakeAsync(WakeUp wakeUp, CancellationToken cancellationToken)
    {
        world.Wake(node, wakeUp);
        return ValueTask.CompletedTask;
    }

    public Task ListenAsync(Action<WakeUp> woken, CancellationToken cancellationToken)
    {
        var ended = new TaskCompletionSource();
        world.Listen(node, wakeUp =>
        {
            if (!cancellationToken.IsCancellationRequested) woken(wakeUp);
        });
        cancellationToken.UnsafeRegister(_ => ended.TrySetCanceled(cancellationToken), null);
        return ended.Task;
    }

    private ValueTask<T> CallAsync<T>(string name, Func<T> call, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var fate = world.Weather.NextCall();
        if (fate.IsInstant) return new(call());

        var answer = new TaskCompletionSource<T>();
        if (cancellationToken.CanBeCanceled) cancellationToken.UnsafeRegister(_ => answer.TrySetCanceled(cancellationToken), null);
        world.Agenda.After(fate.There, () => Arrive(name, fate, call, answer));
        return new(answer.Task);
    }

    private void Arrive<T>(string name, CallFate fate, Func<T> call, TaskCompletionSource<T> answer)
    {
        if (fate.IsRefused)
        {
            world.Note(node, $"{name} was refused");
            Answer(fate, () => answer.TrySetException(new WebhookStoreException("The database is away.")));
            return;
        }

        try
        {
            var result = call();
            if (fate.IsAnswerLost)
            {
                world.Note(node, $"the answer to {name} is lost");
                Answer(fate, () => answer.TrySetException(new WebhookStoreException("The database's answer was lost.")));
            }
            else
            {
                Answer(fate, () => answer.TrySetResult(result));
            }
        }
        catch (Exception fault) when (fault is not RuleBrokenException)
        {
            Answer(fate, () => answer.TrySetException(fault));
        }
    }

    private void Answer(CallFate fate, Action answer) => world.Agenda.After(fate.Back, () => node.Run(answer));
}
