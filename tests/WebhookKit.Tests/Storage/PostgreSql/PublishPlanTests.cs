using NUnit.Framework;
using WebhookKit.PostgreSql.Runs;

namespace WebhookKit.Tests.Storage.PostgreSql;

/// <summary>Which deliveries become runs.</summary>
internal sealed class PublishPlanTests
{
    /// <summary>Those that came before it were in the run, and those that came after it were stored nowhere.</summary>
    [Test]
    public void Make_LaneBeginsToBeReadInSequenceMeanwhile_PlansEachDelivery([Range(1, 7)] int question)
    {
        var writes = new StoreWrites();
        EventWrite[] all = [.. Enumerable.Range(0, 6).Select(i => writes.Write($"e{i}"))];
        var questions = 0;

        var plan = PublishPlan.Make(all, partitionCount: 4, leastRun: 4, isInSequence: _ => ++questions >= question);

        var planned = plan.Deliveries[..plan.Rows].Select(d => d.Delivery.Id).Concat(plan.Runs.SelectMany(r => r.Members).Select(m => m.Id));
        Assert.That(planned, Is.EquivalentTo(all.Select(w => w.Deliveries[0].Id)));
    }
}
