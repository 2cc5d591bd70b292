using static WebhookKit.Testing.StoreDriver;

namespace WebhookKit.Testing;

/// <summary>The owner reads the pending deliveries of its lanes, and learns which lanes are due.</summary>
internal static class ReadingCases
{
    private const string Group = "reading";

    public static IReadOnlyList<StoreContractCase> All { get; } =
    [
        StoreContractCase.Of(Group, Read_NotInSequence_IsByDueTimeThenAsStored),
        StoreContractCase.Of(Group, Read_DueTimesATickApart_AreInTheirOrder),
        StoreContractCase.Of(Group, Read_DueTimesWithOffsets_AreInTheirOrder),
        StoreContractCase.Of(Group, Read_InSequence_IsAsStored),
        StoreContractCase.Of(Group, Read_InSequenceOfOneCall_IsAsGiven),
        StoreContractCase.Of(Group, Read_ManyLanes_GivesOneListEachInTheirPlaces),
        StoreContractCase.Of(Group, Read_SameLaneTwice_GivesBoth),
        StoreContractCase.Of(Group, Read_ManyLanes_LimitsEach),
        StoreContractCase.Of(Group, Read_Nothing_GivesNoLists),
        StoreContractCase.Of(Group, Read_LanesThatDifferInCase_AreTwo),
        StoreContractCase.Of(Group, Read_WithoutKeys_LeavesThemOutBeforeTheLimitCounts),
        StoreContractCase.Of(Group, Read_KeylessDueBy_LeavesOutOnlyThoseWithoutAKeyThatAreDueLater),
        StoreContractCase.Of(Group, Read_WithoutKeysAndKeylessDueBy_LeavesOutBoth),
        StoreContractCase.Of(Group, Read_DueFrom_FindsAllThatIsDueThenOrLaterInOrder),
        StoreContractCase.Of(Group, Read_Again_GivesTheSameAndTheNewer),
        StoreContractCase.Of(Group, Read_StoredLaterButDueEarlier_IsFound),
        StoreContractCase.Of(Group, Read_PutOffBetweenFreshOnes_IsInItsPlace),
        StoreContractCase.Of(Group, Read_EndedInAnyWay_IsNotThere),
        StoreContractCase.Of(Group, ListDueLanes_Some_ShowsThoseDueWithTheirEarliest),
        StoreContractCase.Of(Group, ListDueLanes_Partitions_ShowsOnlyThose),
        StoreContractCase.Of(Group, ListDueLanes_HeadSettled_ShowsTheNextDueTime),
        StoreContractCase.Of(Group, ListDueLanes_SettledOrCanceled_AreNotThere),
        StoreContractCase.Of(Group, ListDueLanes_LaneEmptiedAndRefilled_ShowsItOnce),
        StoreContractCase.Of(Group, ListDueLanes_MostDistantTimes_AreUnderstood),
        StoreContractCase.Of(Group, ListDueLanes_NoSuchPartition_Throws),
        StoreContractCase.Of(Group, Measure_Few_CountsThemAndFindsTheOldest),
        StoreContractCase.Of(Group, Measure_NoSuchPartition_Throws),
    ];

    private static async Task Read_NotInSequence_IsByDueTimeThenAsStored(StoreDriver d)
    {
        await d.PublishAsync("late", dueIn: 9);
        await d.PublishAsync("first", dueIn: 1);
        await d.PublishAsync("second", dueIn: 1);
        await d.PublishAsync("middle", dueIn: 5);
        await d.PublishAsync("past", dueIn: -3600);

        Expect.Equal("past,first,second,middle,late", await d.ReadAsync());
        Expect.Equal("past,first", await d.ReadAsync(limit: 2));
        Expect.Equal("", await d.ReadAsync(limit: 0));
        Expect.Equal("", await d.ReadAsync("unknown"));
    }

