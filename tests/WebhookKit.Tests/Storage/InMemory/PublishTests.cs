using System.Data.Common;
using Moq;
using NUnit.Framework;

namespace WebhookKit.Tests.Storage.InMemory;

internal sealed class PublishTests : InMemoryStoreTestBase
{
    protected override InMemoryStoreOptions Options => new() { PartitionCount = 4, MaxPending = 3, MaxSucceeded = 2, MaxFailed = 2 };

    [Test]
    public async Task Publish_SameTenantAndId_IsDuplicateWithTheFirstCount()
    {
        await Store.PublishAsync([new EventWrite(Event("e", "t"), [Delivery("e", "s1", tenant: "t"), Delivery("e", "s2", tenant: "t")], null)], null, default);

        var results = await Store.PublishAsync(
            [
                new EventWrite(Event("e", "t"), [Delivery("e", "s3", tenant: "t")], null),
                new EventWrite(Event("e"), [], null),
                new EventWrite(Event("e", "u"), [], null),
            ],
            null,
            default);

        Assert.That(results, Is.EqualTo(new[]
        {
            new EventWriteResult(EventWriteStatus.Duplicate, 2),
            new EventWriteResult(EventWriteStatus.Stored, 0),
            new EventWriteResult(EventWriteStatus.Stored, 0),
        }));
        Assert.That(await ReadAsync("s3"), Is.Empty);
    }

    [Test]
    public async Task Publish_SameKeyTwiceInOneCall_SecondIsDuplicate()
    {
        var results = await Store.PublishAsync(
            [new EventWrite(Event("e"), [Delivery("e")], null), new EventWrite(Event("e"), [Delivery("e")], null)], null, default);

        Assert.That(results.Select(r => r.Status), Is.EqualTo(new[] { EventWriteStatus.Stored, EventWriteStatus.Duplicate }));
        Assert.That(await PendingAsync(), Is.EqualTo(1));
    }

    [Test]
    public async Task Publish_OldSubscriptionVersion_IsStaleAndStoresNothing()
    {
        var added = await Store.AddSubscriptionAsync(Subscription(Sub), default);
        var writes = new[]
        {
            new EventWrite(Event("old"), [Delivery("old")], added!.Version - 1),
            new EventWrite(Event("new"), [Delivery("new")], added.Version),
            new EventWrite(Event("any"), [Delivery("any")], null),
        };

        var results = await Store.PublishAsync(writes, null, default);

        Assert.That(results.Select(r => r.Status), Is.EqualTo(new[] { EventWriteStatus.Stale, EventWriteStatus.Stored, EventWriteStatus.Stored }));
        Assert.That(await ReadAsync(), Is.EqualTo(new[] { "new", "any" }));
        var again = await Store.PublishAsync([writes[0] with { SubscriptionVersion = added.Version }], null, default);
        Assert.That(again.Single().Status, Is.EqualTo(EventWriteStatus.Stored));
    }

    [Test]
    public async Task Publish_StaleDuplicate_IsDuplicate()
    {
        await PublishAsync("e");
        await Store.AddSubscriptionAsync(Subscription(Sub), default);

        var results = await Store.PublishAsync([new EventWrite(Event("e"), [], 0)], null, default);

        Assert.That(results.Single(), Is.EqualTo(new EventWriteResult(EventWriteStatus.Duplicate, 1)));
    }

    [Test]
    public async Task Publish_AboveMaxPending_ThrowsAndStoresNothingOfTheCall()
    {
        await PublishAsync("1");
        await PublishAsync("2");

        Assert.That(
            async () => await Store.PublishAsync([new EventWrite(Event("3"), [Delivery("3")], null), new EventWrite(Event("4"), [Delivery("4")], null)], null, default),
            Throws.TypeOf<WebhookConflictException>().With.Message.Contains("MaxPending (3)"));

        Assert.That(await ReadAsync(), Is.EqualTo(new[] { "1", "2" }));
        await PublishAsync("3");
    }

    [Test]
    public async Task Publish_DuplicateWhenFull_IsStillTold()
    {
        foreach (var id in new[] { "1", "2", "3" })
            await PublishAsync(id);

        var results = await Store.PublishAsync([new EventWrite(Event("2"), [Delivery("2")], null)], null, default);

        Assert.That(results.Single().Status, Is.EqualTo(EventWriteStatus.Duplicate));
    }

    [Test]
    public async Task Publish_DeliveryIdTaken_ThrowsAndStoresNothingOfTheCall()
    {
        var first = await PublishAsync("1");
        await Store.PublishAsync([new EventWrite(Event("idle 1"), [], null), new EventWrite(Event("idle 2"), [], null)], null, default);

        var writes = new[]
        {
            new EventWrite(Event("2"), [Delivery("2")], null),
            new EventWrite(Event("idle 3"), [], null),
            new EventWrite(Event("3"), [first with { EventId = "3" }], null),
        };
        Assert.That(async () => await Store.PublishAsync(writes, null, default), Throws.ArgumentException);

        Assert.That(await ReadAsync(), Is.EqualTo(new[] { "1" }));
        var kept = await Store.ListMissedEventsAsync(null, "other", DateTimeOffset.MinValue, null, 10, default);
        Assert.That(kept.Items.Select(e => e.Id), Is.EqualTo(new[] { "1", "idle 1", "idle 2" }));
        Assert.That((await Store.ListDeliveriesAsync(new DeliveryQuery(), default)).Items, Is.EqualTo(new[] { first }));
        await PublishAsync("2");
    }

    [Test]
    public void Publish_WithTransaction_ThrowsWhatToDo() => Assert.That(
        async () => await Store.PublishAsync([], Mock.Of<DbTransaction>(), default),
        Throws.TypeOf<WebhookConflictException>().With.Message.Contains("UsePostgreSql"));

    [Test]
    public async Task Publish_EventLeftTheHistory_IsNoDuplicateAnyMore()
    {
        await FinishAsync(await PublishAsync("1"));
        await FinishAsync(await PublishAsync("2"));
        var known = await Store.PublishAsync([new EventWrite(Event("1"), [], null)], null, default);
        await FinishAsync(await PublishAsync("3"));

        Assert.That(known.Single().Status, Is.EqualTo(EventWriteStatus.Duplicate));
        await PublishAsync("1");
    }

    [Test]
    public void Constructor_OptionOutOfRange_NamesIt() => Assert.That(
        () => new WebhookKit.Storage.InMemory.InMemoryWebhookStore(new InMemoryStoreOptions { MaxPending = 0 }, Clock),
        Throws.TypeOf<ArgumentOutOfRangeException>().With.Message.Contains("MaxPending is 0"));
}
