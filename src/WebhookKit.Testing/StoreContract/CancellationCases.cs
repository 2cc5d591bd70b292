using static WebhookKit.Testing.StoreDriver;

namespace WebhookKit.Testing;

/// <summary>A call with a token that is canceled already throws and changes nothing, whichever method it is.</summary>
internal static class CancellationCases
{
    private const string Group = "cancellation";

    private static readonly PurgeQuery Everything = new()
    {
        SucceededBefore = DateTimeOffset.MaxValue,
        FailedBefore = DateTimeOffset.MaxValue,
        AttemptsBefore = DateTimeOffset.MaxValue,
        EventsBefore = DateTimeOffset.MaxValue,
        StatisticsBefore = DateTimeOffset.MaxValue,
        Limit = 500,
    };

    public static IReadOnlyList<StoreContractCase> All { get; } =
    [
        Of("Initialize", (s, _, token) => s.Store.InitializeAsync(token)),
        Of("ReadChanges", async (s, _, token) => await s.Store.ReadChangesAsync(0, token)),
        Of("GetSubscription", async (s, _, token) => await s.Store.GetSubscriptionAsync(Sub, token)),
        Of("ListFailing", async (s, _, token) => await s.Store.ListFailingAsync(token)),
        Of("ListSubscriptions", async (s, _, token) => await s.Store.ListSubscriptionsAsync(new SubscriptionQuery(), token)),
        Of("AddSubscription", async (s, _, token) => await s.Store.AddSubscriptionAsync(s.Subscription("new"), token)),
        Of("UpdateSubscription", async (s, state, token) => await s.Store.UpdateSubscriptionAsync(state.Subscription with { Name = "2" }, token)),
        Of("DeleteSubscription", async (s, _, token) => await s.Store.DeleteSubscriptionAsync(Sub, s.Now, token)),
        Of("Publish", async (s, _, token) => await s.Store.PublishAsync([s.Write("new", null, Sub)], null, token)),
        Of("Heartbeat", async (s, _, token) => await s.Store.HeartbeatAsync("b", Lease, token)),
        Of("Acquire", async (s, state, token) => await s.Store.AcquireAsync(Node, [state.Free], Lease, token)),
        Of("Release", async (s, state, token) => await s.Store.ReleaseAsync(Node, state.Held, token)),
        Of("Leave", async (s, _, token) => await s.Store.LeaveAsync(Node, token)),
        Of("ListDueLanes", async (s, _, token) => await s.Store.ListDueLanesAsync(s.AllPartitions, s.Now, token)),
        Of("Read", async (s, _, token) => await s.Store.ReadAsync([new LaneRead(Sub, 9, false)], token)),
        Of("Settle", async (s, state, token) => await s.Store.SettleAsync([state.Settlement], token)),
        Of("Measure", async (s, _, token) => await s.Store.MeasureAsync(s.AllPartitions, token)),
        Of("GetDelivery", async (s, state, token) => await s.Store.GetDeliveryAsync(state.Failed.Id, token)),
        Of("GetEvent", async (s, _, token) => await s.Store.GetEventAsync(null, "failed", token)),
        Of("ListDeliveries", async (s, _, token) => await s.Store.ListDeliveriesAsync(new DeliveryQuery(), token)),
        Of("GetAttempts", async (s, state, token) => await s.Store.GetAttemptsAsync(state.Failed.Id, token)),
        Of("Resend", async (s, state, token) => await s.Store.ResendAsync(state.Failed.Id, s.Now, token)),
        Of("Recover", async (s, _, token) => await s.Store.RecoverAsync(Sub, DateTimeOffset.MinValue, 9, s.Now, token)),
        Of("Cancel", async (s, state, token) => await s.Store.CancelAsync(state.Settlement.Deliveries[0].Id, s.Now, token)),
        Of("ListMissedEvents", async (s, _, token) => await s.Store.ListMissedEventsAsync(null, Sub, default, null, 9, token)),
        Of("AddDeliveries", async (s, _, token) => await s.Store.AddDeliveriesAsync([s.Delivery("missed")], token)),
        Of("AddStatistics", async (s, _, token) => await s.Store.AddStatisticsAsync([Counts(s)], token)),
        Of("ReadStatistics", async (s, _, token) => await s.Store.ReadStatisticsAsync(Range(s), Sub, token)),
        Of("SumStatistics", async (s, _, token) => await s.Store.SumStatisticsAsync(Range(s), [Sub], token)),
        Of("Purge", async (s, _, token) => await s.Store.PurgeAsync(Everything, token)),
    ];

