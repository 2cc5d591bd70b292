using static WebhookKit.DeliveryStatus;
using static WebhookKit.SettleResult;
using static WebhookKit.Testing.StoreDriver;

namespace WebhookKit.Testing;

/// <summary>Settling is fenced, idempotent and whole.</summary>
internal static class SettlingCases
{
    internal const string Group = "settling";

    public static IReadOnlyList<StoreContractCase> All { get; } =
    [
        StoreContractCase.Of(Group, Settle_Success_FinishesAndKeepsTheAttempt),
        StoreContractCase.Of(Group, Settle_Twice_ChangesNothingTheSecondTime),
        StoreContractCase.Of(Group, Settle_OldAttemptCount_IsSuperseded),
        StoreContractCase.Of(Group, Settle_Delivery_ComesBackExactly),
        StoreContractCase.Of(Group, Settle_Retry_GoesOnPending),
        StoreContractCase.Of(Group, Settle_PutOffWithoutAttempt_MovesAndCountsNoAttempt),
        StoreContractCase.Of(Group, Settle_ExpiredWithoutAttempt_EndsIt),
        StoreContractCase.Of(Group, Settle_Batch_AppliesToAllAndKeepsTheAttemptOfEach),
        StoreContractCase.Of(Group, Settle_BatchWithOneCanceled_AppliesTheOthers),
        StoreContractCase.Of(Group, Settle_UnknownDelivery_IsSuperseded),
        StoreContractCase.Of(Group, Settle_UnderAnotherSubscription_IsPassedOver),
        StoreContractCase.Of(Group, Settle_UnderAnotherPartition_IsPassedOver),
        StoreContractCase.Of(Group, Settle_Nothing_GivesNoResults),
        StoreContractCase.Of(Group, Settle_Several_EachIsWholeOrNotAtAll),
        StoreContractCase.Of(Group, Settle_SameDeliveryTwiceInOneCall_AppliesTheFirst),
        StoreContractCase.Of(Group, Settle_OneWithABadPartition_ThrowsBeforeAnythingChanges),
        StoreContractCase.Of(Group, Settle_SameByManyAtOnce_AppliesOne),
        StoreContractCase.Of(Group, Settle_RemovesSucceeded_KeepsOnlyTheEventAndWhatFailed),
        StoreContractCase.Of(Group, GetAttempts_Attempt_ComesBackExactly),
        StoreContractCase.Of(Group, GetAttempts_BatchOfUnequalDeliveries_NumbersEachByItsOwnCount),
        StoreContractCase.Of(Group, GetAttempts_UnknownDelivery_GivesNone),
        .. FencingCases.All,
        .. HealthCases.All,
    ];

    private static async Task Settle_Success_FinishesAndKeepsTheAttempt(StoreDriver d)
    {
        var delivery = await d.PublishAsync("1");
        await d.PublishAsync("2");

        var next = await d.FinishAsync(delivery);

        Expect.Same(next, await d.Store.GetDeliveryAsync(delivery.Id, default));
        Expect.Equal("2", await d.ReadAsync());
        Expect.Sequence([1], (await d.Store.GetAttemptsAsync(delivery.Id, default)).Select(a => a.Number));
    }

    private static async Task Settle_Twice_ChangesNothingTheSecondTime(StoreDriver d)
    {
        var settlement = await d.AttemptedAsync(Pending, await d.PublishAsync("1"));

        Expect.Equal(Applied, await d.SettleAsync(settlement));
        Expect.Equal(Superseded, await d.SettleAsync(settlement with { Health = new HealthChange(d.Now, "gone", d.Now) }));

        Expect.Equal(1, (await d.Store.GetAttemptsAsync(settlement.Deliveries[0].Id, default)).Count);
        Expect.Same(settlement.Deliveries[0], await d.Store.GetDeliveryAsync(settlement.Deliveries[0].Id, default));
    }

    private static async Task Settle_OldAttemptCount_IsSuperseded(StoreDriver d)
    {
        var delivery = await d.PublishAsync("1");
        var current = await d.FinishAsync(delivery, Pending);

        Expect.Equal(Superseded, await d.SettleAsync(await d.AttemptedAsync(Succeeded, delivery)));
        Expect.Equal(Superseded, await d.SettleAsync(await d.AttemptedAsync(Succeeded, current with { AttemptCount = 2 })));

        Expect.Same(current, await d.Store.GetDeliveryAsync(delivery.Id, default));
    }

