using static WebhookKit.EventWriteStatus;

namespace WebhookKit.Testing;

/// <summary>Publishing is atomic, idempotent, and refuses what was matched against old subscriptions.</summary>
internal static class PublishCases
{
    internal const string Group = "publish";

    public static IReadOnlyList<StoreContractCase> All { get; } =
    [
        StoreContractCase.Of(Group, Initialize_Twice_KeepsWhatIsThere),
        StoreContractCase.Of(Group, Publish_EventWithDeliveries_StoresAll),
        StoreContractCase.Of(Group, Publish_EventsWithoutDeliveries_AreStored),
        StoreContractCase.Of(Group, Publish_Nothing_GivesNoResults),
        StoreContractCase.Of(Group, Publish_FirstDeliveryIdTaken_StoresNothingOfTheCall),
        StoreContractCase.Of(Group, Publish_LastDeliveryIdOfManyTaken_StoresNothingOfTheCall),
        StoreContractCase.Of(Group, Publish_DeliveryIdTwiceInOneCall_StoresNothingOfTheCall),
        StoreContractCase.Of(Group, Publish_SameTenantAndId_IsDuplicateWithTheFirstCount),
        StoreContractCase.Of(Group, Publish_SameIdInAnotherTenant_IsAnotherEvent),
        StoreContractCase.Of(Group, Publish_IdsThatDifferInCase_AreTwoEvents),
        StoreContractCase.Of(Group, Publish_SameIdTwiceInOneCall_TheSecondIsDuplicate),
        StoreContractCase.Of(Group, Publish_VerySameWriteAgain_IsDuplicate),
        StoreContractCase.Of(Group, Publish_KnownEventSaidToBeNew_IsDuplicate),
        StoreContractCase.Of(Group, Publish_DuplicateOfWhatHasEnded_TellsTheFirstCount),
        StoreContractCase.Of(Group, Publish_DuplicateAmongNew_StoresTheNew),
        StoreContractCase.Of(Group, Publish_ForeignTransaction_IsRefusedBeforeAnythingIsStored),
        StoreContractCase.Of(Group, Publish_ManyAtOnce_StoresEachOnce),
        StoreContractCase.Of(Group, Publish_SameIdsByManyAtOnce_StoresEachOnce),
        .. StalenessCases.All,
        .. RoundTripCases.All,
    ];

    private static async Task Initialize_Twice_KeepsWhatIsThere(StoreDriver d)
    {
        var delivery = await d.PublishAsync("e");

        await d.Store.InitializeAsync(default);

        Expect.Same(delivery, await d.Store.GetDeliveryAsync(delivery.Id, default));
    }

    private static async Task Publish_EventWithDeliveries_StoresAll(StoreDriver d)
    {
        var write = d.Write("e", "t", "x", "y");

        var results = await d.PublishAsync(write);

        Expect.Sequence([new EventWriteResult(Stored, 2)], results);
        Expect.Same(write.Event, await d.Store.GetEventAsync("t", "e", default));
        foreach (var delivery in write.Deliveries)
        {
            Expect.Same(delivery, await d.Store.GetDeliveryAsync(delivery.Id, default));
            Expect.Equal("e", await d.ReadAsync(delivery.SubscriptionId));
        }
    }

    private static async Task Publish_EventsWithoutDeliveries_AreStored(StoreDriver d)
    {
        var results = await d.PublishAsync(d.Write("e", null), d.Write("f", null, StoreDriver.Sub));

        Expect.Sequence([new EventWriteResult(Stored, 0), new EventWriteResult(Stored, 1)], results);
        Expect.Same(StoreDriver.Event("e"), await d.Store.GetEventAsync(null, "e", default));
        Expect.Sequence([new EventWriteResult(Duplicate, 0)], await d.PublishAsync(d.Write("e", null, StoreDriver.Sub)));
        Expect.Equal("f", await d.ReadAsync());
    }

    private static async Task Publish_Nothing_GivesNoResults(StoreDriver d) => Expect.Equal(0, (await d.PublishAsync()).Count);

    private static Task Publish_FirstDeliveryIdTaken_StoresNothingOfTheCall(StoreDriver d) => TakeIdAsync(d, position: 0);

    private static Task Publish_LastDeliveryIdOfManyTaken_StoresNothingOfTheCall(StoreDriver d) => TakeIdAsync(d, position: 49);