    private static async Task Read_DueTimesATickApart_AreInTheirOrder(StoreDriver d)
    {
        foreach (var ticks in new[] { 3, 1, 2, 0 })
            await d.PublishAsync(d.Write(Event($"{ticks}"), d.Delivery($"{ticks}") with { DueAt = d.Now.AddTicks(ticks) }));

        Expect.Equal("0,1,2,3", await d.ReadAsync());
        Expect.Sequence([new LaneDue(Sub, d.Now)], await d.Store.ListDueLanesAsync(d.AllPartitions, d.Now, default));
        Expect.Equal(0, (await d.Store.ListDueLanesAsync(d.AllPartitions, d.Now.AddTicks(-1), default)).Count);
    }

    private static async Task Read_DueTimesWithOffsets_AreInTheirOrder(StoreDriver d)
    {
        foreach (var hours in new[] { 5, -5, 0 })
            await d.PublishAsync(d.Write(Event($"{hours}"), d.Delivery($"{hours}") with { DueAt = d.In(-hours).ToOffset(TimeSpan.FromHours(hours)) }));

        Expect.Equal("5,0,-5", await d.ReadAsync());
        Expect.Sequence([new LaneDue(Sub, d.In(-5))], await d.Store.ListDueLanesAsync(d.AllPartitions, d.In(-5).ToOffset(TimeSpan.FromHours(9)), default));
    }

    private static async Task Read_InSequence_IsAsStored(StoreDriver d)
    {
        await d.PublishAsync("1", dueIn: 9);
        await d.PublishAsync("2", dueIn: 1);
        await d.PublishAsync("another lane's", "x");
        await d.PublishAsync("3", dueIn: 5);

        Expect.Equal("1,2,3", await d.ReadAsync(inSequence: true));
        Expect.Equal("1,2", await d.ReadAsync(inSequence: true, limit: 2));
    }

    private static async Task Read_InSequenceOfOneCall_IsAsGiven(StoreDriver d)
    {
        string[] ids = ["z", "a", "m", "B", "1"];
        await d.PublishAsync([.. ids.Select((id, i) => d.Write(Event(id), d.Delivery(id, dueIn: -i)))]);

        Expect.Equal("z,a,m,B,1", await d.ReadAsync(inSequence: true));
        Expect.Equal("1,B,m,a,z", await d.ReadAsync());
    }

    private static async Task Read_ManyLanes_GivesOneListEachInTheirPlaces(StoreDriver d)
    {
        await d.PublishAsync("1", "x");
        await d.PublishAsync("2", "y");

        var lists = await d.Store.ReadAsync([new LaneRead("y", 5, false), new LaneRead("none", 5, true), new LaneRead("x", 5, true), new LaneRead("none", 5, false)], default);

        Expect.Sequence(["2", "", "1", ""], Ids(lists));
    }

    private static async Task Read_SameLaneTwice_GivesBoth(StoreDriver d)
    {
        await d.PublishAsync("1", dueIn: 2);
        await d.PublishAsync("2", dueIn: 1);

        Expect.Sequence(["2", "1,2", "2,1"], Ids(await d.Store.ReadAsync([new LaneRead(Sub, 1, false), new LaneRead(Sub, 9, true), new LaneRead(Sub, 9, false)], default)));
    }

    private static async Task Read_ManyLanes_LimitsEach(StoreDriver d)
    {
        for (var i = 0; i < 5; i++) await d.PublishAsync(d.Write($"{i}", null, [.. Enumerable.Range(0, 30).Select(lane => $"s{lane}")]));

        var lists = await d.Store.ReadAsync([.. Enumerable.Range(0, 30).Select(lane => new LaneRead($"s{lane}", lane % 7, lane % 2 == 0))], default);

        Expect.Sequence(Enumerable.Range(0, 30).Select(lane => string.Join(',', Enumerable.Range(0, Math.Min(lane % 7, 5)))), Ids(lists));
    }

    private static async Task Read_Nothing_GivesNoLists(StoreDriver d) => Expect.Equal(0, (await d.Store.ReadAsync([], default)).Count);

    private static async Task Read_LanesThatDifferInCase_AreTwo(StoreDriver d)
    {
        await d.PublishAsync("1", "lane");
        await d.PublishAsync("2", "Lane");

        Expect.Equal("1", await d.ReadAsync("lane"));
        Expect.Equal("2", await d.ReadAsync("Lane"));
    }

