using static WebhookKit.DeliveryStatus;
using static WebhookKit.Testing.StoreDriver;

namespace WebhookKit.Testing;

/// <summary>The endpoint's health is stored with the settlement that brought it.</summary>
internal static class HealthCases
{
    private const string Group = SettlingCases.Group;

    public static IReadOnlyList<StoreContractCase> All { get; } =
    [
        StoreContractCase.Of(Group, Settle_FailingSince_IsStoredWithoutANewVersion),
        StoreContractCase.Of(Group, Settle_HealthyAgain_ClearsFailingSince),
        StoreContractCase.Of(Group, Settle_Disable_ChangesTheSubscriptionWithANewVersion),
        StoreContractCase.Of(Group, Settle_DisableWhenPaused_Disables),
        StoreContractCase.Of(Group, Settle_DisableWhenDisabled_KeepsItsReasonAndVersion),
        StoreContractCase.Of(Group, Settle_HealthOfUnknownSubscription_SettlesTheRest),
        StoreContractCase.Of(Group, Settle_HealthOfAnotherUrl_IsLeftOut),
        StoreContractCase.Of(Group, Settle_HealthOfItsUrl_IsStored),
        StoreContractCase.Of(Group, Settle_HealthOfItsUrlSpeltOtherwise_IsStored),
        StoreContractCase.Of(Group, Settle_AppliedInPart_AppliesHealth),
        StoreContractCase.Of(Group, Settle_AllCanceled_IsSupersededAndLeavesHealth),
        StoreContractCase.Of(Group, ListFailing_NoneHasFailed_IsEmpty),
        StoreContractCase.Of(Group, ListFailing_SomeAreFailing_ListsThemWithTheirVersion),
        StoreContractCase.Of(Group, ListFailing_HealthyEnabledMovedOrDeleted_AreLeftOut),
    ];

    private static async Task Settle_FailingSince_IsStoredWithoutANewVersion(StoreDriver d)
    {
        var added = await d.AddSubscriptionAsync();
        var since = d.Now.AddTicks(-1_234_567);

        await SettleAsync(d, new HealthChange(since, null, d.Now));

        Expect.Same(added with { FailingSince = since }, await d.Store.GetSubscriptionAsync(Sub, default));
        Expect.Equal(added.Version, (await d.Store.ReadChangesAsync(added.Version, default)).Version);
    }

    private static async Task Settle_HealthyAgain_ClearsFailingSince(StoreDriver d)
    {
        var added = await d.AddSubscriptionAsync();
        await SettleAsync(d, new HealthChange(d.Now, null, d.Now));
        await SettleAsync(d, null);
        Expect.Equal(d.Now, (await d.Store.GetSubscriptionAsync(Sub, default))!.FailingSince);

        await SettleAsync(d, new HealthChange(null, null, d.Now));

        Expect.Same(added, await d.Store.GetSubscriptionAsync(Sub, default));
    }

    private static async Task Settle_Disable_ChangesTheSubscriptionWithANewVersion(StoreDriver d)
    {
        var added = await d.AddSubscriptionAsync();
        d.Pass();

        await SettleAsync(d, new HealthChange(d.In(-60), "The endpoint answered 410 («weg»).", d.Now));

        var changes = await d.Store.ReadChangesAsync(added.Version, default);
        Expect.True(changes.Version > added.Version);
        var expected = added with
        {
            Status = SubscriptionStatus.Disabled,
            StatusReason = "The endpoint answered 410 («weg»).",
            StatusChangedAt = d.Now,
            UpdatedAt = d.Now,
            FailingSince = d.In(-60),
            Version = changes.Version,
        };
        Expect.AllSame([expected], changes.Changed);
        Expect.Same(expected, await d.Store.GetSubscriptionAsync(Sub, default));
    }

