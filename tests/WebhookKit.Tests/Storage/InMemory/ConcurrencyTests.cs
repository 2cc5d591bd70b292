using NUnit.Framework;

namespace WebhookKit.Tests.Storage.InMemory;

internal sealed class ConcurrencyTests : InMemoryStoreTestBase
{
    [Test]
    public async Task Store_ManyThreads_CountsEveryDeliveryOnce()
    {
        const int threads = 4, each = 2000;
        var made = Enumerable.Range(0, threads).Select(t => Enumerable.Range(0, each).Select(i => Delivery($"{t}-{i}", $"s{i % 7}")).ToArray()).ToArray();
        await Task.WhenAll(made.Select(mine => Task.Run(async () =>
        {
            for (var i = 0; i < mine.Length; i++)
            {
                await Store.PublishAsync([new EventWrite(Event(mine[i].EventId), [mine[i]], null) { PublishedAt = Now }], null, default);
                if (i % 2 == 1)
                    await FinishAsync(mine[i]);
                if (i % 100 == 0)
                    await ReadAsync("s3", limit: 10);
            }
        })));

        Assert.That(await PendingAsync(), Is.EqualTo(threads * each / 2));
        Assert.That((await ReadAsync("s3", limit: int.MaxValue)).Distinct().Count(), Is.EqualTo(made.Sum(m => m.Where((d, i) => i % 2 == 0 && d.SubscriptionId == "s3").Count())));
    }

    protected override InMemoryStoreOptions Options => new() { PartitionCount = 4, MaxSucceeded = 10, MaxFailed = 10 };
}
