using static WebhookKit.Testing.StoreDriver;

namespace WebhookKit.Testing;

/// <summary>A subscription can have deliveries added of events that it has none of.</summary>
internal static class MissedEventCases
{
    private const string Group = HistoryCases.Group;

    public static IReadOnlyList<StoreContractCase> All { get; } =
    [
        StoreContractCase.Of(Group, ListMissedEvents_OfTheTenant_AreOldestFirst),
        StoreContractCase.Of(Group, ListMissedEvents_Since_CountsFromWhenTheyWerePublished),
        StoreContractCase.Of(Group, ListMissedEvents_WithADelivery_AreNotMissed),
        StoreContractCase.Of(Group, ListMissedEvents_Addressed_AreLeftOut),
        StoreContractCase.Of(Group, ListMissedEvents_EveryLimit_LeadsToTheEnd),
        StoreContractCase.Of(Group, ListMissedEvents_AddedBetweenPages_LosesNothing),
        StoreContractCase.Of(Group, ListMissedEvents_LastOfThePageGone_GoesOnBehindIt),
        StoreContractCase.Of(Group, AddDeliveries_Missed_AddsEachOnce),
        StoreContractCase.Of(Group, AddDeliveries_Added_AreLikePublishedOnes),
        StoreContractCase.Of(Group, AddDeliveries_EventOrSubscriptionGone_ArePassedOver),
        StoreContractCase.Of(Group, AddDeliveries_IdTaken_ThrowsAndAddsNothing),
        StoreContractCase.Of(Group, AddDeliveries_SameByManyAtOnce_AddsEachOnce),
        StoreContractCase.Of(Group, AddDeliveries_Nothing_AddsNothing),
    ];

    private static async Task ListMissedEvents_OfTheTenant_AreOldestFirst(StoreDriver d)
    {
        foreach (var (id, tenant) in new[] { ("1", "t"), ("foreign", "u"), ("2", "t"), ("of no tenant", null), ("3", "t") })
        {
            await d.PublishAsync(d.Write(id, tenant));
            d.Pass();
        }

        Expect.Equal("1,2,3", await d.MissedAsync(Sub, "t"));
        Expect.Equal("of no tenant", await d.MissedAsync(Sub));
        Expect.Equal("", await d.MissedAsync(Sub, "none"));
    }

    private static async Task ListMissedEvents_Since_CountsFromWhenTheyWerePublished(StoreDriver d)
    {
        await d.PublishAsync(d.Write(Event("1") with { OccurredAt = d.In(100) }));
        d.Pass();
        await d.PublishAsync(d.Write(Event("2") with { OccurredAt = d.In(-100) }));
        d.Pass();
        await d.PublishAsync(d.Write(Event("3")));

        Expect.Equal("2,3", await d.MissedAsync(Sub, since: d.In(-1)));
        Expect.Equal("3", await d.MissedAsync(Sub, since: d.In(-1).AddTicks(1)));
        Expect.Equal("1,2,3", await d.MissedAsync(Sub, since: DateTimeOffset.MinValue));
    }

    private static async Task ListMissedEvents_WithADelivery_AreNotMissed(StoreDriver d)
    {
        await d.PublishAsync("pending");
        await d.FinishAsync(await d.PublishAsync("succeeded"));
        await d.FinishAsync(await d.PublishAsync("failed"), DeliveryStatus.Exhausted);
        await d.Store.CancelAsync((await d.PublishAsync("canceled")).Id, d.Now, default);
        await d.PublishAsync("another's", "other");

        Expect.Equal("another's", await d.MissedAsync(Sub));
        Expect.Equal("pending,succeeded,failed,canceled", await d.MissedAsync("other"));
    }

    private static async Task ListMissedEvents_Addressed_AreLeftOut(StoreDriver d)
    {
        await d.PublishAsync(d.Write("1", null, "other") with { IsAddressed = true });
        await d.PublishAsync(d.Write("2", null, "other"));
        await d.PublishAsync(d.Write("3", null) with { IsAddressed = true });

        Expect.Equal("2", await d.MissedAsync(Sub));
    }

    private static async Task ListMissedEvents_EveryLimit_LeadsToTheEnd(StoreDriver d)
    {
        const int count = 11;
        for (var i = 0; i < count; i++)
        {
            await d.PublishAsync(i % 4 == 3 ? d.Write($"{i}", "t", Sub) : d.Write($"{i}", "t"));
            d.Pass();
        }

        for (var limit = 1; limit <= count + 1; limit++) Expect.Equal("0,1,2,4,5,6,8,9,10", await d.MissedAsync(Sub, "t", limit: limit), $"the pages of {limit}");
    }

    /// <summary>So recovering goes on: what a page has listed is added before the next is read.</summary>
    private static async Task ListMissedEvents_AddedBetweenPages_LosesNothing(StoreDriver d)
    {
        await d.AddSubscriptionAsync();
        for (var i = 0; i < 7; i++)
        {
            await d.PublishAsync(d.Write($"{i}", null));
            d.Pass();
        }

        string? after = null;
        for (var pages = 0; pages < 100; pages++)
        {
            var page = await d.Store.ListMissedEventsAsync(null, Sub, default, after, 2, default);
            await d.Store.AddDeliveriesAsync([.. page.Items.Select(e => d.Delivery(e.Id))], default);
            if (page.Next is null) break;
            after = page.Next;
        }

        Expect.Equal("0,1,2,3,4,5,6", await d.ReadAsync(inSequence: true));
        Expect.Equal("", await d.MissedAsync(Sub));
    }