    private static async Task Settle_DisableWhenPaused_Disables(StoreDriver d)
    {
        await d.AddAsync(d.Subscription(Sub) with { Status = SubscriptionStatus.Paused });

        await SettleAsync(d, new HealthChange(d.Now, "410", d.Now));

        Expect.Equal(SubscriptionStatus.Disabled, (await d.Store.GetSubscriptionAsync(Sub, default))!.Status);
    }

    private static async Task Settle_DisableWhenDisabled_KeepsItsReasonAndVersion(StoreDriver d)
    {
        var added = await d.AddAsync(d.Subscription(Sub) with { Status = SubscriptionStatus.Disabled, StatusReason = "by hand", StatusChangedAt = d.Now });
        d.Pass();

        await SettleAsync(d, new HealthChange(d.Now, "410", d.Now));

        Expect.Same(added with { FailingSince = d.Now }, await d.Store.GetSubscriptionAsync(Sub, default));
    }

    private static Task Settle_HealthOfUnknownSubscription_SettlesTheRest(StoreDriver d) => SettleAsync(d, new HealthChange(d.Now, "410", d.Now));

    private static async Task Settle_HealthOfAnotherUrl_IsLeftOut(StoreDriver d)
    {
        var added = await d.AddSubscriptionAsync();
        var moved = Expect.NotNull(await d.Store.UpdateSubscriptionAsync(added with { Url = new Uri("https://example.com/elsewhere") }, default));

        await SettleAsync(d, new HealthChange(d.Now, null, d.Now) { Url = added.Url });
        await SettleAsync(d, new HealthChange(d.In(-60), "410", d.Now) { Url = added.Url });

        Expect.Same(moved, await d.Store.GetSubscriptionAsync(Sub, default));
        Expect.Equal(moved.Version, (await d.Store.ReadChangesAsync(moved.Version, default)).Version);
    }

    private static async Task Settle_HealthOfItsUrl_IsStored(StoreDriver d)
    {
        var added = await d.AddSubscriptionAsync();

        await SettleAsync(d, new HealthChange(d.Now, null, d.Now) { Url = added.Url });
        Expect.Equal(d.Now, (await d.Store.GetSubscriptionAsync(Sub, default))!.FailingSince);

        await SettleAsync(d, new HealthChange(d.Now, "410", d.Now) { Url = added.Url });
        Expect.Equal(SubscriptionStatus.Disabled, (await d.Store.GetSubscriptionAsync(Sub, default))!.Status);
    }

    private static async Task Settle_HealthOfItsUrlSpeltOtherwise_IsStored(StoreDriver d)
    {
        var added = await d.AddSubscriptionAsync();
        await SettleAsync(d, new HealthChange(d.Now, null, d.Now));
        var failing = (await d.Store.GetSubscriptionAsync(Sub, default))!;
        var host = added.Url.Host;
        var spelt = new Uri(added.Url.OriginalString.Replace(host, host.ToUpperInvariant(), StringComparison.Ordinal));
        var same = Expect.NotNull(await d.Store.UpdateSubscriptionAsync(failing with { Url = spelt }, default));
        Expect.Equal(failing.FailingSince, same.FailingSince);

        await SettleAsync(d, new HealthChange(null, null, d.Now) { Url = added.Url });

        Expect.Equal(null, (await d.Store.GetSubscriptionAsync(Sub, default))!.FailingSince);
    }

    private static async Task Settle_AppliedInPart_AppliesHealth(StoreDriver d)
    {
        await d.AddSubscriptionAsync();
        var one = await d.PublishAsync("1");
        var two = await d.PublishAsync("2");
        await d.Store.CancelAsync(one.Id, d.Now, default);

        var settlement = await d.AttemptedAsync(Exhausted, one, two) with { Health = new HealthChange(d.Now, "410", d.Now) };

        Expect.Equal(SettleResult.AppliedInPart, await d.SettleAsync(settlement));
        Expect.Equal(SubscriptionStatus.Disabled, (await d.Store.GetSubscriptionAsync(Sub, default))!.Status);
    }

