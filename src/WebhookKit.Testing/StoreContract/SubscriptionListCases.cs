namespace WebhookKit.Testing;

/// <summary>Subscriptions are listed by id, and their changes since a change number.</summary>
internal static class SubscriptionListCases
{
    private const string Group = SubscriptionCases.Group;

    public static IReadOnlyList<StoreContractCase> All { get; } =
    [
        StoreContractCase.Of(Group, ReadChanges_NothingYet_IsWholeAndEmpty),
        StoreContractCase.Of(Group, ReadChanges_SinceZero_IsWhole),
        StoreContractCase.Of(Group, ReadChanges_SinceAChange_ShowsWhatCameAfterOncePerId),
        StoreContractCase.Of(Group, ReadChanges_SinceTheLast_ShowsNothing),
        StoreContractCase.Of(Group, ReadChanges_DeletedAndAddedAgain_ShowsItAsChangedOnly),
        StoreContractCase.Of(Group, ReadChanges_FollowedStepByStep_LeadsToWhatIsThere),
        StoreContractCase.Of(Group, ReadChanges_WhileOthersChange_MissesNothing),
        StoreContractCase.Of(Group, List_Pages_AreByIdWithinTheTenant),
        StoreContractCase.Of(Group, List_EveryLimit_LeadsToTheEnd),
        StoreContractCase.Of(Group, List_LastOfThePageGone_GoesOnBehindIt),
        StoreContractCase.Of(Group, List_AfterAnId_BeginsBehindIt),
        StoreContractCase.Of(Group, List_ByStatus_LeavesOutTheOthers),
        StoreContractCase.Of(Group, List_Search_FindsPartsOfNamesAndUrls),
        StoreContractCase.Of(Group, List_SearchByPages_LeadsToTheEnd),
    ];

    private static async Task List_Search_FindsPartsOfNamesAndUrls(StoreDriver d)
    {
        await d.AddAsync(d.Subscription("a") with { Name = "Orders 100%", Url = new Uri("https://one.example.com/Hooks") });
        await d.AddAsync(d.Subscription("b") with { Name = "bills_to 'x'", Url = new Uri("https://two.example.com/in?q=ORDERS") });
        await d.AddAsync(d.Subscription("c") with { Url = new Uri("https://two.example.com/") });
        await d.AddAsync(d.Subscription("d", "t") with { Name = "orders" });
        await d.AddAsync(d.Subscription("e") with { Name = "orders", Status = SubscriptionStatus.Paused });

        async Task<string> FindAsync(SubscriptionQuery query) => string.Join(',', (await d.Store.ListSubscriptionsAsync(query, default)).Items.Select(s => s.Id));
        Expect.Equal("a,b,e", await FindAsync(new SubscriptionQuery { Search = "ordeRS" }));
        Expect.Equal("a,b", await FindAsync(new SubscriptionQuery { Search = "orders", Status = SubscriptionStatus.Enabled }));
        Expect.Equal("a,b,d,e", await FindAsync(new SubscriptionQuery { Search = "orders", AllTenants = true }));
        Expect.Equal("b,c", await FindAsync(new SubscriptionQuery { Search = "TWO.example" }));
        Expect.Equal("a", await FindAsync(new SubscriptionQuery { Search = "%" }), "what the search for a percent sign finds");
        Expect.Equal("b", await FindAsync(new SubscriptionQuery { Search = "_" }), "what the search for an underscore finds");
        Expect.Equal("b", await FindAsync(new SubscriptionQuery { Search = "'X'" }));
        Expect.Equal("", await FindAsync(new SubscriptionQuery { Search = "three" }));
        Expect.Equal("a,b,c,e", await FindAsync(new SubscriptionQuery { Search = "" }));
    }

    private static async Task List_SearchByPages_LeadsToTheEnd(StoreDriver d)
    {
        for (var i = 0; i < 12; i++) await d.AddAsync(d.Subscription($"s{i:00}") with { Name = i % 3 == 0 ? "Wanted" : "other" });

        List<string> found = [];
        string? after = null;
        do
        {
            var page = await d.Store.ListSubscriptionsAsync(new SubscriptionQuery { Search = "wanted", Limit = 2, After = after }, default);
            Expect.True(page.Items.Count <= 2, "a page has no more than 2 items");
            found.AddRange(page.Items.Select(s => s.Id));
            after = page.Next;
        }
        while (after is not null);

        Expect.Sequence(["s00", "s03", "s06", "s09"], found);
    }

    private static async Task ReadChanges_NothingYet_IsWholeAndEmpty(StoreDriver d)
    {
        var changes = await d.Store.ReadChangesAsync(0, default);

        Expect.True(changes.IsWhole);
        Expect.Equal((0, 0), (changes.Changed.Count, changes.Deleted.Count));
        Expect.True((await d.AddSubscriptionAsync("x")).Version > changes.Version, "the first change is after it");
    }

