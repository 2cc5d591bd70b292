using NUnit.Framework;

namespace WebhookKit.Tests.Storage.InMemory;

internal sealed class SettleTests : InMemoryStoreTestBase
{
    [Test]
    public async Task Settle_Success_FinishesAndKeepsTheAttempt()
    {
        var delivery = await PublishAsync("1");
        var next = await FinishAsync(delivery);

        Assert.That(await Store.GetDeliveryAsync(delivery.Id, default), Is.EqualTo(next));
        Assert.That(await ReadAsync(), Is.Empty);
        Assert.That((await Store.GetAttemptsAsync(delivery.Id, default)).Select(a => a.Number), Is.EqualTo(new[] { 1 }));
    }

    [Test]
    public async Task Settle_Twice_ChangesNothingTheSecondTime()
    {
        var settlement = Attempted(DeliveryStatus.Pending, await PublishAsync("1"));

        Assert.That(await SettleAsync(settlement), Is.EqualTo(SettleResult.Applied));
        Assert.That(await SettleAsync(settlement), Is.EqualTo(SettleResult.Superseded));
        Assert.That(await Store.GetAttemptsAsync(settlement.Deliveries[0].Id, default), Has.Count.EqualTo(1));
    }

    [Test]
    public async Task Settle_PutOffWithoutAttempt_MovesAndCountsNoAttempt()
    {
        var delivery = await PublishAsync("1");
        await PublishAsync("2", dueIn: 1);
        var putOff = Attempted(DeliveryStatus.Pending, delivery) with { Attempt = null, Deliveries = [delivery with { DueAt = Now.AddSeconds(2) }] };

        Assert.That(await SettleAsync(putOff), Is.EqualTo(SettleResult.Applied));
        Assert.That(await ReadAsync(), Is.EqualTo(new[] { "2", "1" }));
        Assert.That(await Store.GetAttemptsAsync(delivery.Id, default), Is.Empty);
    }

    [Test]
    public async Task Settle_BatchWithOneCanceled_AppliesTheOthers()
    {
        var one = await PublishAsync("1");
        var two = await PublishAsync("2");
        var canceled = await Store.CancelAsync(one.Id, Now, default);

        Assert.That(await SettleAsync(Attempted(DeliveryStatus.Succeeded, one, two)), Is.EqualTo(SettleResult.AppliedInPart));
        Assert.That(await Store.GetDeliveryAsync(one.Id, default), Is.EqualTo(canceled));
        Assert.That((await Store.GetDeliveryAsync(two.Id, default))!.Status, Is.EqualTo(DeliveryStatus.Succeeded));
    }

    [Test]
    public async Task Settle_AllCanceled_IsSupersededAndLeavesHealth()
    {
        await Store.AddSubscriptionAsync(Subscription(Sub), default);
        var delivery = await PublishAsync("1");
        await Store.CancelAsync(delivery.Id, Now, default);

        var result = await SettleAsync(Attempted(DeliveryStatus.Exhausted, delivery) with { Health = new HealthChange(Now, "gone", Now) });

        Assert.That(result, Is.EqualTo(SettleResult.Superseded));
        Assert.That((await Store.GetSubscriptionAsync(Sub, default))!.Status, Is.EqualTo(SubscriptionStatus.Enabled));
    }

    [TestCase("release")]
    [TestCase("leave")]
    [TestCase("taken over")]
    [TestCase("taken again")]
    public async Task Settle_LeaseEnded_IsFenced(string how)
    {
        var delivery = await PublishAsync("1");
        var partition = PartitionOf(Sub);
        if (how == "release")
            await Store.ReleaseAsync("a", [new PartitionLease(partition, 1, default)], default);
        if (how == "leave")
            await Store.LeaveAsync("a", default);
        if (how == "taken over")
        {
            Clock.Advance(Lease);
            await Store.HeartbeatAsync("b", Lease, default);
            await Store.AcquireAsync("b", [partition], Lease, default);
        }

        if (how == "taken again")
        {
            await Store.ReleaseAsync("a", [new PartitionLease(partition, 1, default)], default);
            await Store.AcquireAsync("a", [partition], Lease, default);
        }

        Assert.That(await SettleAsync(Attempted(DeliveryStatus.Succeeded, delivery)), Is.EqualTo(SettleResult.Fenced));
        Assert.That(await Store.GetDeliveryAsync(delivery.Id, default), Is.EqualTo(delivery));
    }

