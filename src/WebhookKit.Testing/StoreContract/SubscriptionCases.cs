using static WebhookKit.Testing.StoreDriver;

namespace WebhookKit.Testing;

/// <summary>Subscriptions come back as they were stored, change only when nobody else has changed them, and tell of each change.</summary>
internal static class SubscriptionCases
{
    internal const string Group = "subscriptions";

    public static IReadOnlyList<StoreContractCase> All { get; } =
    [
        StoreContractCase.Of(Group, Add_Full_ComesBackExactly),
        StoreContractCase.Of(Group, Add_Defaults_ComeBackExactly),
        StoreContractCase.Of(Group, Add_IdTaken_GivesNullAndChangesNothing),
        StoreContractCase.Of(Group, Add_SameIdByManyAtOnce_AddsOne),
        StoreContractCase.Of(Group, Update_Full_ComesBackExactly),
        StoreContractCase.Of(Group, Update_OldVersion_IsRefused),
        StoreContractCase.Of(Group, Update_Unknown_IsRefused),
        StoreContractCase.Of(Group, Update_OneVersionByManyAtOnce_OneWins),
        StoreContractCase.Of(Group, Update_FailingSince_IsLeftAsItIs),
        StoreContractCase.Of(Group, Update_Enabled_ClearsFailingSince),
        StoreContractCase.Of(Group, Update_Url_ClearsFailingSince),
        StoreContractCase.Of(Group, Update_Tenant_NeverChanges),
        StoreContractCase.Of(Group, Change_Any_TakesANewHigherVersion),
        StoreContractCase.Of(Group, Delete_WithPending_CancelsThemAtTheGivenTime),
        StoreContractCase.Of(Group, Delete_WithPending_SupersedesTheirSettlement),
        StoreContractCase.Of(Group, Delete_WithFinished_LeavesThem),
        StoreContractCase.Of(Group, Delete_Unknown_SaysSo),
        StoreContractCase.Of(Group, Delete_AddedAgain_IsANewOne),
        .. SubscriptionListCases.All,
    ];

    private static async Task Add_Full_ComesBackExactly(StoreDriver d)
    {
        var added = await d.AddAsync(Full(d) with { Version = 99 });

        Expect.Same(Full(d) with { Version = added.Version }, added);
        await ExpectStoredAsync(d, added);
    }

    private static async Task Add_Defaults_ComeBackExactly(StoreDriver d)
    {
        var added = await d.AddAsync(new WebhookSubscription { Id = "x", Url = new Uri("https://example.com") });

        Expect.Same(new WebhookSubscription { Id = "x", Url = new Uri("https://example.com"), Version = added.Version }, added);
        await ExpectStoredAsync(d, added);
    }

    private static async Task Add_IdTaken_GivesNullAndChangesNothing(StoreDriver d)
    {
        var added = await d.AddSubscriptionAsync("x");

        Expect.Null(await d.Store.AddSubscriptionAsync(d.Subscription("x", "t") with { Name = "2" }, default));

        Expect.Same(added, await d.Store.GetSubscriptionAsync("x", default));
        Expect.Equal(added.Version, (await d.Store.ReadChangesAsync(0, default)).Version);
        Expect.Null(await d.Store.GetSubscriptionAsync("X", default), "ids are told apart by case");
    }