    private static async Task ReadChanges_SinceZero_IsWhole(StoreDriver d)
    {
        var x = await d.AddSubscriptionAsync("x", "t");
        await d.AddSubscriptionAsync("y", "u");
        var z = await d.AddSubscriptionAsync("z");
        var x2 = (await d.Store.UpdateSubscriptionAsync(x with { Name = "2" }, default))!;
        await d.Store.DeleteSubscriptionAsync("y", d.Now, default);

        var changes = await d.Store.ReadChangesAsync(0, default);

        Expect.True(changes.IsWhole);
        Expect.AllSame([x2, z], [.. changes.Changed.OrderBy(s => s.Id, StringComparer.Ordinal)]);
        Expect.Equal(0, changes.Deleted.Count);
    }

    private static async Task ReadChanges_SinceAChange_ShowsWhatCameAfterOncePerId(StoreDriver d)
    {
        var x = await d.AddSubscriptionAsync("x");
        await d.AddSubscriptionAsync("before");
        var y = await d.AddSubscriptionAsync("y");
        var x2 = (await d.Store.UpdateSubscriptionAsync(x with { Name = "2" }, default))!;
        var x3 = (await d.Store.UpdateSubscriptionAsync(x2 with { Name = "3" }, default))!;
        await d.Store.DeleteSubscriptionAsync("y", d.Now, default);

        var changes = await d.Store.ReadChangesAsync(y.Version, default);

        Expect.True(!changes.IsWhole, "a deletion that has just happened is still known");
        Expect.AllSame([x3], changes.Changed);
        Expect.Sequence(["y"], changes.Deleted);
        Expect.True(changes.Version > x3.Version, "deleting is a change too");
    }

    private static async Task ReadChanges_SinceTheLast_ShowsNothing(StoreDriver d)
    {
        await d.AddSubscriptionAsync("x");
        await d.Store.DeleteSubscriptionAsync("x", d.Now, default);
        var last = await d.Store.ReadChangesAsync(0, default);

        var changes = await d.Store.ReadChangesAsync(last.Version, default);

        Expect.Equal((last.Version, 0, 0), (changes.Version, changes.Changed.Count, changes.Deleted.Count));
    }

    private static async Task ReadChanges_DeletedAndAddedAgain_ShowsItAsChangedOnly(StoreDriver d)
    {
        var first = await d.AddSubscriptionAsync("x");
        await d.Store.DeleteSubscriptionAsync("x", d.Now, default);
        var again = await d.AddSubscriptionAsync("x", "t");

        var changes = await d.Store.ReadChangesAsync(first.Version, default);

        Expect.AllSame([again], changes.Changed);
        Expect.Equal(0, changes.Deleted.Count);
        Expect.Equal(again.Version, changes.Version);
    }

    private static async Task ReadChanges_FollowedStepByStep_LeadsToWhatIsThere(StoreDriver d)
    {
        var known = new Dictionary<string, long>();
        long version = 0;
        for (var step = 0; step < 60; step++)
        {
            var id = $"s{step * 7 % 5}";
            if (await d.Store.GetSubscriptionAsync(id, default) is not { } current) await d.AddSubscriptionAsync(id);
            else if (step % 3 == 0) await d.Store.DeleteSubscriptionAsync(id, d.Now, default);
            else await d.Store.UpdateSubscriptionAsync(current with { Name = $"{step}" }, default);

            if (step % 4 != 3) version = await FollowAsync(d, known, version);
        }

        await FollowAsync(d, known, version);
        var all = (await d.Store.ReadChangesAsync(0, default)).Changed;
        Expect.Items(all.Select(s => (s.Id, s.Version)), known.Select(s => (s.Key, s.Value)));
    }

    /// <summary>Change numbers that become visible out of order would make a reader miss a change for ever.</summary>
    private static async Task ReadChanges_WhileOthersChange_MissesNothing(StoreDriver d)
    {
        var known = new Dictionary<string, long>();
        long version = 0;
        var writing = Task.WhenAll(Enumerable.Range(0, 4).Select(writer => Task.Run(async () =>
        {
            for (var i = 0; i < 25; i++) await d.AddSubscriptionAsync($"w{writer}-{i}");
        })));

        while (!writing.IsCompleted)
        {
            version = await FollowAsync(d, known, version);
            await Task.Yield();
        }

        await writing;
        await FollowAsync(d, known, version);
        Expect.Equal(100, known.Count);
    }

