using NUnit.Framework;

namespace WebhookKit.Tests.Storage.InMemory;

internal sealed class LaneTests : InMemoryStoreTestBase
{
    [Test]
    public async Task Read_NotInSequence_IsByDueTimeThenAsStored()
    {
        await PublishAsync("late", dueIn: 9);
        await PublishAsync("first", dueIn: 1);
        await PublishAsync("second", dueIn: 1);
        await PublishAsync("middle", dueIn: 5);

        Assert.That(await ReadAsync(), Is.EqualTo(new[] { "first", "second", "middle", "late" }));
        Assert.That(await ReadAsync(limit: 2), Is.EqualTo(new[] { "first", "second" }));
        Assert.That(await ReadAsync(inSequence: true, limit: 3), Is.EqualTo(new[] { "late", "first", "second" }));
        Assert.That(await ReadAsync(limit: 0), Is.Empty);
        Assert.That(await ReadAsync("unknown"), Is.Empty);
    }

    [Test]
    public async Task Read_WithoutKeys_LeavesThemOutBeforeTheLimitCounts()
    {
        foreach (var (id, key) in new[] { ("a1", "a"), ("b1", "b"), ("none", null), ("a2", "a"), ("c1", "c"), ("c2", "c") })
            await PublishWithKeyAsync(id, key);

        Assert.That(await ReadAsync(new LaneRead(Sub, 3, true) { WithoutKeys = ["a", "x"] }), Is.EqualTo("b1,none,c1"));
        Assert.That(await ReadAsync(new LaneRead(Sub, 9, true) { WithoutKeys = ["a", "b", "c"] }), Is.EqualTo("none"));
        Assert.That(await ReadAsync(new LaneRead(Sub, 9, true) { WithoutKeys = [] }), Is.EqualTo("a1,b1,none,a2,c1,c2"));
    }

    [Test]
    public async Task Read_KeylessDueBy_LeavesOutOnlyThoseWithoutAKeyThatAreDueLater()
    {
        await PublishWithKeyAsync("now", null);
        await PublishWithKeyAsync("later", null, dueIn: 2);
        await PublishWithKeyAsync("keyed", "a", dueIn: 2);

        Assert.That(await ReadAsync(new LaneRead(Sub, 9, true) { KeylessDueBy = Now.AddSeconds(1) }), Is.EqualTo("now,keyed"));
        Assert.That(await ReadAsync(new LaneRead(Sub, 9, true) { KeylessDueBy = Now.AddSeconds(2) }), Is.EqualTo("now,later,keyed"));
    }

    [Test]
    public async Task Read_ManyLanes_GivesOneListEach()
    {
        await PublishAsync("1", "x");
        await PublishAsync("2", "y");

        var lists = await Store.ReadAsync([new LaneRead("y", 5, false), new LaneRead("none", 5, true), new LaneRead("x", 5, true)], default);

        Assert.That(lists.Select(l => string.Join(',', l.Select(p => p.Event.Id))), Is.EqualTo(new[] { "2", "", "1" }));
    }

    [Test]
    public async Task Read_RetryBeforeAndAfterFreshOnes_MergesBoth()
    {
        var retried = await PublishAsync("retried");
        await PublishAsync("a", dueIn: 1);
        await PublishAsync("b", dueIn: 3);
        await SettleAsync(Attempted(DeliveryStatus.Pending, retried with { DueAt = Now.AddSeconds(2) }));

        Assert.That(await ReadAsync(), Is.EqualTo(new[] { "a", "retried", "b" }));
        Assert.That(await ReadAsync(inSequence: true), Is.EqualTo(new[] { "retried", "a", "b" }));
    }

    [Test]
    public async Task ListDueLanes_Some_ShowsOnlyThoseDueOfTheAskedPartitions()
    {
        await PublishAsync("1", "x", dueIn: 1);
        await PublishAsync("2", "x", dueIn: 5);
        await PublishAsync("3", "y", dueIn: 2);
        await PublishAsync("4", "z", dueIn: 3);

        var due = await Store.ListDueLanesAsync(AllPartitions, Now.AddSeconds(2), default);
        var ofY = await Store.ListDueLanesAsync([PartitionOf("y")], Now.AddSeconds(2), default);
        var notOfY = await Store.ListDueLanesAsync([.. AllPartitions.Where(p => p != PartitionOf("y"))], Now.AddSeconds(2), default);

        Assert.That(due, Is.EquivalentTo(new[] { new LaneDue("x", Now.AddSeconds(1)), new LaneDue("y", Now.AddSeconds(2)) }));
        Assert.That(ofY.Select(l => l.SubscriptionId), Does.Contain("y"));
        Assert.That(notOfY.Select(l => l.SubscriptionId), Does.Not.Contain("y"));
    }

    [Test]
    public async Task ListDueLanes_HeadSettled_ShowsTheNextDueTime()
    {
        var head = await PublishAsync("1", dueIn: 1);
        await PublishAsync("2", dueIn: 5);
        await FinishAsync(head);

        Assert.That(await Store.ListDueLanesAsync(AllPartitions, Now.AddSeconds(4), default), Is.Empty);
        Assert.That(await Store.ListDueLanesAsync(AllPartitions, Now.AddSeconds(5), default), Is.EqualTo(new[] { new LaneDue(Sub, Now.AddSeconds(5)) }));
    }

    [Test]
    public async Task ListDueLanes_LaneEmptiedAndRefilled_ShowsItOnce()
    {
        await FinishAsync(await PublishAsync("1"));
        Assert.That(await Store.ListDueLanesAsync(AllPartitions, DateTimeOffset.MaxValue, default), Is.Empty);
        await FinishAsync(await PublishAsync("2"));
        await PublishAsync("3", dueIn: 7);

        Assert.That(await Store.ListDueLanesAsync(AllPartitions, DateTimeOffset.MaxValue, default), Is.EqualTo(new[] { new LaneDue(Sub, Now.AddSeconds(7)) }));
    }

    [Test]
    public async Task Measure_Partitions_CountsAndFindsTheOldest()
    {
        Assert.That(await Store.MeasureAsync(AllPartitions, default), Is.EqualTo(new QueueDepth(0, null)));
        var first = await PublishAsync("1", "x", dueIn: 1);
        await PublishAsync("2", "x", dueIn: 5);
        await PublishAsync("3", "y", dueIn: 2);
        Assert.That(await Store.MeasureAsync(AllPartitions, default), Is.EqualTo(new QueueDepth(3, Now.AddSeconds(1))));

        await FinishAsync(first);
        Assert.That(await Store.MeasureAsync(AllPartitions, default), Is.EqualTo(new QueueDepth(2, Now.AddSeconds(2))));
    }

    [Test]
    public void ListDueLanes_NoSuchPartition_Throws() =>
        Assert.That(async () => await Store.ListDueLanesAsync([4], Now, default), Throws.TypeOf<ArgumentOutOfRangeException>().With.Message.Contains("no partition 4"));

    private async Task PublishWithKeyAsync(string eventId, string? key, double dueIn = 0) =>
        await Store.PublishAsync([new EventWrite(Event(eventId) with { OrderingKey = key }, [Delivery(eventId, dueIn: dueIn)], null)], null, default);

    private async Task<string> ReadAsync(LaneRead read) =>
        string.Join(',', (await Store.ReadAsync([read], default)).Single().Select(p => p.Event.Id));
}