    private static async Task Settle_Delivery_ComesBackExactly(StoreDriver d)
    {
        var delivery = d.Delivery("1", tenant: "t") with { ExpiresAt = d.Now.AddTicks(98_765_432_109) };
        await d.PublishAsync(d.Write(Event("1", "t"), delivery));
        var settlement = await d.AttemptedAsync(Pending, delivery);
        var next = settlement.Deliveries[0] with
        {
            DueAt = d.Now.AddTicks(12_345_678_901),
            BatchId = "batch '1' \U0010FFFF",
            LastOutcome = AttemptOutcome.Unsendable,
            LastStatusCode = 599,
        };
        Expect.Equal(Applied, await d.SettleAsync(settlement with { Deliveries = [next] }));
        Expect.Same(next, await d.Store.GetDeliveryAsync(delivery.Id, default));
        Expect.Same(next, (await d.Store.ReadAsync([new LaneRead(Sub, 1, false)], default))[0][0].Delivery);

        settlement = await d.AttemptedAsync(Expired, next);
        var last = settlement.Deliveries[0] with { CompletedAt = d.Now.AddTicks(3), BatchId = null, LastOutcome = null, LastStatusCode = null };
        Expect.Equal(Applied, await d.SettleAsync(settlement with { Deliveries = [last] }));
        Expect.Same(last, await d.Store.GetDeliveryAsync(delivery.Id, default));
        Expect.AllSame([last], await d.ListAllAsync(new DeliveryQuery { TenantId = "t" }));
    }

    private static async Task Settle_Retry_GoesOnPending(StoreDriver d)
    {
        var delivery = await d.PublishAsync("1");
        for (var i = 1; i <= 3; i++)
        {
            delivery = await d.FinishAsync(delivery with { DueAt = d.In(i * 10) }, Pending);
            Expect.Equal("1", await d.ReadAsync());
            Expect.Sequence([new LaneDue(Sub, d.In(i * 10))], await d.Store.ListDueLanesAsync(d.AllPartitions, d.In(60), default));
        }

        await d.FinishAsync(delivery);
        Expect.Sequence([1, 2, 3, 4], (await d.Store.GetAttemptsAsync(delivery.Id, default)).Select(a => a.Number));
    }

    private static async Task Settle_PutOffWithoutAttempt_MovesAndCountsNoAttempt(StoreDriver d)
    {
        var delivery = await d.PublishAsync("1");
        await d.PublishAsync("2", dueIn: 1);
        var putOff = await d.AttemptedAsync(Pending, delivery) with { Attempt = null, Deliveries = [delivery with { DueAt = d.In(2) }] };

        Expect.Equal(Applied, await d.SettleAsync(putOff));

        Expect.Equal("2,1", await d.ReadAsync());
        Expect.Equal(0, (await d.Store.GetAttemptsAsync(delivery.Id, default)).Count);
        Expect.Same(putOff.Deliveries[0], await d.Store.GetDeliveryAsync(delivery.Id, default));
    }

    private static async Task Settle_ExpiredWithoutAttempt_EndsIt(StoreDriver d)
    {
        var delivery = await d.PublishAsync("1");
        var expired = delivery with { Status = Expired, CompletedAt = d.Now };

        Expect.Equal(Applied, await d.SettleAsync(await d.AttemptedAsync(Expired, delivery) with { Attempt = null, Deliveries = [expired] }));

        Expect.Same(expired, await d.Store.GetDeliveryAsync(delivery.Id, default));
        Expect.Equal("", await d.ReadAsync());
    }

    private static async Task Settle_Batch_AppliesToAllAndKeepsTheAttemptOfEach(StoreDriver d)
    {
        var batch = new WebhookDelivery[100];
        for (var i = 0; i < batch.Length; i++) batch[i] = await d.PublishAsync($"{i}");
        var settlement = await d.AttemptedAsync(Succeeded, batch);
        var attempt = settlement.Attempt! with { BatchSize = batch.Length, MessageId = "batch" };

        Expect.Equal(Applied, await d.SettleAsync(settlement with { Attempt = attempt }));

        foreach (var next in settlement.Deliveries)
        {
            Expect.Same(next, await d.Store.GetDeliveryAsync(next.Id, default));
            Expect.AllSame([attempt with { Number = 1 }], await d.Store.GetAttemptsAsync(next.Id, default));
        }
    }

    private static async Task Settle_BatchWithOneCanceled_AppliesTheOthers(StoreDriver d)
    {
        var one = await d.PublishAsync("1");
        var two = await d.PublishAsync("2");
        var canceled = Expect.NotNull(await d.Store.CancelAsync(one.Id, d.Now, default));
        var settlement = await d.AttemptedAsync(Succeeded, one, two);

        Expect.Equal(AppliedInPart, await d.SettleAsync(settlement));

        Expect.Same(canceled, await d.Store.GetDeliveryAsync(one.Id, default));
        Expect.Same(settlement.Deliveries[1], await d.Store.GetDeliveryAsync(two.Id, default));
        Expect.Equal(0, (await d.Store.GetAttemptsAsync(one.Id, default)).Count);
        Expect.Equal(1, (await d.Store.GetAttemptsAsync(two.Id, default)).Count);
    }

