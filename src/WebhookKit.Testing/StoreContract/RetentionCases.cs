using static WebhookKit.DeliveryStatus;
using static WebhookKit.Testing.StoreDriver;

namespace WebhookKit.Testing;

/// <summary>What is old enough is removed in small steps; what is pending always stays.</summary>
internal static class RetentionCases
{
    private const string Group = "retention";

    /// <summary>Before everything that a case publishes.</summary>
    private static readonly DateTimeOffset Never = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static IReadOnlyList<StoreContractCase> All { get; } =
    [
        StoreContractCase.Of(Group, Purge_NothingOldEnough_RemovesNothing),
        StoreContractCase.Of(Group, Purge_SucceededBefore_RemovesThoseWithTheirAttempts),
        StoreContractCase.Of(Group, Purge_FailedBefore_RemovesAllThatEndedOtherwise),
        StoreContractCase.Of(Group, Purge_AttemptsBefore_RemovesAttemptsOnly),
        StoreContractCase.Of(Group, Purge_EventsBefore_RemovesThoseWithoutDeliveries),
        StoreContractCase.Of(Group, Purge_Pending_NeverGoes),
        StoreContractCase.Of(Group, Purge_BatchStillPending_KeepsItsAnswer),
        StoreContractCase.Of(Group, Purge_EventOfWhichOneDeliveryIsLeft_Stays),
        StoreContractCase.Of(Group, Purge_EventThatGotADelivery_Stays),
        StoreContractCase.Of(Group, Purge_ResentInBetween_Stays),
        StoreContractCase.Of(Group, Purge_EventsThatEndInAnotherOrder_GoByTheirOwnTimes),
        StoreContractCase.Of(Group, Purge_RemovedSucceeded_LetsTheEventGo),
        StoreContractCase.Of(Group, Purge_Limit_RemovesSoManyAndGetsToTheEnd),
        StoreContractCase.Of(Group, Purge_LimitOfAttempts_GetsToTheEnd),
        StoreContractCase.Of(Group, Purge_EventGone_CanBePublishedAgain),
        StoreContractCase.Of(Group, Purge_WhileOthersPublish_LosesNothing),
        StoreContractCase.Of(Group, Purge_WhileDeliveriesAreAdded_LosesNothing),
    ];

    private static async Task Purge_NothingOldEnough_RemovesNothing(StoreDriver d)
    {
        await d.FinishAsync(await d.PublishAsync("1"));
        await d.FinishAsync(await d.PublishAsync("2"), Exhausted);
        await d.PublishAsync(d.Write("3", null));

        // Before a time means not at it.
        Expect.Equal(0, await d.Store.PurgeAsync(Before(d.Now), default));

        Expect.Equal("2,1", await d.ListAsync(new DeliveryQuery()));
        Expect.Equal("1,2,3", await d.MissedAsync("other"));
    }

    private static async Task Purge_SucceededBefore_RemovesThoseWithTheirAttempts(StoreDriver d)
    {
        var failed = await d.FinishAsync(await d.PublishAsync("failed"), Exhausted);
        var old = await d.FinishAsync(await d.PublishAsync("old"));
        d.Pass();
        var young = await d.FinishAsync(await d.PublishAsync("young"));

        var removed = await PurgeAllAsync(d, Nothing with { SucceededBefore = d.Now });

        Expect.True(removed >= 1, "it tells how many were removed");
        Expect.Null(await d.Store.GetDeliveryAsync(old.Id, default));
        Expect.Equal(0, (await d.Store.GetAttemptsAsync(old.Id, default)).Count);
        Expect.Same(failed, await d.Store.GetDeliveryAsync(failed.Id, default));
        Expect.Same(young, await d.Store.GetDeliveryAsync(young.Id, default));
        Expect.Equal(1, (await d.Store.GetAttemptsAsync(young.Id, default)).Count);
        Expect.Equal("young,failed", await d.ListAsync(new DeliveryQuery()));
        Expect.NotNull(await d.Store.GetEventAsync(null, "old", default));
    }

