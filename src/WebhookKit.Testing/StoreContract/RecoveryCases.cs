using static WebhookKit.DeliveryStatus;
using static WebhookKit.Testing.StoreDriver;

namespace WebhookKit.Testing;

/// <summary>What has failed can be sent again, and what is pending be canceled.</summary>
internal static class RecoveryCases
{
    private const string Group = HistoryCases.Group;

    public static IReadOnlyList<StoreContractCase> All { get; } =
    [
        StoreContractCase.Of(Group, Resend_ExhaustedOrExpired_BeginsTheScheduleAnew),
        StoreContractCase.Of(Group, Resend_InAnotherStatus_GivesNullAndChangesNothing),
        StoreContractCase.Of(Group, Resend_SubscriptionGone_GivesNull),
        StoreContractCase.Of(Group, Resend_Old_KeepsItsPlaceInTheSequence),
        StoreContractCase.Of(Group, Resend_Settled_NumbersItsAttemptsOn),
        StoreContractCase.Of(Group, Resend_OldSettlement_IsSuperseded),
        StoreContractCase.Of(Group, Resend_OldSettlementWithoutAnAttempt_IsSuperseded),
        StoreContractCase.Of(Group, Recover_Failed_BeginsTheirSchedulesAnew),
        StoreContractCase.Of(Group, Recover_Limit_TakesTheOldestFirstAndOnlyThoseSince),
        StoreContractCase.Of(Group, Recover_SeveralAmongPending_KeepsTheSequence),
        StoreContractCase.Of(Group, Recover_NeitherFailedNorOwn_LeavesThem),
        StoreContractCase.Of(Group, Recover_SubscriptionGone_ChangesNothing),
        StoreContractCase.Of(Group, Cancel_Pending_EndsIt),
        StoreContractCase.Of(Group, Cancel_NotPending_GivesNullAndChangesNothing),
        StoreContractCase.Of(Group, Cancel_WhileSettled_OneOfBothCounts),
    ];

    private static async Task Resend_ExhaustedOrExpired_BeginsTheScheduleAnew(StoreDriver d)
    {
        await d.AddSubscriptionAsync();
        foreach (var status in new[] { Exhausted, Expired })
        {
            var delivery = d.Delivery($"{status}") with { ExpiresAt = d.Now };
            await d.PublishAsync(d.Write(Event($"{status}"), delivery));
            var finished = await d.FinishAsync(delivery with { BatchId = "b" }, status);
            d.Pass();

            var resent = await d.Store.ResendAsync(finished.Id, d.Now, default);

            Expect.Same(Anew(d, finished), resent);
            Expect.Same(resent, await d.Store.GetDeliveryAsync(finished.Id, default));
            Expect.Null(await d.Store.ResendAsync(finished.Id, d.Now, default), "sending a pending one again");
        }

        Expect.Equal("Exhausted,Expired", await d.ReadAsync());
        Expect.Equal(1, (await d.Store.ListDueLanesAsync(d.AllPartitions, d.Now, default)).Count);
    }

    private static async Task Resend_InAnotherStatus_GivesNullAndChangesNothing(StoreDriver d)
    {
        await d.AddSubscriptionAsync();
        var succeeded = await d.FinishAsync(await d.PublishAsync("1"));
        var canceled = Expect.NotNull(await d.Store.CancelAsync((await d.PublishAsync("2")).Id, d.Now, default));
        var pending = await d.PublishAsync("3");
        d.Pass();

        foreach (var delivery in new[] { succeeded, canceled, pending })
        {
            Expect.Null(await d.Store.ResendAsync(delivery.Id, d.Now, default));
            Expect.Same(delivery, await d.Store.GetDeliveryAsync(delivery.Id, default));
        }

        Expect.Null(await d.Store.ResendAsync(Guid.Empty, d.Now, default));
    }

    private static async Task Resend_SubscriptionGone_GivesNull(StoreDriver d)
    {
        await d.AddSubscriptionAsync();
        var failed = await d.FinishAsync(await d.PublishAsync("1"), Exhausted);
        await d.Store.DeleteSubscriptionAsync(Sub, d.Now, default);

        Expect.Null(await d.Store.ResendAsync(failed.Id, d.Now, default));
        Expect.Same(failed, await d.Store.GetDeliveryAsync(failed.Id, default));
    }

    private static async Task Resend_Old_KeepsItsPlaceInTheSequence(StoreDriver d)
    {
        await d.AddSubscriptionAsync();
        await d.PublishAsync("1");
        var two = await d.PublishAsync("2");
        var three = await d.PublishAsync("3");
        await d.PublishAsync("4");
        await d.FinishAsync(three, Exhausted);
        await d.FinishAsync(two, Exhausted);
        d.Pass();

        await d.Store.ResendAsync(three.Id, d.Now, default);
        await d.Store.ResendAsync(two.Id, d.Now, default);

        Expect.Equal("1,2,3,4", await d.ReadAsync(inSequence: true));
        Expect.Equal("1,4,2,3", await d.ReadAsync());
    }

