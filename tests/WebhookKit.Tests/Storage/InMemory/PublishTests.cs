using System.Data.Common;
using Moq;
using NUnit.Framework;

namespace WebhookKit.Tests.Storage.InMemory;

/// <summary>Publishing at the limits of the in-memory store.</summary>
internal sealed class PublishTests : InMemoryStoreTestBase
{
    protected override InMemoryStoreOptions Options => new() { PartitionCount = 4, MaxPending = 3, MaxSucceeded = 2, MaxFailed = 2 };

    [Test]
    public async Task Publish_AboveMaxPending_ThrowsAndStoresNothingOfTheCall()
    {
        await PublishAsync("1");
        await PublishAsync("2");

        Assert.That(
            async () => await Store.PublishAsync([new EventWrite(Event("3"), [Delivery("3")], null) { PublishedAt = Now }, new EventWrite(Event("4"), [Delivery("4")], null) { PublishedAt = Now }], null, default),
            Throws.TypeOf<WebhookConflictException>().With.Message.Contains("MaxPending (3)"));

        Assert.That(await ReadAsync(), Is.EqualTo(new[] { "1", "2" }));
        await PublishAsync("3");
    }

    [Test]
    public async Task Publish_DuplicateWhenFull_IsStillTold()
    {
        foreach (var id in new[] { "1", "2", "3" })
            await PublishAsync(id);

        var results = await Store.PublishAsync([new EventWrite(Event("2"), [Delivery("2")], null) { PublishedAt = Now }], null, default);

        Assert.That(results.Single().Status, Is.EqualTo(EventWriteStatus.Duplicate));
    }

    [Test]
    public async Task Publish_DeliveryIdTakenAndIdleEventsFull_DropsNothing()
    {
        var first = await PublishAsync("1");
        await Store.PublishAsync([new EventWrite(Event("idle 1"), [], null) { PublishedAt = Now }, new EventWrite(Event("idle 2"), [], null) { PublishedAt = Now }], null, default);

        var writes = new[]
        {
            new EventWrite(Event("2"), [Delivery("2")], null) { PublishedAt = Now },
            new EventWrite(Event("idle 3"), [], null) { PublishedAt = Now },
            new EventWrite(Event("3"), [first with { EventId = "3" }], null) { PublishedAt = Now },
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
        var known = await Store.PublishAsync([new EventWrite(Event("1"), [], null) { PublishedAt = Now }], null, default);
        await FinishAsync(await PublishAsync("3"));

        Assert.That(known.Single().Status, Is.EqualTo(EventWriteStatus.Duplicate));
        await PublishAsync("1");
    }

    [Test]
    public void Constructor_OptionOutOfRange_NamesIt() => Assert.That(
        () => new WebhookKit.Storage.InMemory.InMemoryWebhookStore(new InMemoryStoreOptions { MaxPending = 0 }, Clock),
        Throws.TypeOf<ArgumentOutOfRangeException>().With.Message.Contains("MaxPending is 0"));
}