    private static async Task TakeIdAsync(StoreDriver d, int position)
    {
        var first = await d.PublishAsync("first");
        var writes = Enumerable.Range(0, 50).Select(i => d.Write($"e{i}", null, StoreDriver.Sub)).Append(d.Write("idle", null)).ToArray();
        var good = writes[position];
        writes[position] = d.Write(good.Event, good.Deliveries[0] with { Id = first.Id });

        await Expect.ThrowsAsync<ArgumentException>(() => d.PublishAsync(writes));

        Expect.Equal("first", await d.ReadAsync());
        Expect.Same(first, await d.Store.GetDeliveryAsync(first.Id, default));
        Expect.Equal("first", await d.ListAsync(new DeliveryQuery()));
        Expect.Equal("first", await d.MissedAsync("another"));

        // Nothing is left behind that would be in the way of another try.
        writes[position] = good;
        Expect.True((await d.PublishAsync(writes)).All(r => r.Status == Stored), "all are stored once no id is taken");
    }

    private static async Task Publish_DeliveryIdTwiceInOneCall_StoresNothingOfTheCall(StoreDriver d)
    {
        var delivery = d.Delivery("1");

        await Expect.ThrowsAsync<ArgumentException>(
            () => d.PublishAsync(d.Write(StoreDriver.Event("1"), delivery), d.Write(StoreDriver.Event("2"), delivery with { EventId = "2" })));

        Expect.Null(await d.Store.GetEventAsync(null, "1", default));
        Expect.Null(await d.Store.GetEventAsync(null, "2", default));
        Expect.Null(await d.Store.GetDeliveryAsync(delivery.Id, default));
    }

    private static async Task Publish_SameTenantAndId_IsDuplicateWithTheFirstCount(StoreDriver d)
    {
        var first = d.Write("e", "t", "x", "y");
        await d.PublishAsync(first);
        d.Pass();

        var second = d.Write(StoreDriver.Event("e", "t") with { Type = "other" }, d.Delivery("e", "z", tenant: "t"));
        Expect.Sequence([new EventWriteResult(Duplicate, 2)], await d.PublishAsync(second));

        Expect.Equal("", await d.ReadAsync("z"));
        Expect.Null(await d.Store.GetDeliveryAsync(second.Deliveries[0].Id, default));
        Expect.Same(first.Event, await d.Store.GetEventAsync("t", "e", default));
    }

    private static async Task Publish_SameIdInAnotherTenant_IsAnotherEvent(StoreDriver d)
    {
        var results = await d.PublishAsync(d.Write("e", "t", "x"), d.Write("e", null, "x"), d.Write("e", "u", "x"), d.Write("e", null, "x"));

        Expect.Sequence([Stored, Stored, Stored, Duplicate], results.Select(r => r.Status));
        Expect.Equal("e,e,e", await d.ReadAsync("x"));
        foreach (var tenant in new[] { "t", null, "u" }) Expect.Same(StoreDriver.Event("e", tenant), await d.Store.GetEventAsync(tenant, "e", default));
        Expect.Null(await d.Store.GetEventAsync("v", "e", default));
    }

    private static async Task Publish_IdsThatDifferInCase_AreTwoEvents(StoreDriver d)
    {
        var results = await d.PublishAsync(d.Write("e", "t", "x"), d.Write("E", "t", "x"), d.Write("e", "T", "x"), d.Write("e", "t", "x"));

        Expect.Sequence([Stored, Stored, Stored, Duplicate], results.Select(r => r.Status));
        Expect.Equal("E", (await d.Store.GetEventAsync("t", "E", default))?.Id);
        Expect.Equal("T", (await d.Store.GetEventAsync("T", "e", default))?.TenantId);
    }

    private static async Task Publish_SameIdTwiceInOneCall_TheSecondIsDuplicate(StoreDriver d)
    {
        var results = await d.PublishAsync(d.Write("e", null, "x", "y"), d.Write("e", null, "x"));

        Expect.Sequence([new EventWriteResult(Stored, 2), new EventWriteResult(Duplicate, 2)], results);
        Expect.Equal(2, await d.CountPendingAsync());
    }

    /// <summary>So it is written again when the answer was lost.</summary>
    private static async Task Publish_VerySameWriteAgain_IsDuplicate(StoreDriver d)
    {
        var write = d.Write("e", null, "x", "y");
        await d.PublishAsync(write);

        Expect.Sequence([new EventWriteResult(Duplicate, 2)], await d.PublishAsync(write));

        Expect.Equal(2, await d.CountPendingAsync());
    }