    private static async Task Settle_AllCanceled_IsSupersededAndLeavesHealth(StoreDriver d)
    {
        var added = await d.AddSubscriptionAsync();
        var delivery = await d.PublishAsync("1");
        await d.Store.CancelAsync(delivery.Id, d.Now, default);

        var settlement = await d.AttemptedAsync(Exhausted, delivery) with { Health = new HealthChange(d.Now, "gone", d.Now) };

        Expect.Equal(SettleResult.Superseded, await d.SettleAsync(settlement));
        Expect.Same(added, await d.Store.GetSubscriptionAsync(Sub, default));
        Expect.Equal(0, (await d.Store.GetAttemptsAsync(delivery.Id, default)).Count);
    }

    private static async Task ListFailing_NoneHasFailed_IsEmpty(StoreDriver d)
    {
        Expect.Items([], await d.Store.ListFailingAsync(default));
        await d.AddSubscriptionAsync();
        Expect.Items([], await d.Store.ListFailingAsync(default));
    }

    private static async Task ListFailing_SomeAreFailing_ListsThemWithTheirVersion(StoreDriver d)
    {
        var added = await d.AddSubscriptionAsync();
        await d.AddSubscriptionAsync("healthy", "t");
        await d.AddSubscriptionAsync("other", "t");
        var since = d.Now.AddTicks(-1_234_567);
        await SettleAsync(d, new HealthChange(since, null, d.Now));
        await SettleAsync(d, new HealthChange(d.Now, "410", d.Now), "other");
        var disabled = (await d.Store.GetSubscriptionAsync("other", default))!;

        Expect.Items(
            [new FailingEndpoint(Sub, since, added.Version), new FailingEndpoint("other", d.Now, disabled.Version)],
            await d.Store.ListFailingAsync(default));

        var renamed = Expect.NotNull(await d.Store.UpdateSubscriptionAsync(added with { Name = "renamed" }, default));
        Expect.Items([new FailingEndpoint(Sub, since, renamed.Version), new FailingEndpoint("other", d.Now, disabled.Version)], await d.Store.ListFailingAsync(default));
    }

    private static async Task ListFailing_HealthyEnabledMovedOrDeleted_AreLeftOut(StoreDriver d)
    {
        string[] ids = ["healthy", "enabled", "moved", "deleted"];
        foreach (var id in ids)
        {
            await d.AddSubscriptionAsync(id);
            await SettleAsync(d, new HealthChange(d.Now, id == "enabled" ? "410" : null, d.Now), id);
        }

        Expect.Items(ids, (await d.Store.ListFailingAsync(default)).Select(f => f.SubscriptionId));

        await SettleAsync(d, new HealthChange(null, null, d.Now), "healthy");
        var enabled = (await d.Store.GetSubscriptionAsync("enabled", default))!;
        await d.Store.UpdateSubscriptionAsync(enabled with { Status = SubscriptionStatus.Enabled }, default);
        var moved = (await d.Store.GetSubscriptionAsync("moved", default))!;
        await d.Store.UpdateSubscriptionAsync(moved with { Url = new Uri("https://example.com/elsewhere") }, default);
        await d.Store.DeleteSubscriptionAsync("deleted", d.Now, default);

        Expect.Items([], await d.Store.ListFailingAsync(default));
    }

    /// <summary>Settles a failed attempt of a new delivery, with a change of health.</summary>
    private static async Task SettleAsync(StoreDriver d, HealthChange? health, string subscriptionId = Sub)
    {
        var delivery = await d.PublishAsync($"e{d.NewId():N}", subscriptionId);
        var settlement = await d.AttemptedAsync(Exhausted, delivery);
        Expect.Equal(SettleResult.Applied, await d.SettleAsync(settlement with { Health = health }));
        Expect.Same(settlement.Deliveries[0], await d.Store.GetDeliveryAsync(delivery.Id, default));
    }
}
