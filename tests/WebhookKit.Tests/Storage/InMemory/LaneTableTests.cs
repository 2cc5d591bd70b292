using NUnit.Framework;
using WebhookKit.Storage.InMemory;

namespace WebhookKit.Tests.Storage.InMemory;

internal sealed class LaneTableTests : InMemoryStoreTestBase
{
    [Test]
    public void Remove_ManyLanesRunEmpty_KeepsFewOfThem()
    {
        var lanes = new LaneTable(4);
        var tenant = new TenantEvents(null);
        var waiting = Row(0);
        lanes.AddFresh(waiting);

        var most = 0;
        for (var i = 1; i <= 10_000; i++)
        {
            var row = Row(i);
            lanes.AddFresh(row);
            lanes.Remove(row);
            most = Math.Max(most, lanes.LaneCount);
        }

        Assert.That(most, Is.LessThanOrEqualTo(4 * 1_026));
        Assert.That(lanes.Find("s0"), Is.SameAs(waiting.Lane));

        DeliveryRow Row(int i) => new(Delivery($"{i}", $"s{i}"), new EventRow(Event($"{i}"), tenant, Now, i), i);
    }
}
