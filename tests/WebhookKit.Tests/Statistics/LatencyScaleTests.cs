using NUnit.Framework;

namespace WebhookKit.Tests.Statistics;

public sealed class LatencyScaleTests
{
    [Test]
    public void Classes_Fixed_AreThoseThatAreStored()
    {
        Assert.That(LatencyScale.Count, Is.EqualTo(24));
        Assert.That(
            LatencyScale.Bounds.Select(b => b.TotalMilliseconds),
            Is.EqualTo(new[] { 1, 2, 3, 5, 7, 10, 15, 20, 30, 50, 70, 100, 150, 200, 300, 500, 700, 1000, 2000, 3000, 5000, 10_000, 30_000 }));
    }

    [TestCase(-1, 0)]
    [TestCase(0, 0)]
    [TestCase(0.9999, 0)]
    [TestCase(1, 1)]
    [TestCase(99.9, 11)]
    [TestCase(100, 12)]
    [TestCase(29_999, 22)]
    [TestCase(30_000, 23)]
    [TestCase(1e9, 23)]
    public void Find_Duration_IsInItsClass(double milliseconds, int expected) =>
        Assert.That(LatencyScale.Find(TimeSpan.FromMilliseconds(milliseconds)), Is.EqualTo(expected));

    [Test]
    public void FindPercentile_Nothing_IsNull() => Assert.That(LatencyScale.FindPercentile([], TimeSpan.Zero, 0.5), Is.Null);

    [Test]
    public void FindPercentile_ManySamples_LiesInTheClassOfTheTrueOne()
    {
        var random = new Random(7);
        for (var round = 0; round < 200; round++)
        {
            var samples = Enumerable.Range(0, 1 + random.Next(300)).Select(_ => TimeSpan.FromMilliseconds(Math.Exp(random.NextDouble() * 12) / 2)).Order().ToArray();
            var counts = new long[LatencyScale.Count];
            foreach (var sample in samples) counts[LatencyScale.Find(sample)]++;
            foreach (var share in new[] { 0.01, 0.5, 0.95, 1 })
            {
                var exact = samples[(int)Math.Ceiling(samples.Length * share) - 1];
                var found = LatencyScale.FindPercentile(counts, samples[^1], share)!.Value;
                var (least, most) = (LatencyScale.Find(exact) is > 0 and var i ? LatencyScale.Bounds[i - 1] : TimeSpan.Zero, LatencyScale.Find(exact) is < 23 and var j ? LatencyScale.Bounds[j] : samples[^1]);
                Assert.That(found, Is.InRange(least, most), $"{share} of {samples.Length}");
                Assert.That(found, Is.LessThanOrEqualTo(samples[^1]));
            }
        }
    }
}