    private static async Task ListMissedEvents_LastOfThePageGone_GoesOnBehindIt(StoreDriver d)
    {
        for (var i = 0; i < 6; i++)
        {
            await d.PublishAsync(d.Write($"{i}", null));
            d.Pass();
        }

        var first = await d.Store.ListMissedEventsAsync(null, Sub, default, null, 3, default);
        var events = d.In(-3);
        await d.Store.PurgeAsync(new PurgeQuery { SucceededBefore = events, FailedBefore = events, AttemptsBefore = events, EventsBefore = events, Limit = 100 }, default);

        Expect.Equal("3,4,5", await d.MissedAsync(Sub), "what the purge has left");
        Expect.Equal("3,4,5", await d.MissedAsync(Sub, after: first.Next));
    }

    private static async Task AddDeliveries_Missed_AddsEachOnce(StoreDriver d)
    {
        await d.AddSubscriptionAsync();
        await d.PublishAsync("1", "other");
        await d.PublishAsync("2");
        await d.FinishAsync(await d.PublishAsync("3"));

        Expect.Equal(1, await d.Store.AddDeliveriesAsync([d.Delivery("1"), d.Delivery("1"), d.Delivery("2"), d.Delivery("3")], default));
        Expect.Equal(0, await d.Store.AddDeliveriesAsync([d.Delivery("1")], default));

        // An added delivery may stand at its event's place or at the end.
        Expect.Sequence(["1", "2"], (await d.ReadAsync(inSequence: true)).Split(',').Order());
    }

    private static async Task AddDeliveries_Added_AreLikePublishedOnes(StoreDriver d)
    {
        await d.AddSubscriptionAsync(tenant: "t");
        var missed = Event("1", "t", "key");
        await d.PublishAsync(d.Write(missed));
        d.Pass();
        var added = d.Delivery("1", dueIn: 1, tenant: "t") with { ExpiresAt = d.In(9) };

        Expect.Equal(1, await d.Store.AddDeliveriesAsync([added], default));

        Expect.Same(added, await d.Store.GetDeliveryAsync(added.Id, default));
        var read = (await d.Store.ReadAsync([new LaneRead(Sub, 1, false)], default))[0][0];
        Expect.Same(added, read.Delivery);
        Expect.Same(missed, read.Event);
        Expect.Equal("", await d.ReadAsync(new LaneRead(Sub, 1, true) { WithoutKeys = ["key"] }));
        Expect.Sequence([new LaneDue(Sub, d.In(1))], await d.Store.ListDueLanesAsync(d.AllPartitions, d.In(1), default));
        Expect.Equal("1", await d.ListAsync(new DeliveryQuery { TenantId = "t" }));
        await d.FinishAsync(added);
        Expect.Sequence([new EventWriteResult(EventWriteStatus.Duplicate, 0)], await d.PublishAsync(d.Write("1", "t")), "a duplicate is told the count of its first publishing");
    }

    private static async Task AddDeliveries_EventOrSubscriptionGone_ArePassedOver(StoreDriver d)
    {
        await d.AddSubscriptionAsync();
        await d.AddSubscriptionAsync("gone");
        await d.Store.DeleteSubscriptionAsync("gone", d.Now, default);
        await d.PublishAsync(d.Write("1", null), d.Write("2", null), d.Write("3", "t"));

        var added = await d.Store.AddDeliveriesAsync([d.Delivery("unknown"), d.Delivery("1", "gone"), d.Delivery("2", "never"), d.Delivery("3"), d.Delivery("1")], default);

        Expect.Equal(1, added);
        Expect.Equal(1, await d.CountPendingAsync());
        Expect.Equal("1", await d.ReadAsync());
    }

    private static async Task AddDeliveries_IdTaken_ThrowsAndAddsNothing(StoreDriver d)
    {
        await d.AddSubscriptionAsync("x");
        var one = await d.PublishAsync("0", "x");
        await d.PublishAsync("1");
        await d.PublishAsync("2");

        await Expect.ThrowsAsync<ArgumentException>(
            async () => await d.Store.AddDeliveriesAsync([d.Delivery("1", "x"), d.Delivery("2", "x") with { Id = one.Id }], default));

        Expect.Equal("0", await d.ReadAsync("x"));
        Expect.Equal("1,2", await d.MissedAsync("x"));
        Expect.Same(one, await d.Store.GetDeliveryAsync(one.Id, default));
    }

    private static async Task AddDeliveries_SameByManyAtOnce_AddsEachOnce(StoreDriver d)
    {
        await d.AddSubscriptionAsync();
        var ids = Enumerable.Range(0, 20).Select(i => $"e{i}").ToArray();
        await d.PublishAsync([.. ids.Select(id => d.Write(id, null))]);

        var added = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(async () => await d.Store.AddDeliveriesAsync([.. ids.Select(id => d.Delivery(id))], default))));

        Expect.Equal(ids.Length, added.Sum());
        Expect.Items(ids, (await d.ReadAsync()).Split(','));
    }

    private static async Task AddDeliveries_Nothing_AddsNothing(StoreDriver d) => Expect.Equal(0, await d.Store.AddDeliveriesAsync([], default));
}