    private static async Task Read_WithoutKeys_LeavesThemOutBeforeTheLimitCounts(StoreDriver d)
    {
        foreach (var (id, key) in new[] { ("a1", "a"), ("b1", "b"), ("none", null), ("a2", "a"), ("c1", "c"), ("A1", "A") })
            await d.PublishAsync(id, key: key);

        Expect.Equal("b1,none,c1", await d.ReadAsync(new LaneRead(Sub, 3, true) { WithoutKeys = ["a", "x"] }));
        Expect.Equal("none,A1", await d.ReadAsync(new LaneRead(Sub, 9, true) { WithoutKeys = ["a", "b", "c"] }));
        Expect.Equal("a1,b1,none,a2,c1,A1", await d.ReadAsync(new LaneRead(Sub, 9, true) { WithoutKeys = [] }));
    }

    private static async Task Read_KeylessDueBy_LeavesOutOnlyThoseWithoutAKeyThatAreDueLater(StoreDriver d)
    {
        await d.PublishAsync("now");
        await d.PublishAsync("later", dueIn: 2);
        await d.PublishAsync("keyed", dueIn: 2, key: "a");

        Expect.Equal("now,keyed", await d.ReadAsync(new LaneRead(Sub, 9, true) { KeylessDueBy = d.In(1) }));
        Expect.Equal("now,later,keyed", await d.ReadAsync(new LaneRead(Sub, 9, true) { KeylessDueBy = d.In(2) }));
        Expect.Equal("now,keyed", await d.ReadAsync(new LaneRead(Sub, 2, true) { KeylessDueBy = d.In(1) }), "the limit counts what is not left out");
    }

    private static async Task Read_WithoutKeysAndKeylessDueBy_LeavesOutBoth(StoreDriver d)
    {
        await d.PublishAsync("later", dueIn: 2);
        await d.PublishAsync("a1", key: "a");
        await d.PublishAsync("b1", dueIn: 2, key: "b");
        await d.PublishAsync("now");

        Expect.Equal("b1,now", await d.ReadAsync(new LaneRead(Sub, 2, true) { WithoutKeys = ["a"], KeylessDueBy = d.In(1) }));
        await d.PublishAsync("1", "x");
        var lists = await d.Store.ReadAsync([new LaneRead(Sub, 9, true) { WithoutKeys = ["b"] }, new LaneRead("x", 9, true), new LaneRead(Sub, 9, true) { KeylessDueBy = d.Now }], default);
        Expect.Sequence(["later,a1,now", "1", "a1,b1,now"], Ids(lists));
    }

    /// <summary>It is a hint, so what is due earlier may be there or not.</summary>
    private static async Task Read_DueFrom_FindsAllThatIsDueThenOrLaterInOrder(StoreDriver d)
    {
        await d.PublishAsync("late", dueIn: 3);
        var held = await d.PublishAsync("held", dueIn: 2);
        await d.PublishAsync("then", dueIn: 2);
        await d.PublishAsync("before", dueIn: 1);
        await d.PublishAsync("other", "x", dueIn: 1);

        var read = new LaneRead(Sub, 9, false) { DueFrom = d.In(2), Held = new HashSet<Guid> { held.Id } };
        var lists = await d.Store.ReadAsync([read, new LaneRead("x", 9, false), read with { DueFrom = d.In(3) }, read with { DueFrom = null, Limit = 2 }], default);

        Expect.Sequence(["then,late", "other", "late", "before,then"], [From(lists[0], 2), From(lists[1], 0), From(lists[2], 3), From(lists[3], 0)]);
        Expect.Equal("before,held,then,late", await d.ReadAsync());

        string From(IReadOnlyList<PendingDelivery> list, double dueIn) =>
            string.Join(',', list.Where(p => p.Delivery.DueAt >= d.In(dueIn)).Select(p => p.Delivery.EventId));
    }

