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
    [TestCase("- b - b", "-", Description = "what stands in the middle of it must not overtake it")]
    [TestCase("a b a b", "a")]
    [TestCase("b - b", "b - b", Description = "it goes as far as that anyhow")]
    public void LeaveCutBatch_RowsThatMayBeCutOff_LeavesAllFromTheFirstOfTheLastBatch(string before, string after)
    {
        List<PendingDelivery> rows = [.. before.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(id => Pending(batchId: id == "-" ? null : id))];

        BatchRows.LeaveCutBatch(rows);

        Assert.That(string.Join(' ', rows.Select(r => r.Delivery.BatchId ?? "-")), Is.EqualTo(after));
    }

    [TestCase("", "", 0)]
    [TestCase("-2 -2", "-2 -2", 0)]
    [TestCase("a2 a2", "a2 a2", 0, Description = "all that there is")]
    [TestCase("a1 a1", "a1 a1", 0, Description = "the last row was another's, which is held")]
    [TestCase("a1 a1 b1 b1", "a1 a1 b1 b1", 0, Description = "the same: none is due when the last row is")]
    [TestCase("a1 a1 b2", "a1 a1", 0)]
    [TestCase("-1 a2 b2", "-1", 0, Description = "the rest of either may come")]
    [TestCase("-2 a2 -2", "-2 -2", 0, Description = "wherever it stands")]
    [TestCase("a2 b2 a2", "", 1, Description = "nothing else: a longer read is needed")]
    public void LeaveCutBatches_LastRowIsDueAtTwo_LeavesThoseDueThen(string before, string after, int inVain)
    {
        var rows = Rows(before);
        var readsInVain = 0;

        BatchRows.LeaveCutBatches(rows, Now.AddSeconds(2), ref readsInVain);

        Assert.That(string.Join(' ', rows.Select(r => (r.Delivery.BatchId ?? "-") + (r.Delivery.DueAt - Now).Seconds)), Is.EqualTo(after));
        Assert.That(readsInVain, Is.EqualTo(inVain));
    }

    [Test]
    public void LeaveCutBatches_ManyReadsInVain_LetsThemGo()
    {
        var readsInVain = 0;
        List<int> left = [];
        for (var i = 0; i < 10; i++)
        {
            var rows = Rows("a2 b2 a2");
            BatchRows.LeaveCutBatches(rows, Now.AddSeconds(2), ref readsInVain);
            left.Add(rows.Count);
        }

        Assert.That(left, Is.EqualTo(new[] { 0, 0, 0, 0, 0, 0, 0, 0, 1, 0 }));
    }

    /// <summary>A batch, or none, and the second in which it is due.</summary>
    private static List<PendingDelivery> Rows(string text) =>
        [.. text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(row => Pending(dueAt: Now.AddSeconds(row[1] - '0'), batchId: row[0] == '-' ? null : row[..1]))];
}
