using NUnit.Framework;
using WebhookKit.Dispatching;
using static WebhookKit.Tests.Dispatching.TestData;

namespace WebhookKit.Tests.Dispatching;

public sealed class BatchRowsTests
{
    [TestCase(null, 1, null, 1, true)]
    [TestCase("a", 1, "a", 1, true)]
    [TestCase("a", 1, "b", 1, false)]
    [TestCase("a", 1, null, 1, false)]
    [TestCase(null, 0, null, 1, false, Description = "its outcome must not decide for one at another place of the schedule")]
    [TestCase("a", 0, "b", 1, false)]
    public void BelongTogether_BatchAndPlaceInTheSchedule_BothCount(string? oneBatch, int oneAttempts, string? otherBatch, int otherAttempts, bool together) =>
        Assert.That(
            BatchRows.BelongTogether(Pending(batchId: oneBatch, attempts: oneAttempts).Delivery, Pending(batchId: otherBatch, attempts: otherAttempts).Delivery),
            Is.EqualTo(together));

    [TestCase("", "")]
    [TestCase("-", "-")]
    [TestCase("a a -", "a a -", Description = "the last is no batch's")]
    [TestCase("a a", "a a", Description = "all that there is")]
    [TestCase("a a b", "a a")]
    [TestCase("- b", "-")]
    [TestCase("b a b", "a", Description = "wherever the rest of it stands")]
    public void LeaveCutBatch_RowsThatMayBeCutOff_LeavesTheLastBatchOfSeveral(string before, string after)
    {
        List<PendingDelivery> rows = [.. before.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(id => Pending(batchId: id == "-" ? null : id))];

        BatchRows.LeaveCutBatch(rows);

        Assert.That(string.Join(' ', rows.Select(r => r.Delivery.BatchId ?? "-")), Is.EqualTo(after));
    }
}
