using static WebhookKit.DeliveryStatus;
using static WebhookKit.Testing.StoreDriver;

namespace WebhookKit.Testing;

/// <summary>Deliveries are listed newest first, by any conditions.</summary>
internal static class HistoryCases
{
    internal const string Group = "history";

    private static readonly (string? TenantId, bool All)[] Tenants = [("t", false), (null, false), (null, true)];
    private static readonly string?[] Subscriptions = ["s0", "s2", null];
    private static readonly DeliveryStatus?[] Statuses = [Succeeded, Exhausted, Pending, null];
    private static readonly string?[] Events = ["e3", null];

    public static IReadOnlyList<StoreContractCase> All { get; } =
    [
        StoreContractCase.Of(Group, ListDeliveries_NoConditions_ShowsTheNewestEventFirst),
        StoreContractCase.Of(Group, ListDeliveries_Tenants_AreKeptApart),
        StoreContractCase.Of(Group, ListDeliveries_EachCondition_LeavesOutTheOthers),
        StoreContractCase.Of(Group, ListDeliveries_EachStatus_ShowsThatOnly),
        StoreContractCase.Of(Group, ListDeliveries_EachTypeAndStatus_ShowsThatOnlyToItsTenant),
        StoreContractCase.Of(Group, ListDeliveries_Combinations_MeetAllConditions),
        StoreContractCase.Of(Group, ListDeliveries_EveryLimit_LeadsToTheEnd),
        StoreContractCase.Of(Group, ListDeliveries_ChangesBetweenPages_LoseNothingElse),
        StoreContractCase.Of(Group, ListDeliveries_BadAfter_IsRefused),
        StoreContractCase.Of(Group, GetEvent_Unknown_GivesNull),
        .. RecoveryCases.All,
        .. MissedEventCases.All,
    ];

    private static async Task ListDeliveries_NoConditions_ShowsTheNewestEventFirst(StoreDriver d)
    {
        var one = await d.PublishAsync("1");
        d.Pass();
        await d.PublishAsync("2", dueIn: -100);
        d.Pass();
        await d.PublishAsync("3", dueIn: 100);
        await d.FinishAsync(one);

        Expect.Equal("3,2,1", await d.ListAsync(new DeliveryQuery()));
    }

    private static async Task ListDeliveries_Tenants_AreKeptApart(StoreDriver d)
    {
        foreach (var (id, tenant) in new[] { ("1", null), ("2", "t"), ("3", "T"), ("4", "t") })
        {
            await d.PublishAsync(id, tenant: tenant);
            d.Pass();
        }

        Expect.Equal("1", await d.ListAsync(new DeliveryQuery()));
        Expect.Equal("4,2", await d.ListAsync(new DeliveryQuery { TenantId = "t" }));
        Expect.Equal("", await d.ListAsync(new DeliveryQuery { TenantId = "none" }));
        Expect.Equal("4,3,2,1", await d.ListAsync(new DeliveryQuery { AllTenants = true }));
        Expect.Equal("4,3,2,1", await d.ListAsync(new DeliveryQuery { AllTenants = true, TenantId = "t" }));
        Expect.Equal("", await d.ListAsync(new DeliveryQuery { TenantId = "t", EventId = "1" }));
    }

    private static async Task ListDeliveries_EachCondition_LeavesOutTheOthers(StoreDriver d)
    {
        await d.PublishAsync("1");
        d.Pass();
        await d.PublishAsync("2", "other");
        d.Pass();
        await d.PublishAsync("3");
        d.Pass();
        await d.PublishAsync("4");

        Expect.Equal("4,3,1", await d.ListAsync(new DeliveryQuery { SubscriptionId = Sub }));
        Expect.Equal("", await d.ListAsync(new DeliveryQuery { SubscriptionId = "none" }));
        Expect.Equal("2", await d.ListAsync(new DeliveryQuery { EventId = "2" }));
        Expect.Equal("", await d.ListAsync(new DeliveryQuery { EventId = "none" }));
        Expect.Equal("4,3", await d.ListAsync(new DeliveryQuery { From = d.In(-1) }));
        Expect.Equal("2,1", await d.ListAsync(new DeliveryQuery { To = d.In(-1) }));
        Expect.Equal("3,2", await d.ListAsync(new DeliveryQuery { From = d.In(-2), To = d.Now }));
        Expect.Equal("3,2", await d.ListAsync(new DeliveryQuery { From = d.In(-2).ToOffset(TimeSpan.FromHours(5)), To = d.Now.ToOffset(TimeSpan.FromHours(-5)) }));
        Expect.Equal("4,3,2,1", await d.ListAsync(new DeliveryQuery { From = DateTimeOffset.MinValue, To = DateTimeOffset.MaxValue }));
    }

