using NUnit.Framework;
using WebhookKit.Storage.InMemory;

namespace WebhookKit.Tests.Storage.InMemory;

internal sealed class HistoryTests : InMemoryStoreTestBase
{
    protected override InMemoryStoreOptions Options => new() { PartitionCount = 4, MaxPending = 20, MaxSucceeded = 3, MaxFailed = 3, MaxAttemptsPerDelivery = 2 };

    [TestCase(DeliveryStatus.Exhausted, true)]
    [TestCase(DeliveryStatus.Expired, true)]
    [TestCase(DeliveryStatus.Succeeded, false)]
    [TestCase(DeliveryStatus.Canceled, false)]
    public async Task Resend_Finished_BeginsTheScheduleAnewIfItFailed(DeliveryStatus status, bool isResent)
    {
        var finished = await FinishAsync(await PublishAsync("1") with { BatchId = "b", ExpiresAt = Now }, status);
        Clock.Advance(Lease / 2);

        var resent = await Store.ResendAsync(finished.Id, Now, default);

        var expected = finished with { Status = DeliveryStatus.Pending, DueAt = Now, CompletedAt = null, BatchId = null, ExpiresAt = null, ScheduleBase = 1 };
        Assert.That(resent, Is.EqualTo(isResent ? expected : null));
        Assert.That(await ReadAsync(), Is.EqualTo(isResent ? new[] { "1" } : []));
        Assert.That(await Store.ResendAsync(finished.Id, Now, default), Is.Null);
    }

    [Test]
    public async Task Resend_Old_KeepsItsPlaceInTheSequence()
    {
        await PublishAsync("1");
        var two = await PublishAsync("2");
        var three = await PublishAsync("3");
        await PublishAsync("4");
        await FinishAsync(three, DeliveryStatus.Exhausted);
        await FinishAsync(two, DeliveryStatus.Exhausted);
        Clock.Advance(TimeSpan.FromSeconds(1));

        await Store.ResendAsync(three.Id, Now, default);
        await Store.ResendAsync(two.Id, Now, default);

        Assert.That(await ReadAsync(inSequence: true), Is.EqualTo(new[] { "1", "2", "3", "4" }));
        Assert.That(await ReadAsync(), Is.EqualTo(new[] { "1", "4", "2", "3" }));
    }

    [Test]
    public async Task Recover_Failed_TakesTheOldestFirstAndOnlyThoseSince()
    {
        var old = await PublishAsync("old");
        Clock.Advance(TimeSpan.FromSeconds(1));
        var since = Now;
        var one = await PublishAsync("1");
        await PublishAsync("pending");
        var two = await PublishAsync("2");
        await FinishAsync(two, DeliveryStatus.Expired);
        await FinishAsync(one, DeliveryStatus.Exhausted);
        await FinishAsync(old, DeliveryStatus.Exhausted);

        Assert.That(await Store.RecoverAsync(Sub, since, 1, Now, default), Is.EqualTo(1));
        Assert.That(await ReadAsync(inSequence: true), Is.EqualTo(new[] { "1", "pending" }));
        Assert.That(await Store.RecoverAsync(Sub, since, 5, Now, default), Is.EqualTo(1));
        Assert.That(await ReadAsync(inSequence: true), Is.EqualTo(new[] { "1", "pending", "2" }));
        Assert.That(await Store.RecoverAsync("other", since, 5, Now, default), Is.Zero);
    }

    [Test]
    public async Task Recover_SeveralAmongPending_KeepsTheSequence()
    {
        var all = new List<WebhookDelivery>();
        for (var i = 1; i <= 6; i++)
            all.Add(await PublishAsync($"{i}"));
        foreach (var i in new[] { 4, 1, 3 })
            await FinishAsync(all[i], DeliveryStatus.Exhausted);

        Assert.That(await Store.RecoverAsync(Sub, default, 9, Now, default), Is.EqualTo(3));
        Assert.That(await ReadAsync(inSequence: true), Is.EqualTo(new[] { "1", "2", "3", "4", "5", "6" }));
    }

    [Test]
    public async Task Cancel_NotPending_GivesNull()
    {
        var delivery = await PublishAsync("1");

        Assert.That((await Store.CancelAsync(delivery.Id, Now, default))!.Status, Is.EqualTo(DeliveryStatus.Canceled));
        Assert.That(await Store.CancelAsync(delivery.Id, Now, default), Is.Null);
        Assert.That(await Store.CancelAsync(Guid.Empty, Now, default), Is.Null);
        Assert.That(await PendingAsync(), Is.Zero);
    }

