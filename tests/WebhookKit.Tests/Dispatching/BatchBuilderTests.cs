using NUnit.Framework;
using WebhookKit.Dispatching;
using static WebhookKit.Tests.Dispatching.TestData;

namespace WebhookKit.Tests.Dispatching;

public sealed class BatchBuilderTests
{
    private static readonly BatchingOptions Options = new() { MaxEvents = 3, MaxBytes = 100, MaxDelay = TimeSpan.FromSeconds(60) };

    [TestCase(1, 99, false)]
    [TestCase(2, 99, false)]
    [TestCase(3, 99, true)]
    [TestCase(1, 100, true)]
    [TestCase(4, 101, true)]
    public void ReadyAt_CountAndBytes_AtOnceWhenOneIsReached(int count, long bytes, bool atOnce) =>
        Assert.That(BatchBuilder.ReadyAt(count, bytes, Now, Options), Is.EqualTo(atOnce ? DateTimeOffset.MinValue : Now.AddSeconds(60)));

    [TestCase("", 0)]
    [TestCase("500", 1, Description = "one goes whatever its size")]
    [TestCase("500 1", 1)]
    [TestCase("40 60", 2)]
    [TestCase("40 61", 1)]
    [TestCase("1 1 1", 3)]
    [TestCase("1 1 1 1", 3)]
    [TestCase("40 40 40", 2)]
    public void CountToTake_Sizes_AsManyAsTheLimitsAllow(string sizes, int count) =>
        Assert.That(
            BatchBuilder.CountToTake(sizes.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(s => Pending(bytes: int.Parse(s))), Options),
            Is.EqualTo(count));
}