    private static StoreContractCase Of(string method, Func<StoreDriver, State, CancellationToken, ValueTask> call) =>
        StoreContractCase.Of(Group, d => RunAsync(d, call), $"{method}_TokenCanceledAlready_ThrowsAndChangesNothing");

    private static async Task RunAsync(StoreDriver d, Func<StoreDriver, State, CancellationToken, ValueTask> call)
    {
        var state = await FillAsync(d);
        var before = await ShowAsync(d, state);

        await Expect.ThrowsAsync<OperationCanceledException>(async () => await call(d, state, new CancellationToken(canceled: true)), "the call with a canceled token");

        Expect.Equal(before, await ShowAsync(d, state), "what the store shows");
    }

    /// <summary>Makes a store on which every method has something to do.</summary>
    private static async Task<State> FillAsync(StoreDriver d)
    {
        await d.AddSubscriptionAsync();
        var settlement = await d.AttemptedAsync(DeliveryStatus.Succeeded, await d.PublishAsync("pending"));
        var failed = await d.FinishAsync(await d.PublishAsync("failed"), DeliveryStatus.Exhausted);
        await d.FinishAsync(await d.PublishAsync("succeeded"));
        await d.PublishAsync(d.Write("missed", null));
        await d.Store.AddStatisticsAsync([Counts(d)], default);

        // One partition to take, and the others to give back.
        var free = d.PartitionOf(Sub);
        await d.Store.ReleaseAsync(Node, [await d.LeaseOfAsync(Sub)], default);
        var lease = (await d.Store.AcquireAsync(Node, [free], Lease, default))[0];
        var held = (await d.Store.HeartbeatAsync(Node, Lease, default)).Leases;
        if (held.Count > 1)
        {
            var given = held.First(l => l.Partition != free);
            await d.Store.ReleaseAsync(Node, [given], default);
            held = [.. held.Where(l => l != given)];
            free = given.Partition;
        }

        return new State((await d.Store.GetSubscriptionAsync(Sub, default))!, failed, settlement with { Fence = lease.Fence }, free, held);
    }

    private static async Task<string> ShowAsync(StoreDriver d, State state)
    {
        var changes = await d.Store.ReadChangesAsync(0, default);
        var view = await d.Store.HeartbeatAsync(Node, Lease, default);
        var deliveries = await d.ListAllAsync(new DeliveryQuery());
        var attempts = await d.Store.GetAttemptsAsync(state.Failed.Id, default);
        return $"""
            change {changes.Version}: {string.Join(", ", changes.Changed.Select(s => $"{s.Id} {s.Name} {s.Version}"))}
            nodes {string.Join(", ", view.Nodes)}: {string.Join(", ", view.Leases.OrderBy(l => l.Partition).Select(l => $"{l.Partition} under {l.Fence}"))}
            deliveries {string.Join(", ", deliveries)}
            attempts {string.Join(", ", attempts)}
            events {await d.MissedAsync("other")}
            statistics {string.Join(", ", (await d.Store.ReadStatisticsAsync(Range(d), Sub, default)).Select(s => s.Delivered))}
            """;
    }

    private static DeliveryCounts Counts(StoreDriver d) => new() { SubscriptionId = Sub, Span = TimeSpan.FromMinutes(5), At = d.Now, Delivered = 1 };

    private static StatisticsRange Range(StoreDriver d) => new(null, TimeSpan.FromMinutes(5), d.Now, d.In(1));

    /// <summary>What there is to do something with.</summary>
    private sealed record State(WebhookSubscription Subscription, WebhookDelivery Failed, Settlement Settlement, int Free, IReadOnlyList<PartitionLease> Held);
}