    private static async Task Settle_UnknownDelivery_IsSuperseded(StoreDriver d)
    {
        var known = await d.PublishAsync("1");

        Expect.Equal(Superseded, await d.SettleAsync(await d.AttemptedAsync(Succeeded, d.Delivery("2"))));
        Expect.Equal(AppliedInPart, await d.SettleAsync(await d.AttemptedAsync(Succeeded, known, d.Delivery("2"))));
        Expect.Equal("1", await d.ListAsync(new DeliveryQuery()));
    }

    private static async Task Settle_UnderAnotherSubscription_IsPassedOver(StoreDriver d)
    {
        var delivery = await d.PublishAsync("1");
        var settlement = await d.AttemptedAsync(Succeeded, delivery);
        var neighbour = Enumerable.Range(0, int.MaxValue).Select(i => $"s{i}").First(s => d.PartitionOf(s) == d.PartitionOf(Sub));

        Expect.Equal(Superseded, await d.SettleAsync(settlement with { SubscriptionId = neighbour }));

        Expect.Same(delivery, await d.Store.GetDeliveryAsync(delivery.Id, default));
    }

    private static async Task Settle_UnderAnotherPartition_IsPassedOver(StoreDriver d)
    {
        var delivery = await d.PublishAsync("1");
        var elsewhere = Enumerable.Range(0, 1000).Select(i => $"s{i}").FirstOrDefault(s => d.PartitionOf(s) != d.PartitionOf(Sub));

        // A store of one partition has no other.
        if (elsewhere is null) return;
        var other = await d.LeaseOfAsync(elsewhere);
        var settlement = await d.AttemptedAsync(Succeeded, delivery);

        Expect.Equal(Superseded, await d.SettleAsync(settlement with { Partition = other.Partition, Fence = other.Fence }));

        Expect.Same(delivery, await d.Store.GetDeliveryAsync(delivery.Id, default));
    }

    private static async Task Settle_Nothing_GivesNoResults(StoreDriver d) => Expect.Equal(0, (await d.Store.SettleAsync([], default)).Count);

    private static async Task Settle_Several_EachIsWholeOrNotAtAll(StoreDriver d)
    {
        var deliveries = new WebhookDelivery[5];
        for (var i = 0; i < deliveries.Length; i++) deliveries[i] = await d.PublishAsync($"{i}", $"s{i}");
        await d.Store.CancelAsync(deliveries[3].Id, d.Now, default);
        var settlements = new Settlement[deliveries.Length];
        for (var i = 0; i < deliveries.Length; i++) settlements[i] = await d.AttemptedAsync(Succeeded, deliveries[i]);
        settlements[1] = settlements[1] with { Fence = settlements[1].Fence + 1 };
        settlements[4] = settlements[4] with { Deliveries = [.. settlements[4].Deliveries, .. (await d.AttemptedAsync(Succeeded, d.Delivery("?", "s4"))).Deliveries] };

        Expect.Sequence([Applied, Fenced, Applied, Superseded, AppliedInPart], await d.Store.SettleAsync(settlements, default));

        var states = await Task.WhenAll(deliveries.Select(async delivery => (await d.Store.GetDeliveryAsync(delivery.Id, default))!.Status));
        Expect.Sequence([Succeeded, Pending, Succeeded, Canceled, Succeeded], states);
    }

    private static async Task Settle_SameDeliveryTwiceInOneCall_AppliesTheFirst(StoreDriver d)
    {
        var delivery = await d.PublishAsync("1");
        var first = await d.AttemptedAsync(Succeeded, delivery);

        Expect.Sequence([Applied, Superseded], await d.Store.SettleAsync([first, await d.AttemptedAsync(Exhausted, delivery)], default));

        Expect.Same(first.Deliveries[0], await d.Store.GetDeliveryAsync(delivery.Id, default));
        Expect.Equal(1, (await d.Store.GetAttemptsAsync(delivery.Id, default)).Count);
    }

    private static async Task Settle_OneWithABadPartition_ThrowsBeforeAnythingChanges(StoreDriver d)
    {
        var delivery = await d.PublishAsync("1");
        var good = await d.AttemptedAsync(Succeeded, delivery);

        await Expect.ThrowsAsync<ArgumentOutOfRangeException>(async () => await d.Store.SettleAsync([good, good with { Partition = d.Store.PartitionCount }], default));
        await Expect.ThrowsAsync<ArgumentOutOfRangeException>(async () => await d.Store.SettleAsync([good, good with { Partition = -1 }], default));

        Expect.Same(delivery, await d.Store.GetDeliveryAsync(delivery.Id, default));
    }