    [Test]
    public async Task MaxSucceeded_Exceeded_DropsWhatFinishedFirst()
    {
        var all = new List<WebhookDelivery>();
        for (var i = 0; i < 5; i++)
            all.Add(await PublishAsync($"{i}"));
        foreach (var i in new[] { 2, 0, 4, 1 })
            await FinishAsync(all[i]);

        Assert.That(await ListAsync(new DeliveryQuery()), Is.EqualTo("4,3,1,0"));
        Assert.That(await Store.GetDeliveryAsync(all[2].Id, default), Is.Null);
        Assert.That(await Store.GetAttemptsAsync(all[2].Id, default), Is.Empty);
        Assert.That(await MissedAsync("other"), Is.EqualTo("0,1,3,4"));
    }

    [Test]
    public async Task MaxSucceeded_Exceeded_LeavesWhatFailed()
    {
        var failed = await PublishAsync("failed");
        Assert.That(await SettleAsync(Attempted(DeliveryStatus.Exhausted, failed)), Is.EqualTo(SettleResult.Applied));
        for (var i = 0; i < 5; i++)
            await FinishAsync(await PublishAsync($"{i}"));

        Assert.That(await ListAsync(new DeliveryQuery()), Is.EqualTo("4,3,2,failed"));
        Assert.That(await Store.RecoverAsync(Sub, default, 10, Now, default), Is.EqualTo(1));
    }

    [Test]
    public async Task MaxSucceeded_EventWithAnotherDelivery_StaysAndIsNotMissedByTheDropped()
    {
        await Store.PublishAsync([new EventWrite(Event("e"), [Delivery("e", "x"), Delivery("e", "y")], null)], null, default);
        var x = (await Store.ReadAsync([new LaneRead("x", 1, false)], default))[0][0].Delivery;
        await FinishAsync(x);
        for (var i = 0; i < 3; i++)
            await FinishAsync(await PublishAsync($"{i}", "z"));

        Assert.That(await Store.GetDeliveryAsync(x.Id, default), Is.Null);
        Assert.That(await MissedAsync("x"), Is.EqualTo("0,1,2"));
        Assert.That(await Store.AddDeliveriesAsync([Delivery("e", "x")], default), Is.Zero);
        Assert.That(await MissedAsync("w"), Is.EqualTo("e,0,1,2"));
    }

    [Test]
    public async Task MaxFailed_EventsWithoutDeliveries_DropsTheOldest()
    {
        for (var i = 0; i < 5; i++)
            await Store.PublishAsync([new EventWrite(Event($"{i}"), [], null)], null, default);

        Assert.That(await MissedAsync(Sub), Is.EqualTo("2,3,4"));
    }

    [Test]
    public async Task MaxAttempts_Exceeded_DropsTheOldestAndKeepsTheNumbers()
    {
        var delivery = await PublishAsync("1");
        for (var i = 0; i < 4; i++)
        {
            await SettleAsync(Attempted(DeliveryStatus.Pending, delivery));
            delivery = delivery with { AttemptCount = delivery.AttemptCount + 1 };
        }

        Assert.That((await Store.GetAttemptsAsync(delivery.Id, default)).Select(a => a.Number), Is.EqualTo(new[] { 3, 4 }));
    }

    [Test]
    public async Task ListMissedEvents_Pages_AreOldestFirstOfTheTenantSince()
    {
        await Store.PublishAsync([new EventWrite(Event("before", "t"), [Delivery("before", "s", tenant: "t")], null)], null, default);
        Clock.Advance(TimeSpan.FromSeconds(1));
        await PublishAsync("1", "s", tenant: "t");
        await PublishAsync("mine", Sub, tenant: "t");
        await PublishAsync("foreign", "s", tenant: "u");
        await PublishAsync("2", "s", tenant: "t");
        var three = await PublishAsync("3", "s", tenant: "t");
        await PublishAsync("4", "s", tenant: "t");

        var first = await Store.ListMissedEventsAsync("t", Sub, Now, null, 3, default);
        Assert.That(first.Items.Select(e => e.Id), Is.EqualTo(new[] { "1", "2", "3" }));

        // The event that the page ended with is gone by the next: its place is found by its number.
        await FinishAsync(three);
        for (var i = 5; i < 8; i++)
            await FinishAsync(await PublishAsync($"{i}", "s"));
        var second = await Store.ListMissedEventsAsync("t", Sub, Now, first.Next, 3, default);
        Assert.That(second.Items.Select(e => e.Id), Is.EqualTo(new[] { "4" }));
        Assert.That(second.Next, Is.Null);
    }

    [Test]
    public async Task AddDeliveries_Missed_AddsThoseThatAreMissingOnce()
    {
        await PublishAsync("1", "other");
        await PublishAsync("2");

        var added = await Store.AddDeliveriesAsync([Delivery("1"), Delivery("1"), Delivery("2"), Delivery("unknown")], default);

        Assert.That(added, Is.EqualTo(1));
        Assert.That(await ReadAsync(inSequence: true), Is.EqualTo(new[] { "2", "1" }));
    }

