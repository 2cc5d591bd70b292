using NUnit.Framework;

namespace WebhookKit.Tests.Storage.InMemory;

/// <summary>Lanes keep a line and a tree, and partitions a heap with lazy keys: what is shown must not depend on where something is.</summary>
internal sealed class LaneTests : InMemoryStoreTestBase
{
    [Test]
    public async Task Read_ManyOutOfOrder_MergesTheLineAndTheTree()
    {
        // More than the line is searched for: the early ones at the end go into the tree.
        for (var i = 0; i < 100; i++)
            await PublishAsync($"{i}", dueIn: i < 90 ? i : i - 95.5);

        var expected = Enumerable.Range(0, 100).OrderBy(i => i < 90 ? i : i - 95.5).Select(i => $"{i}").ToArray();
        Assert.That(await ReadAsync(), Is.EqualTo(expected));
        Assert.That(await ReadAsync(limit: 7), Is.EqualTo(expected[..7]));
    }

    [Test]
    public async Task ListDueLanes_HeadPutOff_KeyIsPutRight()
    {
        var head = await PublishAsync("1", "x", dueIn: 1);
        await PublishAsync("2", "y", dueIn: 2);
        await SettleAsync(Attempted(DeliveryStatus.Pending, head with { DueAt = Now.AddSeconds(3) }));

        Assert.That(await Store.ListDueLanesAsync(AllPartitions, Now.AddSeconds(2), default), Is.EqualTo(new[] { new LaneDue("y", Now.AddSeconds(2)) }));
        Assert.That(await Store.MeasureAsync(AllPartitions, default), Is.EqualTo(new QueueDepth(2, Now.AddSeconds(2))));
    }
}