    private static async Task Read_Again_GivesTheSameAndTheNewer(StoreDriver d)
    {
        await d.PublishAsync("1");
        await d.PublishAsync("2");
        Expect.Equal("1,2", await d.ReadAsync(limit: 2));

        Expect.Equal("1,2", await d.ReadAsync(limit: 2), "reading takes nothing away");
        await d.PublishAsync("3");
        Expect.Equal("1,2,3", await d.ReadAsync(limit: 4));
    }

    private static async Task Read_StoredLaterButDueEarlier_IsFound(StoreDriver d)
    {
        await d.PublishAsync("1", dueIn: 5);
        await d.PublishAsync("2", dueIn: 6);
        Expect.Equal("1,2", await d.ReadAsync());

        await d.PublishAsync("3", dueIn: 1);

        Expect.Equal("3,1,2", await d.ReadAsync());
        Expect.Sequence([new LaneDue(Sub, d.In(1))], await d.Store.ListDueLanesAsync(d.AllPartitions, d.In(9), default));
    }

    private static async Task Read_PutOffBetweenFreshOnes_IsInItsPlace(StoreDriver d)
    {
        var retried = await d.PublishAsync("retried");
        await d.PublishAsync("a", dueIn: 1);
        await d.PublishAsync("b", dueIn: 3);
        Expect.Equal(SettleResult.Applied, await d.SettleAsync(await d.AttemptedAsync(DeliveryStatus.Pending, retried with { DueAt = d.In(2) })));

        Expect.Equal("a,retried,b", await d.ReadAsync());
        Expect.Equal("retried,a,b", await d.ReadAsync(inSequence: true));
    }

    private static async Task Read_EndedInAnyWay_IsNotThere(StoreDriver d)
    {
        foreach (var status in new[] { DeliveryStatus.Succeeded, DeliveryStatus.Exhausted, DeliveryStatus.Expired })
            await d.FinishAsync(await d.PublishAsync($"{status}"), status);
        await d.Store.CancelAsync((await d.PublishAsync("canceled")).Id, d.Now, default);
        await d.PublishAsync("pending");

        Expect.Equal("pending", await d.ReadAsync());
        Expect.Equal("pending", await d.ReadAsync(inSequence: true));
    }

    private static async Task ListDueLanes_Some_ShowsThoseDueWithTheirEarliest(StoreDriver d)
    {
        await d.PublishAsync("1", "x", dueIn: 5);
        await d.PublishAsync("2", "x", dueIn: 1);
        await d.PublishAsync("3", "y", dueIn: 2);
        await d.PublishAsync("4", "z", dueIn: 3);

        Expect.Items([new LaneDue("x", d.In(1)), new LaneDue("y", d.In(2))], await d.Store.ListDueLanesAsync(d.AllPartitions, d.In(2), default));
        Expect.Equal(0, (await d.Store.ListDueLanesAsync(d.AllPartitions, d.Now, default)).Count);
    }

    private static async Task ListDueLanes_Partitions_ShowsOnlyThose(StoreDriver d)
    {
        var lanes = Enumerable.Range(0, 40).Select(i => $"s{i}").ToArray();
        foreach (var lane in lanes) await d.PublishAsync("of-" + lane, lane);

        for (var i = 0; i < d.AllPartitions.Length; i++)
            Expect.Items(lanes.Where(l => d.PartitionOf(l) == i), (await d.Store.ListDueLanesAsync([i], d.Now, default)).Select(l => l.SubscriptionId), $"the lanes of partition {i}");
        Expect.Items(lanes.Where(l => d.PartitionOf(l) != 0), (await d.Store.ListDueLanesAsync(d.AllPartitions[1..], d.Now, default)).Select(l => l.SubscriptionId));
        Expect.Equal(0, (await d.Store.ListDueLanesAsync([], d.Now, default)).Count);
    }

    private static async Task ListDueLanes_HeadSettled_ShowsTheNextDueTime(StoreDriver d)
    {
        var head = await d.PublishAsync("1", dueIn: 1);
        await d.PublishAsync("2", dueIn: 5);
        await d.FinishAsync(head);

        Expect.Equal(0, (await d.Store.ListDueLanesAsync(d.AllPartitions, d.In(4), default)).Count);
        Expect.Sequence([new LaneDue(Sub, d.In(5))], await d.Store.ListDueLanesAsync(d.AllPartitions, d.In(5), default));
    }