    private static async Task ListDeliveries_EachTypeAndStatus_ShowsThatOnlyToItsTenant(StoreDriver d)
    {
        DeliveryStatus[] statuses = [Pending, Succeeded, Exhausted, Expired, DeliveryStatus.Canceled];
        for (var i = 0; i < 40; i++)
        {
            // Every type with every status, of two tenants.
            var (type, tenant, status) = (i % 2 == 0 ? "a.b" : "a.b.c", i / 2 % 2 == 0 ? null : "t", statuses[i % 5]);
            var delivery = d.Delivery($"{i}", $"s{i % 3}", tenant: tenant) with { EventType = type };
            await d.PublishAsync(d.Write(Event($"{i}", tenant) with { Type = type }, delivery));
            if (status == DeliveryStatus.Canceled) await d.Store.CancelAsync(delivery.Id, d.Now, default);
            else if (status != Pending) await d.FinishAsync(delivery, status);
            d.Pass();
        }

        string Numbers(Func<int, bool> matches) => string.Join(',', Enumerable.Range(0, 40).Reverse().Where(matches));
        Expect.Equal(Numbers(i => i % 2 == 0 && i / 2 % 2 == 0), await d.ListAsync(new DeliveryQuery { EventType = "a.b", Limit = 3 }));
        Expect.Equal("", await d.ListAsync(new DeliveryQuery { EventType = "a.*" }));
        Expect.Equal(Numbers(i => i % 2 == 1 && i / 2 % 2 == 1 && i % 3 == 2), await d.ListAsync(new DeliveryQuery { EventType = "a.b.c", TenantId = "t", SubscriptionId = "s2" }));
        foreach (var status in statuses)
        {
            var wanted = Array.IndexOf(statuses, status);
            Expect.Equal(Numbers(i => i % 5 == wanted && i / 2 % 2 == 1), await d.ListAsync(new DeliveryQuery { Status = status, TenantId = "t", Limit = 2 }), $"those that are {status}");
            Expect.Equal(Numbers(i => i % 5 == wanted && i % 2 == 0), await d.ListAsync(new DeliveryQuery { Status = status, EventType = "a.b", AllTenants = true, Limit = 2 }), $"those of a type that are {status}");
        }
    }

    private static async Task ListDeliveries_EachStatus_ShowsThatOnly(StoreDriver d)
    {
        foreach (var status in new[] { Succeeded, Exhausted, Expired })
            await d.FinishAsync(await d.PublishAsync($"{status}"), status);
        await d.Store.CancelAsync((await d.PublishAsync("Canceled")).Id, d.Now, default);
        await d.PublishAsync("Pending");

        foreach (var status in Enum.GetValues<DeliveryStatus>())
            Expect.Equal($"{status}", await d.ListAsync(new DeliveryQuery { Status = status }), $"those that are {status}");
    }

    private static async Task ListDeliveries_Combinations_MeetAllConditions(StoreDriver d)
    {
        var all = new List<WebhookDelivery>();
        for (var i = 0; i < 48; i++)
        {
            d.Pass();
            var delivery = await d.PublishAsync($"e{i / 2}", $"s{i % 3}", tenant: i % 2 == 0 ? "t" : null, key: $"{i}");
            all.Add(i % 4 == 3 ? delivery : await d.FinishAsync(delivery, i % 4 == 1 ? Exhausted : Succeeded));
        }

        all.Reverse();
        foreach (var query in Queries(all))
            Expect.Sequence(all.Where(delivery => Matches(delivery, query)), await d.ListAllAsync(query), $"what {query} lists");
    }