    private static async Task Resend_Settled_NumbersItsAttemptsOn(StoreDriver d)
    {
        await d.AddSubscriptionAsync();
        var failed = await d.FinishAsync(await d.FinishAsync(await d.PublishAsync("1"), Pending), Exhausted);

        var resent = Expect.NotNull(await d.Store.ResendAsync(failed.Id, d.Now, default));
        Expect.Equal((2, 2), (resent.AttemptCount, resent.ScheduleBase));
        var done = await d.FinishAsync(resent);

        Expect.Same(done, await d.Store.GetDeliveryAsync(failed.Id, default));
        Expect.Sequence([1, 2, 3], (await d.Store.GetAttemptsAsync(failed.Id, default)).Select(a => a.Number));
    }

    private static async Task Resend_OldSettlement_IsSuperseded(StoreDriver d)
    {
        await d.AddSubscriptionAsync();
        var settlement = await d.AttemptedAsync(Exhausted, await d.PublishAsync("1"));
        Expect.Equal(SettleResult.Applied, await d.SettleAsync(settlement));
        var resent = Expect.NotNull(await d.Store.ResendAsync(settlement.Deliveries[0].Id, d.Now, default));

        Expect.Equal(SettleResult.Superseded, await d.SettleAsync(settlement));

        Expect.Same(resent, await d.Store.GetDeliveryAsync(resent.Id, default));
    }

    /// <summary>Its number of attempts is the same before and after: only the time to live tells.</summary>
    private static async Task Resend_OldSettlementWithoutAnAttempt_IsSuperseded(StoreDriver d)
    {
        await d.AddSubscriptionAsync();
        WebhookDelivery[] all = [d.Delivery("1") with { ExpiresAt = d.Now }, d.Delivery("2") with { ExpiresAt = d.Now }];
        await d.PublishAsync([.. all.Select(delivery => d.Write(Event(delivery.EventId), delivery))]);
        var attempted = await d.AttemptedAsync(Expired, all);
        var settlement = attempted with { Attempt = null, Deliveries = [.. attempted.Deliveries.Select(delivery => delivery with { AttemptCount = 0 })] };
        Expect.Equal(SettleResult.Applied, await d.SettleAsync(settlement));
        var resent = new WebhookDelivery[all.Length];
        for (var i = 0; i < all.Length; i++) resent[i] = Expect.NotNull(await d.Store.ResendAsync(all[i].Id, d.Now, default));

        Expect.Equal(SettleResult.Superseded, await d.SettleAsync(settlement));
        Expect.Equal(SettleResult.Superseded, await d.SettleAsync(await d.AttemptedAsync(Succeeded, all)), "what was sent before it was");
        Expect.Equal(SettleResult.Superseded, await d.SettleAsync(await d.AttemptedAsync(Succeeded, all) with { RemovesSucceeded = true }));

        for (var i = 0; i < all.Length; i++) Expect.Same(resent[i], await d.Store.GetDeliveryAsync(all[i].Id, default));
        await d.FinishAsync(resent[0]);
    }

    private static async Task Recover_Failed_BeginsTheirSchedulesAnew(StoreDriver d)
    {
        await d.AddSubscriptionAsync();
        var delivery = d.Delivery("1") with { ExpiresAt = d.Now };
        await d.PublishAsync(d.Write(Event("1"), delivery));
        var one = await d.FinishAsync(delivery with { BatchId = "b" }, Expired);
        var two = await d.FinishAsync(await d.PublishAsync("2"), Exhausted);
        d.Pass();

        Expect.Equal(2, await d.Store.RecoverAsync(Sub, DateTimeOffset.MinValue, 10, d.Now, default));

        Expect.Same(Anew(d, one), await d.Store.GetDeliveryAsync(one.Id, default));
        Expect.Same(Anew(d, two), await d.Store.GetDeliveryAsync(two.Id, default));
        Expect.Equal("1,2", await d.ReadAsync());
        Expect.Equal(0, await d.Store.RecoverAsync(Sub, DateTimeOffset.MinValue, 10, d.Now, default));
    }

    private static async Task Recover_Limit_TakesTheOldestFirstAndOnlyThoseSince(StoreDriver d)
    {
        await d.AddSubscriptionAsync();
        var all = new WebhookDelivery[5];
        for (var i = 0; i < all.Length; i++)
        {
            all[i] = await d.PublishAsync($"{i}");
            d.Pass();
        }

        foreach (var i in new[] { 3, 1, 4, 0, 2 }) await d.FinishAsync(all[i], i % 2 == 0 ? Exhausted : Expired);

        Expect.Equal(2, await d.Store.RecoverAsync(Sub, all[1].CreatedAt, 2, d.Now, default));
        Expect.Equal("1,2", await d.ReadAsync(inSequence: true));
        Expect.Equal(2, await d.Store.RecoverAsync(Sub, all[1].CreatedAt, 5, d.Now, default));
        Expect.Equal("1,2,3,4", await d.ReadAsync(inSequence: true));
    }