    private static async Task ListDueLanes_SettledOrCanceled_AreNotThere(StoreDriver d)
    {
        await d.FinishAsync(await d.PublishAsync("1", "x"));
        await d.Store.CancelAsync((await d.PublishAsync("2", "y")).Id, d.Now, default);
        await d.PublishAsync("3", "z");

        Expect.Sequence([new LaneDue("z", d.Now)], await d.Store.ListDueLanesAsync(d.AllPartitions, DateTimeOffset.MaxValue, default));
    }

    private static async Task ListDueLanes_LaneEmptiedAndRefilled_ShowsItOnce(StoreDriver d)
    {
        await d.FinishAsync(await d.PublishAsync("1"));
        Expect.Equal(0, (await d.Store.ListDueLanesAsync(d.AllPartitions, DateTimeOffset.MaxValue, default)).Count);
        await d.FinishAsync(await d.PublishAsync("2"));
        await d.PublishAsync("3", dueIn: 7);
        await d.PublishAsync("4", dueIn: 8);

        Expect.Sequence([new LaneDue(Sub, d.In(7))], await d.Store.ListDueLanesAsync(d.AllPartitions, DateTimeOffset.MaxValue, default));
    }

    /// <summary>A drain asks for all lanes, whenever they are due.</summary>
    private static async Task ListDueLanes_MostDistantTimes_AreUnderstood(StoreDriver d)
    {
        await d.PublishAsync("1", "x", dueIn: TimeSpan.FromDays(365 * 100).TotalSeconds);

        Expect.Equal(1, (await d.Store.ListDueLanesAsync(d.AllPartitions, DateTimeOffset.MaxValue, default)).Count);
        Expect.Equal(0, (await d.Store.ListDueLanesAsync(d.AllPartitions, DateTimeOffset.MinValue, default)).Count);
    }

    private static async Task ListDueLanes_NoSuchPartition_Throws(StoreDriver d)
    {
        await Expect.ThrowsAsync<ArgumentOutOfRangeException>(async () => await d.Store.ListDueLanesAsync([d.Store.PartitionCount], d.Now, default));
        await Expect.ThrowsAsync<ArgumentOutOfRangeException>(async () => await d.Store.ListDueLanesAsync([-1], d.Now, default));
    }

    private static async Task Measure_Few_CountsThemAndFindsTheOldest(StoreDriver d)
    {
        Expect.Equal(new QueueDepth(0, null), await d.Store.MeasureAsync(d.AllPartitions, default));
        var first = await d.PublishAsync("1", "x", dueIn: 1);
        await d.PublishAsync("2", "x", dueIn: 5);
        await d.PublishAsync("3", "y", dueIn: 2);
        Expect.Equal(new QueueDepth(3, d.In(1)), await d.Store.MeasureAsync(d.AllPartitions, default));

        await d.FinishAsync(first);
        Expect.Equal(new QueueDepth(2, d.In(2)), await d.Store.MeasureAsync(d.AllPartitions, default));
        var withoutX = d.AllPartitions.Except([d.PartitionOf("x")]).ToArray();
        var isApart = d.PartitionOf("x") != d.PartitionOf("y");
        Expect.Equal(isApart ? new QueueDepth(1, d.In(2)) : new QueueDepth(0, null), await d.Store.MeasureAsync(withoutX, default));
    }

    private static async Task Measure_NoSuchPartition_Throws(StoreDriver d) =>
        await Expect.ThrowsAsync<ArgumentOutOfRangeException>(async () => await d.Store.MeasureAsync([d.Store.PartitionCount], default));

    private static IEnumerable<string> Ids(IReadOnlyList<IReadOnlyList<PendingDelivery>> lists) =>
        lists.Select(list => string.Join(',', list.Select(p => p.Event.Id)));
}