    /// <summary>It is only a hint.</summary>
    private static async Task Publish_KnownEventSaidToBeNew_IsDuplicate(StoreDriver d)
    {
        await d.PublishAsync(d.Write("e", null, "x", "y") with { HasNewId = true });

        var results = await d.PublishAsync(d.Write("other", null, "x") with { HasNewId = true }, d.Write("e", null, "x") with { HasNewId = true });

        Expect.Sequence([new EventWriteResult(Stored, 1), new EventWriteResult(Duplicate, 2)], results);
        Expect.Equal(3, await d.CountPendingAsync());
    }

    private static async Task Publish_DuplicateOfWhatHasEnded_TellsTheFirstCount(StoreDriver d)
    {
        var write = d.Write("e", null, "x", "y");
        await d.PublishAsync(write);
        await d.FinishAsync(write.Deliveries[0]);
        await d.FinishAsync(write.Deliveries[1], DeliveryStatus.Exhausted);

        Expect.Sequence([new EventWriteResult(Duplicate, 2)], await d.PublishAsync(d.Write("e", null, "z")));
    }

    private static async Task Publish_DuplicateAmongNew_StoresTheNew(StoreDriver d)
    {
        await d.PublishAsync("known");

        var results = await d.PublishAsync(d.Write("1", null, StoreDriver.Sub), d.Write("known", null, StoreDriver.Sub), d.Write("2", null, StoreDriver.Sub));

        Expect.Sequence([Stored, Duplicate, Stored], results.Select(r => r.Status));
        Expect.Equal("known,1,2", await d.ReadAsync(inSequence: true));
    }

    private static async Task Publish_ForeignTransaction_IsRefusedBeforeAnythingIsStored(StoreDriver d)
    {
        await using var transaction = new ForeignTransaction();

        await Expect.ThrowsAsync<WebhookConflictException>(async () => await d.Store.PublishAsync([d.Write("e", null, "x")], transaction, default));

        Expect.Null(await d.Store.GetEventAsync(null, "e", default));
        Expect.Equal("", await d.ReadAsync("x"));
    }

    private static async Task Publish_ManyAtOnce_StoresEachOnce(StoreDriver d)
    {
        const int publishers = 8, each = 50;
        var writes = Enumerable.Range(0, publishers * each).Select(i => d.Write($"e{i}", null, $"s{i % 7}", "all")).ToArray();

        var results = await Task.WhenAll(writes.Chunk(each).Select(own => Task.Run(async () =>
        {
            var results = new List<EventWriteResult>();
            foreach (var write in own) results.AddRange(await d.PublishAsync(write));
            return results;
        })));

        Expect.True(results.SelectMany(r => r).All(r => r == new EventWriteResult(Stored, 2)), "all are stored");
        var all = (await d.Store.ReadAsync([new LaneRead("all", 1000, true)], default))[0];
        Expect.Items(writes.Select(w => w.Event.Id), all.Select(p => p.Event.Id));
        for (var i = 0; i < 7; i++)
        {
            var lane = (await d.Store.ReadAsync([new LaneRead($"s{i}", 1000, false)], default))[0];
            Expect.Items(writes.Where(w => w.Deliveries[0].SubscriptionId == $"s{i}").Select(w => w.Deliveries[0].Id), lane.Select(p => p.Delivery.Id));
        }

        foreach (var write in writes) Expect.Same(write.Event, await d.Store.GetEventAsync(null, write.Event.Id, default));
    }

    private static async Task Publish_SameIdsByManyAtOnce_StoresEachOnce(StoreDriver d)
    {
        const int publishers = 4, each = 25;
        var results = await Task.WhenAll(Enumerable.Range(0, publishers).Select(_ => Task.Run(async () =>
        {
            var results = new List<EventWriteResult>();
            for (var i = 0; i < each; i++) results.AddRange(await d.PublishAsync(d.Write($"e{i}", null, StoreDriver.Sub)));
            return results;
        })));

        for (var i = 0; i < each; i++) Expect.Equal(1, results.Count(r => r[i].Status == Stored), $"how often event {i} is stored");
        Expect.True(results.SelectMany(r => r).All(r => r.Deliveries == 1), "duplicates are told the first count too");
        Expect.Equal(each, await d.CountPendingAsync());
    }
}