    private static async Task Recover_SeveralAmongPending_KeepsTheSequence(StoreDriver d)
    {
        await d.AddSubscriptionAsync();
        var all = new WebhookDelivery[6];
        for (var i = 0; i < all.Length; i++) all[i] = await d.PublishAsync($"{i}");
        foreach (var i in new[] { 4, 1, 3 }) await d.FinishAsync(all[i], Exhausted);

        Expect.Equal(3, await d.Store.RecoverAsync(Sub, default, 9, d.Now, default));

        Expect.Equal("0,1,2,3,4,5", await d.ReadAsync(inSequence: true));
    }

    private static async Task Recover_NeitherFailedNorOwn_LeavesThem(StoreDriver d)
    {
        await d.AddSubscriptionAsync();
        await d.AddSubscriptionAsync("other");
        await d.FinishAsync(await d.PublishAsync("succeeded"));
        await d.Store.CancelAsync((await d.PublishAsync("canceled")).Id, d.Now, default);
        await d.PublishAsync("pending");
        await d.FinishAsync(await d.PublishAsync("another's", "other"), Exhausted);

        Expect.Equal(0, await d.Store.RecoverAsync(Sub, default, 9, d.Now, default));

        Expect.Equal("pending", await d.ReadAsync());
        Expect.Equal("", await d.ReadAsync("other"));
    }

    private static async Task Recover_SubscriptionGone_ChangesNothing(StoreDriver d)
    {
        await d.AddSubscriptionAsync();
        var failed = await d.FinishAsync(await d.PublishAsync("1"), Exhausted);
        await d.Store.DeleteSubscriptionAsync(Sub, d.Now, default);

        Expect.Equal(0, await d.Store.RecoverAsync(Sub, default, 9, d.Now, default));
        Expect.Equal(0, await d.Store.RecoverAsync("none", default, 9, d.Now, default));
        Expect.Same(failed, await d.Store.GetDeliveryAsync(failed.Id, default));
    }

    private static async Task Cancel_Pending_EndsIt(StoreDriver d)
    {
        var delivery = await d.FinishAsync(await d.PublishAsync("1"), Pending);
        await d.PublishAsync("2");
        d.Pass();

        var canceled = await d.Store.CancelAsync(delivery.Id, d.Now, default);

        Expect.Same(delivery with { Status = Canceled, CompletedAt = d.Now }, canceled);
        Expect.Same(canceled, await d.Store.GetDeliveryAsync(delivery.Id, default));
        Expect.Equal("2", await d.ReadAsync());
        Expect.Equal(1, (await d.Store.GetAttemptsAsync(delivery.Id, default)).Count);
    }

    private static async Task Cancel_NotPending_GivesNullAndChangesNothing(StoreDriver d)
    {
        foreach (var status in new[] { Succeeded, Exhausted, Expired })
        {
            var finished = await d.FinishAsync(await d.PublishAsync($"{status}"), status);
            Expect.Null(await d.Store.CancelAsync(finished.Id, d.In(1), default));
            Expect.Same(finished, await d.Store.GetDeliveryAsync(finished.Id, default));
        }

        var canceled = Expect.NotNull(await d.Store.CancelAsync((await d.PublishAsync("1")).Id, d.Now, default));
        Expect.Null(await d.Store.CancelAsync(canceled.Id, d.In(1), default));
        Expect.Same(canceled, await d.Store.GetDeliveryAsync(canceled.Id, default));
        Expect.Null(await d.Store.CancelAsync(Guid.Empty, d.Now, default));
    }

    private static async Task Cancel_WhileSettled_OneOfBothCounts(StoreDriver d)
    {
        for (var round = 0; round < 20; round++)
        {
            var settlement = await d.AttemptedAsync(Succeeded, await d.PublishAsync($"{round}"));
            var id = settlement.Deliveries[0].Id;

            var settling = Task.Run(() => d.SettleAsync(settlement));
            var canceled = await Task.Run(async () => await d.Store.CancelAsync(id, d.Now, default));
            var settled = await settling;

            Expect.Equal(settled == SettleResult.Applied, canceled is null, "settling or canceling was refused, and not both");
            Expect.Equal(canceled is null ? Succeeded : Canceled, (await d.Store.GetDeliveryAsync(id, default))!.Status);
        }
    }

    private static WebhookDelivery Anew(StoreDriver d, WebhookDelivery finished) => finished with
    {
        Status = Pending,
        DueAt = d.Now,
        ExpiresAt = null,
        CompletedAt = null,
        BatchId = null,
        ScheduleBase = finished.AttemptCount,
    };
}