    private static async Task ListDeliveries_EveryLimit_LeadsToTheEnd(StoreDriver d)
    {
        const int count = 11;
        for (var i = 0; i < count; i++)
        {
            d.Pass();
            var delivery = await d.PublishAsync($"{i}");
            if (i % 3 == 0) await d.FinishAsync(delivery, i % 2 == 0 ? Succeeded : Exhausted);
        }

        var expected = string.Join(',', Enumerable.Range(0, count).Reverse());
        for (var limit = 1; limit <= count + 1; limit++)
        {
            Expect.Equal(expected, await d.ListAsync(new DeliveryQuery { Limit = limit }), $"the pages of {limit}");
            Expect.Equal(expected, await d.ListAsync(new DeliveryQuery { Limit = limit, SubscriptionId = Sub, AllTenants = true }), $"the pages of {limit} of one subscription");
        }

        Expect.Equal("10,8,7,5,4,2,1", await d.ListAsync(new DeliveryQuery { Limit = 2, Status = Pending }));
    }

    /// <summary>What is added or changes while somebody pages must not push others out, or in twice.</summary>
    private static async Task ListDeliveries_ChangesBetweenPages_LoseNothingElse(StoreDriver d)
    {
        var all = new List<WebhookDelivery>();
        for (var i = 0; i < 9; i++)
        {
            d.Pass();
            all.Add(await d.PublishAsync($"{i}"));
        }

        var seen = new List<string>();
        var query = new DeliveryQuery { Limit = 2 };
        for (var pages = 0; pages < 100; pages++)
        {
            var page = await d.Store.ListDeliveriesAsync(query, default);
            seen.AddRange(page.Items.Select(i => i.EventId));
            if (page.Next is null) break;
            query = query with { After = page.Next };
            d.Pass();
            await d.PublishAsync($"new-{pages}");
            if (pages < all.Count) await d.FinishAsync(all[pages]);
        }

        Expect.Equal("8,7,6,5,4,3,2,1,0", string.Join(',', seen));
    }

    private static async Task ListDeliveries_BadAfter_IsRefused(StoreDriver d)
    {
        await d.PublishAsync("1");

        await Expect.ThrowsAsync<WebhookValidationException>(async () => await d.Store.ListDeliveriesAsync(new DeliveryQuery { After = "no page's end" }, default));
        await Expect.ThrowsAsync<WebhookValidationException>(async () => await d.Store.ListDeliveriesAsync(new DeliveryQuery { After = "" }, default));
    }

    private static async Task GetEvent_Unknown_GivesNull(StoreDriver d)
    {
        await d.PublishAsync("e", tenant: "t");

        Expect.Null(await d.Store.GetEventAsync("t", "f", default));
        Expect.Null(await d.Store.GetEventAsync(null, "e", default));
        Expect.Null(await d.Store.GetEventAsync("u", "e", default));
    }

    private static IEnumerable<DeliveryQuery> Queries(List<WebhookDelivery> all) =>
        from tenant in Tenants
        from subscription in Subscriptions
        from status in Statuses
        from eventId in Events
        from isBounded in Enumerable.Range(0, 2).Select(i => i == 1)
        select new DeliveryQuery
        {
            TenantId = tenant.TenantId,
            AllTenants = tenant.All,
            SubscriptionId = subscription,
            Status = status,
            EventId = eventId,
            From = isBounded ? all[40].CreatedAt : null,
            To = isBounded ? all[5].CreatedAt : null,
            Limit = 4,
        };

    private static bool Matches(WebhookDelivery delivery, DeliveryQuery query) =>
        (query.AllTenants || delivery.TenantId == query.TenantId)
        && (query.SubscriptionId is null || delivery.SubscriptionId == query.SubscriptionId)
        && (query.Status is null || delivery.Status == query.Status)
        && (query.EventId is null || delivery.EventId == query.EventId)
        && (query.From is null || delivery.CreatedAt >= query.From)
        && (query.To is null || delivery.CreatedAt < query.To);
}