    private static async Task Purge_FailedBefore_RemovesAllThatEndedOtherwise(StoreDriver d)
    {
        await d.FinishAsync(await d.PublishAsync("succeeded"));
        await d.FinishAsync(await d.PublishAsync("exhausted"), Exhausted);
        await d.FinishAsync(await d.PublishAsync("expired"), Expired);
        await d.Store.CancelAsync((await d.PublishAsync("canceled")).Id, d.Now, default);
        d.Pass();
        await d.FinishAsync(await d.PublishAsync("young"), Exhausted);

        await PurgeAllAsync(d, Nothing with { FailedBefore = d.Now });

        Expect.Equal("young,succeeded", await d.ListAsync(new DeliveryQuery()));
    }

    private static async Task Purge_AttemptsBefore_RemovesAttemptsOnly(StoreDriver d)
    {
        var pending = await d.FinishAsync(await d.PublishAsync("pending"), Pending);
        var done = await d.FinishAsync(await d.PublishAsync("done"), Pending);
        d.Pass();
        pending = await d.FinishAsync(pending, Pending);
        done = await d.FinishAsync(done);

        var removed = await PurgeAllAsync(d, Nothing with { AttemptsBefore = d.Now });

        Expect.Equal(2, removed);
        Expect.Sequence([2], (await d.Store.GetAttemptsAsync(pending.Id, default)).Select(a => a.Number));
        Expect.Sequence([2], (await d.Store.GetAttemptsAsync(done.Id, default)).Select(a => a.Number));
        Expect.Same(pending, await d.Store.GetDeliveryAsync(pending.Id, default));
        await d.FinishAsync(pending);
        Expect.Sequence([2, 3], (await d.Store.GetAttemptsAsync(pending.Id, default)).Select(a => a.Number));
    }

    private static async Task Purge_EventsBefore_RemovesThoseWithoutDeliveries(StoreDriver d)
    {
        await d.PublishAsync(d.Write("idle", null));
        await d.FinishAsync(await d.PublishAsync("done"));
        await d.PublishAsync("pending");
        d.Pass();
        await d.PublishAsync(d.Write("young", null));

        Expect.Equal(1, await PurgeAllAsync(d, Nothing with { EventsBefore = d.Now }));
        Expect.Equal("done,pending,young", await d.MissedAsync("other"));

        await PurgeAllAsync(d, Nothing with { EventsBefore = d.Now, SucceededBefore = d.Now });
        Expect.Equal("pending,young", await d.MissedAsync("other"));
    }

    private static async Task Purge_Pending_NeverGoes(StoreDriver d)
    {
        var fresh = await d.PublishAsync("fresh");
        var retried = await d.FinishAsync(await d.PublishAsync("retried"), Pending);

        await PurgeAllAsync(d, Before(d.In(1_000_000)));

        Expect.Same(fresh, await d.Store.GetDeliveryAsync(fresh.Id, default));
        Expect.Same(retried, await d.Store.GetDeliveryAsync(retried.Id, default));
        Expect.Equal("fresh,retried", await d.ReadAsync());
        Expect.Equal(1, (await d.Store.GetAttemptsAsync(retried.Id, default)).Count);
        Expect.Equal(EventWriteStatus.Duplicate, (await d.PublishAsync(d.Write("fresh", null)))[0].Status);
    }

    private static async Task Purge_BatchStillPending_KeepsItsAnswer(StoreDriver d)
    {
        var one = await d.PublishAsync("1");
        var settlement = await d.AttemptedAsync(Pending, one, await d.PublishAsync("2"));
        await d.SettleAsync(settlement with { Attempt = settlement.Attempt! with { BatchSize = 2, ResponseBody = "slow down" } });

        await PurgeAllAsync(d, Before(d.In(1_000_000)));

        Expect.Sequence(["slow down"], (await d.Store.GetAttemptsAsync(one.Id, default)).Select(a => a.ResponseBody));
    }

