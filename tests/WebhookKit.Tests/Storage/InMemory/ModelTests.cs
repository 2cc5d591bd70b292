using NUnit.Framework;

namespace WebhookKit.Tests.Storage.InMemory;

/// <summary>Random calls, checked against a plain list: the orders that the store keeps must be those that sorting gives.</summary>
internal sealed class ModelTests : InMemoryStoreTestBase
{
    private const int SucceededSize = 40;
    private const int FailedSize = 50;
    private readonly List<WebhookDelivery> _stored = [];
    private readonly List<Guid> _succeeded = [];
    private readonly List<Guid> _failed = [];

    protected override InMemoryStoreOptions Options => new() { PartitionCount = 4, MaxPending = 100_000, MaxSucceeded = SucceededSize, MaxFailed = FailedSize };

    [TestCase(1, 3)]
    [TestCase(2, 1)]
    [TestCase(3, 60)]
    [TestCase(4, 8)]
    public async Task Store_RandomCalls_AgreesWithTheModel(int seed, int laneCount)
    {
        for (var i = 0; i < laneCount; i++)
            await Store.AddSubscriptionAsync(Subscription($"s{i}"), default);
        var random = new Random(seed);
        for (var step = 0; step < 4000; step++)
        {
            await DoAsync(random, "s" + random.Next(laneCount), step);
            if (step % 20 == 0)
                await CompareAsync(random, "s" + random.Next(laneCount));
        }
    }

    private async Task DoAsync(Random random, string lane, int step)
    {
        // More arrives than ends for a while, then the other way round, so that lanes fill and run empty.
        var isFilling = step / 500 % 2 == 0;
        var ofLane = _stored.Where(d => d.SubscriptionId == lane).ToList();
        var pending = ofLane.Where(d => d.Status == DeliveryStatus.Pending).ToList();
        switch (random.Next(10))
        {
            case < 5 when isFilling || random.Next(4) == 0:
                _stored.Add(await PublishAsync($"e{step}", lane, random.Next(4) == 0 ? random.Next(1000) : step));
                break;
            case < 7 when pending.Count > 0:
                await SettleAsync(Pick(random, pending), (DeliveryStatus)random.Next(4), random.Next(2000));
                break;
            case 7 when pending.Count > 0:
                Changed((await Store.CancelAsync(Pick(random, pending).Id, Now, default))!);
                break;
            case 8 when ofLane.Find(CanResend) is { } failed:
                Changed((await Store.ResendAsync(failed.Id, Now, default))!);
                break;
            case 9 when random.Next(5) == 0:
                var limit = random.Next(1, 5);
                var failedOnes = ofLane.Where(CanResend).Take(limit).ToList();
                Assert.That(await Store.RecoverAsync(lane, default, limit, Now, default), Is.EqualTo(failedOnes.Count));
                foreach (var one in failedOnes)
                    Changed((await Store.GetDeliveryAsync(one.Id, default))!);
                break;
        }
    }

    private async Task SettleAsync(WebhookDelivery delivery, DeliveryStatus status, int dueIn)
    {
        var settlement = Attempted(status, delivery with { DueAt = Now.AddSeconds(dueIn) });
        Assert.That(await SettleAsync(settlement), Is.EqualTo(SettleResult.Applied));
        Changed(settlement.Deliveries[0]);
    }

    private void Changed(WebhookDelivery next)
    {
        _stored[_stored.FindIndex(d => d.Id == next.Id)] = next;
        _succeeded.Remove(next.Id);
        _failed.Remove(next.Id);
        if (next.Status == DeliveryStatus.Pending)
            return;

        var (history, size) = next.Status == DeliveryStatus.Succeeded ? (_succeeded, SucceededSize) : (_failed, FailedSize);
        history.Add(next.Id);
        if (history.Count > size)
        {
            _stored.RemoveAll(d => d.Id == history[0]);
            history.RemoveAt(0);
        }
    }

    private async Task CompareAsync(Random random, string lane)
    {
        var pending = _stored.Where(d => d.Status == DeliveryStatus.Pending).ToList();
        var ofLane = pending.Where(d => d.SubscriptionId == lane).ToList();
        var limit = random.Next(1, 100);
        Assert.That(await ReadAsync(lane, limit), Is.EqualTo(ofLane.OrderBy(d => d.DueAt).Take(limit).Select(d => d.EventId)));
        Assert.That(await ReadAsync(lane, limit, inSequence: true), Is.EqualTo(ofLane.Take(limit).Select(d => d.EventId)));

        var dueBy = Now.AddSeconds(random.Next(2000));
        var due = pending.GroupBy(d => d.SubscriptionId).Select(g => new LaneDue(g.Key, g.Min(d => d.DueAt))).Where(l => l.DueAt <= dueBy);
        Assert.That(await Store.ListDueLanesAsync(AllPartitions, dueBy, default), Is.EquivalentTo(due));
        Assert.That(
            await Store.MeasureAsync(AllPartitions, default),
            Is.EqualTo(new QueueDepth(pending.Count, pending.Count == 0 ? null : pending.Min(d => d.DueAt))));

        var query = new DeliveryQuery
        {
            SubscriptionId = random.Next(2) == 0 ? lane : null,
            Status = random.Next(2) == 0 ? (DeliveryStatus)random.Next(5) : null,
            Limit = random.Next(1, 30),
        };
        var listed = new List<WebhookDelivery>();
        for (Page<WebhookDelivery>? page = null; page is null || page.Next is not null;)
        {
            page = await Store.ListDeliveriesAsync(query with { After = page?.Next }, default);
            Assert.That(page.Items, Has.Count.EqualTo(query.Limit).Or.Empty.Or.Matches<IReadOnlyList<WebhookDelivery>>(_ => page.Next is null));
            listed.AddRange(page.Items);
        }

        Assert.That(listed, Is.EqualTo(Enumerable.Reverse(_stored)
            .Where(d => (query.SubscriptionId ?? d.SubscriptionId) == d.SubscriptionId && (query.Status ?? d.Status) == d.Status)));
    }

    private static bool CanResend(WebhookDelivery delivery) => delivery.Status is DeliveryStatus.Exhausted or DeliveryStatus.Expired;

    private static WebhookDelivery Pick(Random random, List<WebhookDelivery> from) => from[random.Next(2) * random.Next(from.Count)];
}