    [Test]
    public async Task Settle_LeaseRunOutButNotTaken_Applies()
    {
        var delivery = await PublishAsync("1");
        Clock.Advance(Lease * 2);

        Assert.That(await SettleAsync(Attempted(DeliveryStatus.Succeeded, delivery)), Is.EqualTo(SettleResult.Applied));
    }

    [Test]
    public async Task Settle_UnderAnotherSubscription_IsPassedOver()
    {
        var delivery = await PublishAsync("1");

        Assert.That(await SettleAsync(Attempted(DeliveryStatus.Succeeded, delivery) with { SubscriptionId = "other", Partition = PartitionOf("other") }), Is.EqualTo(SettleResult.Superseded));
    }

    [Test]
    public async Task Settle_OneWithABadPartition_ThrowsBeforeAnythingChanges()
    {
        var delivery = await PublishAsync("1");
        var good = Attempted(DeliveryStatus.Succeeded, delivery);

        Assert.That(async () => await Store.SettleAsync([good, good with { Partition = 99 }], default), Throws.TypeOf<ArgumentOutOfRangeException>());
        Assert.That(await Store.GetDeliveryAsync(delivery.Id, default), Is.EqualTo(delivery));
    }

    [Test]
    public async Task Settle_FailingSince_IsStoredWithoutANewVersion()
    {
        var added = await Store.AddSubscriptionAsync(Subscription(Sub), default);

        await SettleAsync(Attempted(DeliveryStatus.Pending, await PublishAsync("1")) with { Health = new HealthChange(Now, null, Now) });

        Assert.That(await Store.GetSubscriptionAsync(Sub, default), Is.EqualTo(added! with { FailingSince = Now }));
        Assert.That((await Store.ReadChangesAsync(added!.Version, default)).Changed, Is.Empty);
    }

    [Test]
    public async Task Settle_Disable_ChangesTheSubscriptionWithANewVersion()
    {
        var added = await Store.AddSubscriptionAsync(Subscription(Sub), default);
        var delivery = await PublishAsync("1");

        await SettleAsync(Attempted(DeliveryStatus.Exhausted, delivery) with { Health = new HealthChange(Now, "410", Now) });

        var changes = await Store.ReadChangesAsync(added!.Version, default);
        var expected = added with
        {
            Status = SubscriptionStatus.Disabled,
            StatusReason = "410",
            StatusChangedAt = Now,
            UpdatedAt = Now,
            FailingSince = Now,
            Version = added.Version + 1,
        };
        Assert.That(changes.Changed, Is.EqualTo(new[] { expected }));
    }

    [Test]
    public async Task Settle_DisableWhenDisabled_KeepsItsReasonAndVersion()
    {
        var added = await Store.AddSubscriptionAsync(Subscription(Sub) with { Status = SubscriptionStatus.Disabled, StatusReason = "by hand" }, default);

        await SettleAsync(Attempted(DeliveryStatus.Exhausted, await PublishAsync("1")) with { Health = new HealthChange(Now, "410", Now) });

        Assert.That(await Store.GetSubscriptionAsync(Sub, default), Is.EqualTo(added! with { FailingSince = Now }));
    }

    [Test]
    public async Task GetAttempts_BatchOfUnequalDeliveries_NumbersEachByItsOwnCount()
    {
        var one = await PublishAsync("1");
        var settlement = Attempted(DeliveryStatus.Pending, one);
        await SettleAsync(settlement);
        var two = await PublishAsync("2");

        await SettleAsync(Attempted(DeliveryStatus.Succeeded, settlement.Deliveries[0], two));

        Assert.That((await Store.GetAttemptsAsync(one.Id, default)).Select(a => (a.Number, a.Outcome)), Is.EqualTo(new[] { (1, AttemptOutcome.ErrorStatus), (2, AttemptOutcome.Succeeded) }));
        Assert.That((await Store.GetAttemptsAsync(two.Id, default)).Select(a => a.Number), Is.EqualTo(new[] { 1 }));
        Assert.That(await Store.GetAttemptsAsync(Guid.Empty, default), Is.Empty);
    }
}