    private static async Task Purge_EventOfWhichOneDeliveryIsLeft_Stays(StoreDriver d)
    {
        var write = d.Write("e", null, "x", "y");
        await d.PublishAsync(write);
        await d.FinishAsync(write.Deliveries[0]);

        await PurgeAllAsync(d, Before(d.In(1)));
        Expect.Same(write.Event, await d.Store.GetEventAsync(null, "e", default));
        Expect.Equal("e", await d.ReadAsync("y"));

        await d.FinishAsync(write.Deliveries[1], Exhausted);
        await PurgeAllAsync(d, Before(d.In(1)));
        Expect.Null(await d.Store.GetEventAsync(null, "e", default));
        Expect.Equal("", await d.ListAsync(new DeliveryQuery()));
    }

    private static async Task Purge_EventThatGotADelivery_Stays(StoreDriver d)
    {
        await d.AddSubscriptionAsync();
        await d.PublishAsync(d.Write("e", null));
        Expect.Equal(1, await d.Store.AddDeliveriesAsync([d.Delivery("e")], default));

        await PurgeAllAsync(d, Before(d.In(1)));

        Expect.Equal("e", await d.ReadAsync());
        Expect.NotNull(await d.Store.GetEventAsync(null, "e", default));
    }

    private static async Task Purge_ResentInBetween_Stays(StoreDriver d)
    {
        await d.AddSubscriptionAsync();
        var failed = await d.FinishAsync(await d.PublishAsync("1"), Exhausted);
        var resent = Expect.NotNull(await d.Store.ResendAsync(failed.Id, d.In(1), default));

        await PurgeAllAsync(d, Before(d.In(9)));

        Expect.Same(resent, await d.Store.GetDeliveryAsync(failed.Id, default));
        Expect.Equal("1", await d.ReadAsync());
    }

    private static async Task Purge_EventsThatEndInAnotherOrder_GoByTheirOwnTimes(StoreDriver d)
    {
        var first = await d.PublishAsync("first");
        d.Pass();
        var second = await d.PublishAsync("second");
        await d.FinishAsync(second);
        await PurgeAllAsync(d, Nothing with { SucceededBefore = d.In(1) });
        await d.FinishAsync(first);

        await PurgeAllAsync(d, Nothing with { SucceededBefore = d.In(1), EventsBefore = d.Now });

        Expect.Equal("second", await d.MissedAsync("other"));
    }

    private static async Task Purge_RemovedSucceeded_LetsTheEventGo(StoreDriver d)
    {
        var settlement = await d.AttemptedAsync(Succeeded, await d.PublishAsync("1"));
        Expect.Equal(SettleResult.Applied, await d.SettleAsync(settlement with { RemovesSucceeded = true }));
        d.Pass();

        await PurgeAllAsync(d, Before(d.Now));

        Expect.Null(await d.Store.GetEventAsync(null, "1", default));
    }

    private static async Task Purge_Limit_RemovesSoManyAndGetsToTheEnd(StoreDriver d)
    {
        const int limit = 3, count = 20;
        for (var i = 0; i < count; i++)
        {
            await d.FinishAsync(await d.PublishAsync($"{i}"), i % 2 == 0 ? Succeeded : Exhausted);
            await d.PublishAsync(d.Write($"idle-{i}", null));
        }

        await d.PublishAsync("pending");
        var query = Before(d.In(1)) with { Limit = limit };
        var left = await CountAsync(d);
        int removed;
        do
        {
            removed = await d.Store.PurgeAsync(query, default);
            Expect.True(removed <= limit, $"{removed} were removed, which is {limit} at most");
            var now = await CountAsync(d);
            Expect.True(left - now <= limit, $"{left - now} deliveries and events are gone, which is {limit} at most");
            left = now;
        }
        while (removed >= limit);

        Expect.Equal("pending", await d.ListAsync(new DeliveryQuery()));
        Expect.Equal("pending", await d.MissedAsync("other"));
        Expect.Equal(0, await d.Store.PurgeAsync(query, default));
    }

