using static WebhookKit.EventWriteStatus;

namespace WebhookKit.Testing;

/// <summary>An event that was matched against subscriptions that have changed since is not stored, but matched again.</summary>
internal static class StalenessCases
{
    private const string Group = PublishCases.Group;

    public static IReadOnlyList<StoreContractCase> All { get; } =
    [
        StoreContractCase.Of(Group, Publish_OldSubscriptionVersion_IsStaleAndStoresNothing),
        StoreContractCase.Of(Group, Publish_CurrentSubscriptionVersion_IsStored),
        StoreContractCase.Of(Group, Publish_StaleAmongOthers_StoresTheOthers),
        StoreContractCase.Of(Group, Publish_SubscriptionUpdated_IsStale),
        StoreContractCase.Of(Group, Publish_SubscriptionDeleted_IsStale),
        StoreContractCase.Of(Group, Publish_SubscriptionDisabledBySettlement_IsStale),
        StoreContractCase.Of(Group, Publish_OnlyFailingSinceHasChanged_IsStored),
        StoreContractCase.Of(Group, Publish_StaleDuplicate_IsDuplicate),
        StoreContractCase.Of(Group, Publish_ChangeInAnotherTenant_IsStaleOrStored),
        StoreContractCase.Of(Group, Publish_AllTenantsAndAChangeInAny_IsStale),
    ];

    private static async Task Publish_OldSubscriptionVersion_IsStaleAndStoresNothing(StoreDriver d)
    {
        var old = await d.AddSubscriptionAsync("x", "t");
        var added = await d.AddSubscriptionAsync("y", "t");
        var write = d.Write("e", "t", "x") with { SubscriptionVersion = old.Version };

        Expect.Sequence([new EventWriteResult(Stale, 0)], await d.PublishAsync(write));

        Expect.Null(await d.Store.GetEventAsync("t", "e", default));
        Expect.Null(await d.Store.GetDeliveryAsync(write.Deliveries[0].Id, default));
        Expect.Equal("", await d.ReadAsync("x"));
        Expect.Sequence([new EventWriteResult(Stored, 1)], await d.PublishAsync(write with { SubscriptionVersion = added.Version }));
    }

    private static async Task Publish_CurrentSubscriptionVersion_IsStored(StoreDriver d)
    {
        await d.AddSubscriptionAsync("x", "t");
        var version = (await d.Store.ReadChangesAsync(0, default)).Version;

        Expect.Equal(Stored, (await d.PublishAsync(d.Write("1", "t", "x") with { SubscriptionVersion = version }))[0].Status);
        Expect.Equal(Stored, (await d.PublishAsync(d.Write("2", "t", "x") with { SubscriptionVersion = version }))[0].Status);
    }

    private static async Task Publish_StaleAmongOthers_StoresTheOthers(StoreDriver d)
    {
        var old = await d.AddSubscriptionAsync("x");
        var added = await d.AddSubscriptionAsync("y");

        var results = await d.PublishAsync(
            d.Write("old", null, "x") with { SubscriptionVersion = old.Version },
            d.Write("new", null, "x") with { SubscriptionVersion = added.Version },
            d.Write("any", null, "x"));

        Expect.Sequence([Stale, Stored, Stored], results.Select(r => r.Status));
        Expect.Equal("new,any", await d.ReadAsync("x", inSequence: true));
    }

    private static async Task Publish_AllTenantsAndAChangeInAny_IsStale(StoreDriver d)
    {
        var old = await d.AddSubscriptionAsync("x", "t");
        await d.AddSubscriptionAsync("y", "u");

        var results = await d.PublishAsync(
            d.Write("1", "t", "x") with { SubscriptionVersion = old.Version, AllTenants = true },
            d.Write("1", "u", "y") with { SubscriptionVersion = old.Version, AllTenants = true });

        Expect.Sequence([Stale, Stale], results.Select(r => r.Status));
        Expect.Null(await d.Store.GetEventAsync("t", "1", default));
    }

    private static async Task Publish_SubscriptionUpdated_IsStale(StoreDriver d)
    {
        var added = await d.AddSubscriptionAsync("x", "t");
        await d.Store.UpdateSubscriptionAsync(added with { EventTypes = [] }, default);

        await ExpectStaleAsync(d, added.Version);
    }

    private static async Task Publish_SubscriptionDeleted_IsStale(StoreDriver d)
    {
        var added = await d.AddSubscriptionAsync("x", "t");
        await d.Store.DeleteSubscriptionAsync("x", d.Now, default);

        await ExpectStaleAsync(d, added.Version);
    }

    private static async Task Publish_SubscriptionDisabledBySettlement_IsStale(StoreDriver d)
    {
        var added = await d.AddSubscriptionAsync("x", "t");
        var settlement = await d.AttemptedAsync(DeliveryStatus.Exhausted, await d.PublishAsync("1", "x", tenant: "t"));
        Expect.Equal(SettleResult.Applied, await d.SettleAsync(settlement with { Health = new HealthChange(d.Now, "410", d.Now) }));

        await ExpectStaleAsync(d, added.Version);
    }

    private static async Task Publish_OnlyFailingSinceHasChanged_IsStored(StoreDriver d)
    {
        var added = await d.AddSubscriptionAsync("x", "t");
        var settlement = await d.AttemptedAsync(DeliveryStatus.Pending, await d.PublishAsync("1", "x", tenant: "t"));
        Expect.Equal(SettleResult.Applied, await d.SettleAsync(settlement with { Health = new HealthChange(d.Now, null, d.Now) }));

        Expect.Equal(Stored, (await d.PublishAsync(d.Write("e", "t", "x") with { SubscriptionVersion = added.Version }))[0].Status);
    }

    private static async Task Publish_StaleDuplicate_IsDuplicate(StoreDriver d)
    {
        await d.PublishAsync(d.Write("e", "t", "x", "y"));
        var old = await d.AddSubscriptionAsync("x", "t");
        await d.AddSubscriptionAsync("y", "t");

        Expect.Sequence([new EventWriteResult(Duplicate, 2)], await d.PublishAsync(d.Write("e", "t", "x") with { SubscriptionVersion = old.Version }));
    }

    private static async Task Publish_ChangeInAnotherTenant_IsStaleOrStored(StoreDriver d)
    {
        var own = await d.AddSubscriptionAsync("x", "t");
        await d.AddSubscriptionAsync("y", "u");

        var result = (await d.PublishAsync(d.Write("e", "t", "x") with { SubscriptionVersion = own.Version }))[0];

        Expect.True(result.Status is Stored or Stale);
        Expect.Equal(result.Status == Stored ? "e" : "", await d.ReadAsync("x"));
    }

    private static async Task ExpectStaleAsync(StoreDriver d, long version)
    {
        Expect.Equal(Stale, (await d.PublishAsync(d.Write("e", "t", "x") with { SubscriptionVersion = version }))[0].Status, "a publish with the version before");
        var current = (await d.Store.ReadChangesAsync(version, default)).Version;
        Expect.Equal(Stored, (await d.PublishAsync(d.Write("e", "t", "x") with { SubscriptionVersion = current }))[0].Status, "a publish with the version read after it");
    }
}
