using NUnit.Framework;
using WebhookKit.Dispatching;
using static WebhookKit.Tests.Dispatching.TestData;

namespace WebhookKit.Tests.Dispatching;

/// <summary>What a lane costs beside its deliveries.</summary>
[NonParallelizable]
internal sealed class LaneMemoryTests
{
    private static readonly BreakerOptions Breaker = new();

    [TestCase(DeliveryOrder.None)]
    [TestCase(DeliveryOrder.Strict)]
    public void ManyLanes_AFewDeliveriesEach_CostLittle(DeliveryOrder order)
    {
        const int count = 100_000;
        var model = Model(order: order);
        var budget = new BufferBudget(long.MaxValue);
        PendingDelivery[] items = [Pending(), Pending(), Pending()];
        var lanes = new Lane[count];
        var before = GC.GetTotalMemory(forceFullCollection: true);
        for (var i = 0; i < count; i++)
        {
            lanes[i] = new Lane(model, bufferSize: 2048, Breaker, budget, takenOverAt: null);
            Fill(lanes[i], items);
        }

        var each = (GC.GetTotalMemory(forceFullCollection: true) - before) / count;
        GC.KeepAlive(lanes);
        Assert.That(each, Is.LessThan(1200));
        Assert.That(budget.Count, Is.EqualTo(3 * count));
    }

    [Test]
    public void OneLane_ManyDeliveriesHaveGone_CostsLittleAgain([Values] DeliveryOrder order)
    {
        // So many that what else the process does hardly counts.
        const int lanes = 60;
        var kept = new Lane[lanes];
        var model = Model(order: order);
        PendingDelivery[] items = [.. Enumerable.Range(0, 2000).Select(i => Pending($"k{i}"))];
        var before = GC.GetTotalMemory(forceFullCollection: true);
        for (var i = 0; i < lanes; i++)
        {
            kept[i] = new Lane(model, bufferSize: 2048, Breaker, new BufferBudget(long.MaxValue), takenOverAt: null);
            Fill(kept[i], items);
            while (kept[i].TakeTurn(Now, 1, TimeSpan.FromMinutes(1)).Send is { } work)
            {
                kept[i].Sent(work, LaneEnd.Succeeded, null, Now);
                kept[i].Settled(work, [.. work.Items.Select(item => item.Succeeded())], Now);
            }
        }

        var each = (GC.GetTotalMemory(forceFullCollection: true) - before) / lanes;
        GC.KeepAlive(kept);
        Assert.That(each, Is.LessThan(12_000));
    }

    private static void Fill(Lane lane, PendingDelivery[] items)
    {
        lane.TryWake(Now);
        var read = lane.TakeTurn(Now, 1, TimeSpan.FromMinutes(1)).Read!.Value;
        lane.ReadEnded(items, items.Length + 1, Now, read.Limit);
    }
}