    private static async Task Purge_LimitOfAttempts_GetsToTheEnd(StoreDriver d)
    {
        var one = await d.PublishAsync("1");
        var two = await d.PublishAsync("2");
        for (var i = 0; i < 7; i++)
        {
            var settlement = await d.AttemptedAsync(Pending, one, two);
            Expect.Equal(SettleResult.Applied, await d.SettleAsync(settlement));
            (one, two) = (settlement.Deliveries[0], settlement.Deliveries[1]);
            d.Pass();
        }

        var counts = new List<int>();
        do counts.Add(await d.Store.PurgeAsync(Nothing with { AttemptsBefore = d.In(-2), Limit = 3 }, default));
        while (counts[^1] >= 3);

        Expect.True(counts.TrueForAll(c => c <= 3), "no call removes more than its limit");
        Expect.Equal(10, counts.Sum());
        Expect.Sequence([6, 7], (await d.Store.GetAttemptsAsync(one.Id, default)).Select(a => a.Number));
        Expect.Sequence([6, 7], (await d.Store.GetAttemptsAsync(two.Id, default)).Select(a => a.Number));
    }

    private static async Task Purge_EventGone_CanBePublishedAgain(StoreDriver d)
    {
        await d.FinishAsync(await d.PublishAsync("1"));
        await PurgeAllAsync(d, Before(d.In(1)));

        Expect.Sequence([new EventWriteResult(EventWriteStatus.Stored, 1)], await d.PublishAsync(d.Write("1", null, Sub)));
        Expect.Equal("1", await d.ReadAsync());
    }

    private static async Task Purge_WhileOthersPublish_LosesNothing(StoreDriver d)
    {
        const int publishers = 4, each = 50;
        var writes = Enumerable.Range(0, publishers * each).Select(i => d.Write($"e{i}", null, $"s{i % 3}")).ToArray();
        var publishing = Task.WhenAll(writes.Chunk(each).Select(own => Task.Run(async () =>
        {
            foreach (var write in own) await d.PublishAsync(write);
        })));

        while (!publishing.IsCompleted)
        {
            await d.Store.PurgeAsync(Before(d.In(1_000_000)), default);
            await Task.Yield();
        }

        await publishing;
        var lists = await d.Store.ReadAsync([.. Enumerable.Range(0, 3).Select(i => new LaneRead($"s{i}", 1000, true))], default);
        Expect.Items(writes.Select(w => w.Event.Id), lists.SelectMany(l => l).Select(p => p.Event.Id));
    }

    private static async Task Purge_WhileDeliveriesAreAdded_LosesNothing(StoreDriver d)
    {
        await d.AddSubscriptionAsync();
        var writes = Enumerable.Range(0, 100).Select(i => d.Write($"e{i}", null)).ToArray();
        await d.PublishAsync(writes);

        var purging = Task.Run(async () =>
        {
            while (await d.Store.PurgeAsync(Before(d.In(1)) with { Limit = 2 }, default) >= 2) await Task.Yield();
        });
        var added = 0;
        foreach (var write in writes.Reverse()) added += await d.Store.AddDeliveriesAsync([d.Delivery(write.Event.Id)], default);
        await purging;

        var list = (await d.Store.ReadAsync([new LaneRead(Sub, 1000, true)], default))[0];
        Expect.Equal(added, list.Count);
        foreach (var item in list) Expect.Same(Event(item.Delivery.EventId), await d.Store.GetEventAsync(null, item.Delivery.EventId, default));
    }

    private static PurgeQuery Nothing { get; } = Before(Never);

    private static PurgeQuery Before(DateTimeOffset time) =>
        new() { SucceededBefore = time, FailedBefore = time, AttemptsBefore = time, EventsBefore = time, Limit = 500 };

    /// <summary>Purges step by step, as the engine does.</summary>
    private static async Task<int> PurgeAllAsync(StoreDriver d, PurgeQuery query)
    {
        var total = 0;
        while (true)
        {
            var removed = await d.Store.PurgeAsync(query, default);
            total += removed;
            if (removed < query.Limit) return total;
        }
    }

    private static async Task<int> CountAsync(StoreDriver d)
    {
        var events = await d.MissedAsync("other");
        return (await d.ListAllAsync(new DeliveryQuery { Limit = 1000 })).Count + (events.Length == 0 ? 0 : events.Split(',').Length);
    }
}
