using static WebhookKit.DeliveryStatus;
using static WebhookKit.Testing.StoreDriver;

namespace WebhookKit.Testing;

/// <summary>Settling under a fencing number that counts no more changes nothing.</summary>
internal static class FencingCases
{
    private const string Group = SettlingCases.Group;

    public static IReadOnlyList<StoreContractCase> All { get; } =
    [
        StoreContractCase.Of(Group, Settle_Released_IsFenced),
        StoreContractCase.Of(Group, Settle_Left_IsFenced),
        StoreContractCase.Of(Group, Settle_TakenOver_IsFenced),
        StoreContractCase.Of(Group, Settle_TakenAgain_IsFencedUnderTheOldNumberOnly),
        StoreContractCase.Of(Group, Settle_NeverOwned_IsFenced),
        StoreContractCase.Of(Group, Settle_LeaseRunOutButNotTaken_Applies),
    ];

    private static async Task Settle_Released_IsFenced(StoreDriver d)
    {
        var (delivery, settlement) = await StartAsync(d);

        await d.Store.ReleaseAsync(Node, [await d.LeaseOfAsync(Sub)], default);

        await ExpectFencedAsync(d, delivery, settlement);
    }

    private static async Task Settle_Left_IsFenced(StoreDriver d)
    {
        var (delivery, settlement) = await StartAsync(d);

        await d.Store.LeaveAsync(Node, default);

        await ExpectFencedAsync(d, delivery, settlement);
    }

    private static async Task Settle_TakenOver_IsFenced(StoreDriver d)
    {
        var (delivery, settlement) = await StartAsync(d);
        await d.AdvanceLeasesAsync(Lease);
        await d.Store.HeartbeatAsync("b", Lease, default);

        var taken = (await d.Store.AcquireAsync("b", [settlement.Partition], Lease, default))[0];

        await ExpectFencedAsync(d, delivery, settlement);
        Expect.Equal(SettleResult.Applied, await d.SettleAsync(settlement with { Fence = taken.Fence }));
    }

    private static async Task Settle_TakenAgain_IsFencedUnderTheOldNumberOnly(StoreDriver d)
    {
        var (delivery, settlement) = await StartAsync(d);
        await d.Store.ReleaseAsync(Node, [await d.LeaseOfAsync(Sub)], default);

        var again = (await d.Store.AcquireAsync(Node, [settlement.Partition], Lease, default))[0];

        await ExpectFencedAsync(d, delivery, settlement);
        Expect.Equal(SettleResult.Applied, await d.SettleAsync(settlement with { Fence = again.Fence }));
    }

    private static async Task Settle_NeverOwned_IsFenced(StoreDriver d)
    {
        var delivery = await d.PublishAsync("1");
        var settlement = new Settlement
        {
            Partition = d.PartitionOf(Sub),
            Fence = 0,
            SubscriptionId = Sub,
            Deliveries = [delivery with { Status = Succeeded, AttemptCount = 1, CompletedAt = d.Now }],
            Attempt = d.Attempt(),
        };

        Expect.Equal(SettleResult.Fenced, await d.SettleAsync(settlement));
        Expect.Equal(SettleResult.Fenced, await d.SettleAsync(settlement with { Fence = 1 }));
        Expect.Same(delivery, await d.Store.GetDeliveryAsync(delivery.Id, default));
    }

    /// <summary>Nobody else can have worked on the partition, so the work that was done counts.</summary>
    private static async Task Settle_LeaseRunOutButNotTaken_Applies(StoreDriver d)
    {
        var (delivery, settlement) = await StartAsync(d);
        await d.AdvanceLeasesAsync(Lease * 2);
        await d.Store.HeartbeatAsync("b", Lease, default);

        Expect.Equal(SettleResult.Applied, await d.SettleAsync(settlement));
        Expect.Same(settlement.Deliveries[0], await d.Store.GetDeliveryAsync(delivery.Id, default));
    }

    private static async Task<(WebhookDelivery Delivery, Settlement Settlement)> StartAsync(StoreDriver d)
    {
        await d.AddSubscriptionAsync();
        var delivery = await d.PublishAsync("1");
        return (delivery, await d.AttemptedAsync(Succeeded, delivery) with { Health = new HealthChange(d.Now, "gone", d.Now) });
    }

    private static async Task ExpectFencedAsync(StoreDriver d, WebhookDelivery delivery, Settlement settlement)
    {
        Expect.Equal(SettleResult.Fenced, await d.SettleAsync(settlement), "settling under the old fence");
        Expect.Same(delivery, await d.Store.GetDeliveryAsync(delivery.Id, default));
        Expect.Equal(0, (await d.Store.GetAttemptsAsync(delivery.Id, default)).Count);
        var subscription = Expect.NotNull(await d.Store.GetSubscriptionAsync(Sub, default));
        Expect.Equal(SubscriptionStatus.Enabled, subscription.Status);
        Expect.Equal(null, subscription.FailingSince);
    }
}