    private static async Task Settle_SameByManyAtOnce_AppliesOne(StoreDriver d)
    {
        for (var round = 0; round < 10; round++)
        {
            var settlement = await d.AttemptedAsync(Pending, await d.PublishAsync($"{round}"));

            var results = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => d.SettleAsync(settlement))));

            Expect.Items([Applied, Superseded, Superseded, Superseded], results);
            Expect.Equal(1, (await d.Store.GetAttemptsAsync(settlement.Deliveries[0].Id, default)).Count);
        }
    }

    private static async Task Settle_RemovesSucceeded_KeepsOnlyTheEventAndWhatFailed(StoreDriver d)
    {
        var good = await d.FinishAsync(await d.PublishAsync("good"), Pending);
        var bad = await d.PublishAsync("bad");
        var retried = await d.PublishAsync("retried");
        var settlement = await d.AttemptedAsync(Succeeded, good, bad, retried);
        settlement = settlement with
        {
            RemovesSucceeded = true,
            Deliveries = [settlement.Deliveries[0], settlement.Deliveries[1] with { Status = Exhausted }, settlement.Deliveries[2] with { Status = Pending, CompletedAt = null }],
        };

        Expect.Equal(Applied, await d.SettleAsync(settlement));
        Expect.Equal(AppliedInPart, await d.SettleAsync(await d.AttemptedAsync(Succeeded, good, settlement.Deliveries[2])));

        Expect.Null(await d.Store.GetDeliveryAsync(good.Id, default));
        Expect.Equal(0, (await d.Store.GetAttemptsAsync(good.Id, default)).Count);
        Expect.Equal("retried,bad", await d.ListAsync(new DeliveryQuery()));
        Expect.Equal(1, (await d.Store.GetAttemptsAsync(bad.Id, default)).Count);
        Expect.Equal("good", (await d.Store.GetEventAsync(null, "good", default))?.Id);
        Expect.Sequence([new EventWriteResult(EventWriteStatus.Duplicate, 1)], await d.PublishAsync(d.Write("good", null, Sub)));
    }

    private static async Task GetAttempts_Attempt_ComesBackExactly(StoreDriver d)
    {
        var delivery = await d.PublishAsync("1");
        var full = new DeliveryAttempt
        {
            MessageId = "msg 'ä' \U0010FFFF",
            BatchSize = 7,
            StartedAt = d.Now.AddTicks(1_234_567),
            Duration = TimeSpan.FromTicks(12_345_678_901),
            Outcome = AttemptOutcome.ErrorStatus,
            StatusCode = 503,
            ResponseBody = "<h1>Überlastet</h1>\r\n\t日本 😀 " + new string('x', 10_000),
            Error = "The endpoint answered 503 («Dienst überlastet»).",
        };
        var bare = new DeliveryAttempt { MessageId = "", StartedAt = d.In(1), Duration = TimeSpan.Zero, Outcome = AttemptOutcome.Succeeded, ResponseBody = "" };
        var settlement = await d.AttemptedAsync(Pending, delivery);
        await d.SettleAsync(settlement with { Attempt = full });
        await d.SettleAsync(await d.AttemptedAsync(Succeeded, settlement.Deliveries[0]) with { Attempt = bare });

        Expect.AllSame([full with { Number = 1 }, bare with { Number = 2 }], await d.Store.GetAttemptsAsync(delivery.Id, default));
    }

    private static async Task GetAttempts_BatchOfUnequalDeliveries_NumbersEachByItsOwnCount(StoreDriver d)
    {
        var one = await d.FinishAsync(await d.FinishAsync(await d.PublishAsync("1"), Pending), Pending);
        var two = await d.PublishAsync("2");

        Expect.Equal(Applied, await d.SettleAsync(await d.AttemptedAsync(Succeeded, one, two)));

        Expect.Sequence(
            [(1, AttemptOutcome.ErrorStatus), (2, AttemptOutcome.ErrorStatus), (3, AttemptOutcome.Succeeded)],
            (await d.Store.GetAttemptsAsync(one.Id, default)).Select(a => (a.Number, a.Outcome)));
        Expect.Sequence([(1, AttemptOutcome.Succeeded)], (await d.Store.GetAttemptsAsync(two.Id, default)).Select(a => (a.Number, a.Outcome)));
    }

    private static async Task GetAttempts_UnknownDelivery_GivesNone(StoreDriver d)
    {
        Expect.Equal(0, (await d.Store.GetAttemptsAsync(Guid.Empty, default)).Count);
        Expect.Null(await d.Store.GetDeliveryAsync(Guid.Empty, default));
    }
}