    [Test]
    public async Task AddDeliveries_Full_ThrowsAndAddsNothing()
    {
        for (var i = 0; i < 19; i++)
            await PublishAsync($"{i}");

        Assert.That(async () => await Store.AddDeliveriesAsync([Delivery("0", "x"), Delivery("1", "x")], default), Throws.TypeOf<WebhookConflictException>());
        Assert.That(await PendingAsync(), Is.EqualTo(19));
    }

    [Test]
    public async Task AddDeliveries_IdTaken_ThrowsAndAddsNothing()
    {
        var one = await PublishAsync("1");
        await PublishAsync("2");

        Assert.That(async () => await Store.AddDeliveriesAsync([Delivery("1", "x"), one with { EventId = "2", SubscriptionId = "x" }], default), Throws.ArgumentException);
        Assert.That(await ReadAsync("x"), Is.Empty);
        Assert.That(await MissedAsync("x"), Is.EqualTo("1,2"));
    }

    [Test]
    public async Task ListDeliveries_Conditions_LeaveOutTheOthers()
    {
        await FinishAsync(await PublishAsync("1"));
        Clock.Advance(TimeSpan.FromSeconds(1));
        await PublishAsync("2");
        await PublishAsync("2", tenant: "t");
        Clock.Advance(TimeSpan.FromSeconds(1));
        await FinishAsync(await PublishAsync("3", "other"), DeliveryStatus.Exhausted);

        Assert.That(await ListAsync(new DeliveryQuery()), Is.EqualTo("3,2,2,1"));
        Assert.That(await ListAsync(new DeliveryQuery { SubscriptionId = Sub }), Is.EqualTo("2,2,1"));
        Assert.That(await ListAsync(new DeliveryQuery { EventId = "2" }), Is.EqualTo("2,2"));
        Assert.That(await ListAsync(new DeliveryQuery { EventId = "2", SubscriptionId = "other" }), Is.Empty);
        Assert.That(await ListAsync(new DeliveryQuery { Status = DeliveryStatus.Pending }), Is.EqualTo("2,2"));
        Assert.That(await ListAsync(new DeliveryQuery { Status = DeliveryStatus.Exhausted }), Is.EqualTo("3"));
        Assert.That(await ListAsync(new DeliveryQuery { From = Now.AddSeconds(-1), To = Now }), Is.EqualTo("2,2"));
        Assert.That(await ListAsync(new DeliveryQuery { SubscriptionId = "none" }), Is.Empty);
    }

    [Test]
    public void ListDeliveries_BadAfter_IsRefused() => Assert.That(
        async () => await Store.ListDeliveriesAsync(new DeliveryQuery { After = "x" }, default),
        Throws.TypeOf<WebhookValidationException>().With.Message.Contains("'x'"));

    [Test]
    public async Task ListDeliveries_MoreThanOneCallLooksAt_GoesOnWithTheNextPage()
    {
        var store = new InMemoryWebhookStore(new InMemoryStoreOptions { PartitionCount = 4 }, Clock, maxListSteps: 3);
        for (var i = 0; i < 10; i++)
            await store.PublishAsync([new EventWrite(Event($"{i}"), [Delivery($"{i}", i == 1 ? "x" : "y")], null)], null, default);

        var query = new DeliveryQuery { To = Now.AddSeconds(1), Status = DeliveryStatus.Pending, SubscriptionId = "y" };
        var ids = new List<string>();
        var pages = 0;
        for (Page<WebhookDelivery>? page = null; page is null || page.Next is not null; pages++)
        {
            page = await store.ListDeliveriesAsync(query with { After = page?.Next }, default);
            ids.AddRange(page.Items.Select(d => d.EventId));
        }

        Assert.That(ids, Is.EqualTo(new[] { "9", "8", "7", "6", "5", "4", "3", "2", "0" }));
        Assert.That(pages, Is.EqualTo(3));

        var missed = await store.ListMissedEventsAsync(null, "y", default, null, 5, default);
        Assert.That((missed.Items.Count, missed.Next), Is.EqualTo((1, "3.1")));
        var rest = await store.ListMissedEventsAsync(null, "x", default, "3.1", 2, default);
        Assert.That(rest.Items.Select(e => e.Id), Is.EqualTo(new[] { "2", "3" }));
    }

    private async Task<string> ListAsync(DeliveryQuery query) =>
        string.Join(',', (await Store.ListDeliveriesAsync(query, default)).Items.Select(d => d.EventId));

    private async Task<string> MissedAsync(string subscriptionId) =>
        string.Join(',', (await Store.ListMissedEventsAsync(null, subscriptionId, default, null, 100, default)).Items.Select(e => e.Id));
}