    private static async Task List_Pages_AreByIdWithinTheTenant(StoreDriver d)
    {
        foreach (var (id, tenant) in new[] { ("b", "t"), ("a", "t"), ("B", "t"), ("_", "t"), ("c", null), ("d", "t"), ("e", "u") }) await d.AddSubscriptionAsync(id, tenant);
        await d.Store.DeleteSubscriptionAsync("d", d.Now, default);

        Expect.Equal("B,_|a,b", await PagesAsync(d, new SubscriptionQuery { TenantId = "t", Limit = 2 }));
        Expect.Equal("c", await PagesAsync(d, new SubscriptionQuery { Limit = 2 }));
        Expect.Equal("B,_,a|b,c,e", await PagesAsync(d, new SubscriptionQuery { AllTenants = true, TenantId = "t", Limit = 3 }));
        Expect.Equal("", await PagesAsync(d, new SubscriptionQuery { TenantId = "none" }));
        Expect.Equal("", await PagesAsync(d, new SubscriptionQuery { TenantId = "T" }));
    }

    private static async Task List_EveryLimit_LeadsToTheEnd(StoreDriver d)
    {
        var ids = Enumerable.Range(0, 12).Select(i => $"s{i:D2}").ToArray();
        foreach (var id in ids.Reverse()) await d.AddSubscriptionAsync(id, "t");

        for (var limit = 1; limit <= ids.Length + 1; limit++)
        {
            var pages = await PagesAsync(d, new SubscriptionQuery { TenantId = "t", Limit = limit });
            Expect.Equal(string.Join('|', ids.Chunk(limit).Select(page => string.Join(',', page))), pages, $"the pages of {limit}");
        }
    }

    private static async Task List_LastOfThePageGone_GoesOnBehindIt(StoreDriver d)
    {
        foreach (var id in new[] { "a", "b", "c", "d" }) await d.AddSubscriptionAsync(id);
        var first = await d.Store.ListSubscriptionsAsync(new SubscriptionQuery { Limit = 2 }, default);

        await d.Store.DeleteSubscriptionAsync("b", d.Now, default);
        await d.AddSubscriptionAsync("bb");

        Expect.Equal("bb,c|d", await PagesAsync(d, new SubscriptionQuery { Limit = 2, After = first.Next }));
        foreach (var id in new[] { "bb", "c", "d" }) await d.Store.DeleteSubscriptionAsync(id, d.Now, default);
        Expect.Equal("", await PagesAsync(d, new SubscriptionQuery { Limit = 2, After = first.Next }));
    }

    private static async Task List_AfterAnId_BeginsBehindIt(StoreDriver d)
    {
        foreach (var id in new[] { "a", "b", "d", "e" }) await d.AddSubscriptionAsync(id);
        await d.AddSubscriptionAsync("bc", "t");

        Expect.Equal("b", (await d.Store.ListSubscriptionsAsync(new SubscriptionQuery { Limit = 2 }, default)).Next);
        Expect.Equal("d,e", await PagesAsync(d, new SubscriptionQuery { After = "b" }));
        Expect.Equal("d,e", await PagesAsync(d, new SubscriptionQuery { After = "c" }), "after one that is not there");
        Expect.Equal("bc,d,e", await PagesAsync(d, new SubscriptionQuery { After = "b", AllTenants = true }));
    }

    private static async Task List_ByStatus_LeavesOutTheOthers(StoreDriver d)
    {
        await d.AddSubscriptionAsync("a");
        await d.AddAsync(d.Subscription("b") with { Status = SubscriptionStatus.Paused });
        await d.AddAsync(d.Subscription("c", "t") with { Status = SubscriptionStatus.Paused });
        await d.AddAsync(d.Subscription("d") with { Status = SubscriptionStatus.Disabled });
        await d.AddAsync(d.Subscription("e") with { Status = SubscriptionStatus.Paused });

        Expect.Equal("b|e", await PagesAsync(d, new SubscriptionQuery { Status = SubscriptionStatus.Paused, Limit = 1 }));
        Expect.Equal("b,c,e", await PagesAsync(d, new SubscriptionQuery { Status = SubscriptionStatus.Paused, AllTenants = true }));
        Expect.Equal("a", await PagesAsync(d, new SubscriptionQuery { Status = SubscriptionStatus.Enabled }));
    }

    /// <summary>Applies what has changed to what a reader knows, as every node does.</summary>
    private static async Task<long> FollowAsync(StoreDriver d, Dictionary<string, long> known, long version)
    {
        var changes = await d.Store.ReadChangesAsync(version, default);
        if (changes.IsWhole) known.Clear();
        foreach (var id in changes.Deleted) known.Remove(id);
        foreach (var subscription in changes.Changed) known[subscription.Id] = subscription.Version;
        return changes.Version;
    }

    private static async Task<string> PagesAsync(StoreDriver d, SubscriptionQuery query)
    {
        var pages = new List<string>();
        for (var page = await d.Store.ListSubscriptionsAsync(query, default); ; page = await d.Store.ListSubscriptionsAsync(query with { After = page.Next }, default))
        {
            pages.Add(string.Join(',', page.Items.Select(s => s.Id)));
            if (page.Next is null) return string.Join('|', pages);
        }
    }
}
