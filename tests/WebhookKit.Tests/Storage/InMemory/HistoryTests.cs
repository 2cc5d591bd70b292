using NUnit.Framework;
using WebhookKit.Storage.InMemory;

namespace WebhookKit.Tests.Storage.InMemory;

/// <summary>What the in-memory store drops when there is too much, and how much one call looks at.</summary>
internal sealed class HistoryTests : InMemoryStoreTestBase
{
    protected override InMemoryStoreOptions Options => new() { PartitionCount = 4, MaxPending = 20, MaxSucceeded = 3, MaxFailed = 3, MaxAttemptsPerDelivery = 2 };

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
        await Store.AddSubscriptionAsync(Subscription(Sub), default);
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
        await Store.AddSubscriptionAsync(Subscription("x"), default);
        await Store.PublishAsync([new EventWrite(Event("e"), [Delivery("e", "x"), Delivery("e", "y")], null) { PublishedAt = Now }], null, default);
        var x = (await Store.ReadAsync([new LaneRead("x", 1, false)], default))[0][0].Delivery;
        await FinishAsync(x);
        for (var i = 0; i < 3; i++)
            await FinishAsync(await PublishAsync($"{i}", "z"));

        Assert.That(await Store.GetDeliveryAsync(x.Id, default), Is.Null);
        Assert.That(await MissedAsync("x"), Is.EqualTo("0,1,2"));
        Assert.That(await Store.AddDeliveriesAsync([Delivery("e", "x")], default), Is.Zero);
        Assert.That(await MissedAsync("w"), Is.EqualTo("e,0,1,2"));
    }

    /// <summary>What succeeds is one too many at once, and was removed for a second time, and all others with it.</summary>
    [Test]
    public async Task MaxSucceeded_NoneAndRemovedAtOnce_LeavesTheOthers()
    {
        var store = new InMemoryWebhookStore(new InMemoryStoreOptions { PartitionCount = 4, MaxSucceeded = 0 }, Clock);
        await store.HeartbeatAsync("a", Lease, default);
        await store.AcquireAsync("a", AllPartitions, Lease, default);
        WebhookDelivery[] all = [.. Enumerable.Range(0, 3).Select(i => Delivery($"{i}"))];
        await store.PublishAsync([.. all.Select(d => new EventWrite(Event(d.EventId), [d], null) { PublishedAt = Now })], null, default);

        await store.SettleAsync([Attempted(DeliveryStatus.Succeeded, all[1]) with { RemovesSucceeded = true }], default);

        Assert.That((await store.ListDeliveriesAsync(new DeliveryQuery(), default)).Items, Is.EqualTo([all[2], all[0]]));
    }

    [Test]
    public async Task MaxFailed_EventsWithoutDeliveries_DropsTheOldest()
    {
        for (var i = 0; i < 5; i++)
            await Store.PublishAsync([new EventWrite(Event($"{i}"), [], null) { PublishedAt = Now }], null, default);

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
    public async Task AddDeliveries_Full_ThrowsAndAddsNothing()
    {
        await Store.AddSubscriptionAsync(Subscription("x"), default);
        for (var i = 0; i < 19; i++)
            await PublishAsync($"{i}");

        Assert.That(async () => await Store.AddDeliveriesAsync([Delivery("0", "x"), Delivery("1", "x")], default), Throws.TypeOf<WebhookConflictException>());
        Assert.That(await PendingAsync(), Is.EqualTo(19));
    }

    [Test]
    public async Task ListDeliveries_MoreThanOneCallLooksAt_GoesOnWithTheNextPage()
    {
        var store = new InMemoryWebhookStore(new InMemoryStoreOptions { PartitionCount = 4 }, Clock, maxListSteps: 3);
        for (var i = 0; i < 10; i++)
            await store.PublishAsync([new EventWrite(Event($"{i}"), [Delivery($"{i}", i == 1 ? "x" : "y")], null) { PublishedAt = Now }], null, default);

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