    private static async Task Add_SameIdByManyAtOnce_AddsOne(StoreDriver d)
    {
        var added = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Run(async () => await d.Store.AddSubscriptionAsync(d.Subscription("x") with { Name = $"{i}" }, default))));

        var winner = added.Where(s => s is not null).ToArray();
        Expect.Equal(1, winner.Length);
        Expect.Same(winner[0]!, await d.Store.GetSubscriptionAsync("x", default));
    }

    private static async Task Update_Full_ComesBackExactly(StoreDriver d)
    {
        var bare = await d.AddSubscriptionAsync("full", Full(d).TenantId);

        var full = Expect.NotNull(await d.Store.UpdateSubscriptionAsync(Full(d) with { Version = bare.Version }, default));
        Expect.Same(Full(d) with { Version = full.Version, FailingSince = null }, full);
        await ExpectStoredAsync(d, full);

        var bareAgain = Expect.NotNull(await d.Store.UpdateSubscriptionAsync(bare with { Version = full.Version }, default));
        Expect.Same(bare with { Version = bareAgain.Version }, bareAgain);
        await ExpectStoredAsync(d, bareAgain);
    }

    private static async Task Update_OldVersion_IsRefused(StoreDriver d)
    {
        var first = await d.AddSubscriptionAsync("x");
        var second = Expect.NotNull(await d.Store.UpdateSubscriptionAsync(first with { Name = "2" }, default));

        Expect.Null(await d.Store.UpdateSubscriptionAsync(first with { Name = "3" }, default));
        Expect.Null(await d.Store.UpdateSubscriptionAsync(second with { Name = "3", Version = second.Version + 1 }, default));

        Expect.Same(second, await d.Store.GetSubscriptionAsync("x", default));
        Expect.Equal(second.Version, (await d.Store.ReadChangesAsync(0, default)).Version);
    }

    private static async Task Update_Unknown_IsRefused(StoreDriver d)
    {
        Expect.Null(await d.Store.UpdateSubscriptionAsync(d.Subscription("none"), default));
        var added = await d.AddSubscriptionAsync("gone");
        await d.Store.DeleteSubscriptionAsync("gone", d.Now, default);

        Expect.Null(await d.Store.UpdateSubscriptionAsync(added, default));

        Expect.Null(await d.Store.GetSubscriptionAsync("gone", default));
    }

    private static async Task Update_OneVersionByManyAtOnce_OneWins(StoreDriver d)
    {
        var current = await d.AddSubscriptionAsync("x");
        for (var round = 0; round < 5; round++)
        {
            var updated = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Run(async () => await d.Store.UpdateSubscriptionAsync(current with { Name = $"{i}" }, default))));

            var winner = updated.Where(s => s is not null).ToArray();
            Expect.Equal(1, winner.Length, $"how many updates won in round {round}");
            Expect.Same(winner[0]!, await d.Store.GetSubscriptionAsync("x", default));
            current = winner[0]!;
        }
    }

    private static async Task Update_FailingSince_IsLeftAsItIs(StoreDriver d)
    {
        var added = await AddFailingAsync(d);

        var renamed = await d.Store.UpdateSubscriptionAsync(added with { Name = "2", FailingSince = null }, default);
        var paused = await d.Store.UpdateSubscriptionAsync(renamed! with { Status = SubscriptionStatus.Paused, FailingSince = d.In(-9) }, default);

        Expect.Equal(d.Now, renamed.FailingSince);
        Expect.Equal(d.Now, Expect.NotNull(paused).FailingSince);
        Expect.Equal(d.Now, (await d.Store.GetSubscriptionAsync(Sub, default))!.FailingSince);
    }

    private static async Task Update_Enabled_ClearsFailingSince(StoreDriver d)
    {
        var added = await AddFailingAsync(d);
        var paused = Expect.NotNull(await d.Store.UpdateSubscriptionAsync(added with { Status = SubscriptionStatus.Paused }, default));

        var enabled = Expect.NotNull(await d.Store.UpdateSubscriptionAsync(paused with { Status = SubscriptionStatus.Enabled }, default));

        Expect.Equal(null, enabled.FailingSince);
        Expect.Same(enabled, await d.Store.GetSubscriptionAsync(Sub, default));
    }

    private static async Task Update_Url_ClearsFailingSince(StoreDriver d)
    {
        var added = await AddFailingAsync(d);

        var moved = Expect.NotNull(await d.Store.UpdateSubscriptionAsync(added with { Url = new Uri("https://example.com/hooks2") }, default));

        Expect.Equal(null, moved.FailingSince);
        Expect.Same(moved, await d.Store.GetSubscriptionAsync(Sub, default));
    }

    private static async Task Update_Tenant_NeverChanges(StoreDriver d)
    {
        var added = await d.AddSubscriptionAsync("x", "t");
        var ofNone = await d.AddSubscriptionAsync("y");

        Expect.Equal("t", Expect.NotNull(await d.Store.UpdateSubscriptionAsync(added with { TenantId = "u", Name = "2" }, default)).TenantId);
        Expect.Equal(null, Expect.NotNull(await d.Store.UpdateSubscriptionAsync(ofNone with { TenantId = "t" }, default)).TenantId);

        var stored = Expect.NotNull(await d.Store.GetSubscriptionAsync("x", default));
        Expect.Equal(("t", "2"), (stored.TenantId, stored.Name));
        Expect.Equal(0, (await d.Store.ListSubscriptionsAsync(new SubscriptionQuery { TenantId = "u" }, default)).Items.Count);
        Expect.Sequence(["x"], (await d.Store.ListSubscriptionsAsync(new SubscriptionQuery { TenantId = "t" }, default)).Items.Select(s => s.Id));
    }

    private static async Task Change_Any_TakesANewHigherVersion(StoreDriver d)
    {
        var versions = new List<long>();
        var x = await d.AddSubscriptionAsync("x", "t");
        versions.Add(x.Version);
        versions.Add((await d.AddSubscriptionAsync("y", "u")).Version);
        versions.Add((await d.Store.UpdateSubscriptionAsync(x with { Name = "2" }, default))!.Version);
        await d.Store.DeleteSubscriptionAsync("y", d.Now, default);
        versions.Add((await d.Store.ReadChangesAsync(0, default)).Version);
        versions.Add((await d.AddSubscriptionAsync("y", "t")).Version);

        Expect.True(versions[0] > 0);
        Expect.Sequence(versions.Distinct().Order(), versions);
        Expect.Equal(versions[^1], (await d.Store.ReadChangesAsync(0, default)).Version);
    }

    private static async Task Delete_WithPending_CancelsThemAtTheGivenTime(StoreDriver d)
    {
        await d.AddSubscriptionAsync();
        var one = await d.FinishAsync(await d.PublishAsync("1"), DeliveryStatus.Pending);
        var two = await d.PublishAsync("2", dueIn: 5000);
        await d.PublishAsync("3", "other");
        d.Pass();

        Expect.True(await d.Store.DeleteSubscriptionAsync(Sub, d.Now, default));

        Expect.Null(await d.Store.GetSubscriptionAsync(Sub, default));
        Expect.Same(one with { Status = DeliveryStatus.Canceled, CompletedAt = d.Now }, await d.Store.GetDeliveryAsync(one.Id, default));
        Expect.Same(two with { Status = DeliveryStatus.Canceled, CompletedAt = d.Now }, await d.Store.GetDeliveryAsync(two.Id, default));
        Expect.Equal(1, (await d.Store.GetAttemptsAsync(one.Id, default)).Count);
        Expect.Equal("", await d.ReadAsync());
        Expect.Sequence(["other"], (await d.Store.ListDueLanesAsync(d.AllPartitions, DateTimeOffset.MaxValue, default)).Select(l => l.SubscriptionId));
    }

    private static async Task Delete_WithPending_SupersedesTheirSettlement(StoreDriver d)
    {
        await d.AddSubscriptionAsync();
        var delivery = await d.PublishAsync("1");
        await d.Store.DeleteSubscriptionAsync(Sub, d.Now, default);

        Expect.Equal(SettleResult.Superseded, await d.SettleAsync(await d.AttemptedAsync(DeliveryStatus.Succeeded, delivery)));
    }

    private static async Task Delete_WithFinished_LeavesThem(StoreDriver d)
    {
        await d.AddSubscriptionAsync();
        var good = await d.FinishAsync(await d.PublishAsync("1"));
        var bad = await d.FinishAsync(await d.PublishAsync("2"), DeliveryStatus.Exhausted);
        d.Pass();

        await d.Store.DeleteSubscriptionAsync(Sub, d.Now, default);

        Expect.Same(good, await d.Store.GetDeliveryAsync(good.Id, default));
        Expect.Same(bad, await d.Store.GetDeliveryAsync(bad.Id, default));
    }

    private static async Task Delete_Unknown_SaysSo(StoreDriver d)
    {
        Expect.True(!await d.Store.DeleteSubscriptionAsync("none", d.Now, default));
        await d.AddSubscriptionAsync("x");
        Expect.True(await d.Store.DeleteSubscriptionAsync("x", d.Now, default));
        Expect.True(!await d.Store.DeleteSubscriptionAsync("x", d.Now, default));
    }

    private static async Task Delete_AddedAgain_IsANewOne(StoreDriver d)
    {
        var first = await d.AddSubscriptionAsync("x", "t");
        await d.Store.DeleteSubscriptionAsync("x", d.Now, default);
        d.Pass();

        var again = await d.AddAsync(d.Subscription("x", "u") with { Name = "again" });

        Expect.True(again.Version > first.Version);
        Expect.Same(d.Subscription("x", "u") with { Name = "again", Version = again.Version }, await d.Store.GetSubscriptionAsync("x", default));
        Expect.Null(await d.Store.UpdateSubscriptionAsync(first, default));
    }

    /// <summary>A subscription with something in every member.</summary>
    private static WebhookSubscription Full(StoreDriver d) => new()
    {
        Id = "full",
        TenantId = "tenant '1' \U0010FFFF",
        Name = "Ünïcode \"name\" 😀",
        Url = new Uri("https://EXAMPLE.com:8443/a%2Fb/../ü%20c?q=1&q=%C3%BC"),
        EventTypes = ["b.*", "a.b", "a.B"],
        Filter = (WebhookFilter.Data("$.items[0]['odd \"name\"']").EqualTo("pro") & !WebhookFilter.Attribute("source").In("API", "Console", ""))
            | WebhookFilter.Data("$.total").GreaterThan(12.5m),
        Profile = "acme",
        Settings = new Dictionary<string, string> { ["b"] = "1", ["a"] = "", ["A"] = "'\"\\" },
        Secrets =
        [
            new WebhookSecret { Value = "whsec_new 'ä' \U0010FFFF" },
            new WebhookSecret { Value = "whsec_old", ExpiresAt = d.Now.AddTicks(1_234_567) },
        ],
        Headers = new Dictionary<string, string> { ["X-Key"] = "a, b", ["x-other"] = "ü" },
        HttpClient = "with certificate",
        Batching = new BatchingOptions { MaxEvents = 7, MaxBytes = 12_345, MaxDelay = TimeSpan.FromTicks(1_234_567) },
        Order = DeliveryOrder.PerKey,
        MaxConcurrency = 3,
        RateLimit = new RateLimit(5, TimeSpan.FromTicks(12_345_678)),
        Status = SubscriptionStatus.Paused,
        StatusReason = "Wartung «heute»",
        StatusChangedAt = d.Now.AddTicks(1),
        FailingSince = d.Now.AddTicks(2),
        CreatedAt = d.Now.AddTicks(3),
        UpdatedAt = d.Now.AddTicks(4),
    };

    /// <summary>Expects a subscription by every way that it can be read.</summary>
    private static async Task ExpectStoredAsync(StoreDriver d, WebhookSubscription expected)
    {
        Expect.Same(expected, await d.Store.GetSubscriptionAsync(expected.Id, default));
        Expect.AllSame([expected], (await d.Store.ListSubscriptionsAsync(new SubscriptionQuery { TenantId = expected.TenantId }, default)).Items);
        Expect.AllSame([expected], (await d.Store.ReadChangesAsync(0, default)).Changed);
    }

    private static async Task<WebhookSubscription> AddFailingAsync(StoreDriver d)
    {
        await d.AddSubscriptionAsync();
        var settlement = await d.AttemptedAsync(DeliveryStatus.Pending, await d.PublishAsync("1"));
        Expect.Equal(SettleResult.Applied, await d.SettleAsync(settlement with { Health = new HealthChange(d.Now, null, d.Now) }));
        return Expect.NotNull(await d.Store.GetSubscriptionAsync(Sub, default));
    }
}
