using System.Globalization;
using NUnit.Framework;
using WebhookKit.Simulation.Mutating;
using WebhookKit.Simulation.Running;

namespace WebhookKit.Simulation;

[Parallelizable(ParallelScope.All)]
public sealed class SimulationTests
{
    private const int Block = 100;

    /// <summary>How many seeds a run of the tests tries. More: set it, or call the program with --seeds.</summary>
    private static int Seeds => int.TryParse(Environment.GetEnvironmentVariable("WEBHOOKKIT_SEEDS"), NumberStyles.None, CultureInfo.InvariantCulture, out var seeds) ? seeds : 10_000;

    private static IEnumerable<int> Blocks => Enumerable.Range(0, (Seeds + Block - 1) / Block).Select(b => b * Block);

    [TestCaseSource(nameof(Blocks))]
    public void Run_OfManySeeds_BreaksNoRule(int first)
    {
        for (var seed = first; seed < Math.Min(first + Block, Seeds); seed++)
        {
            if (SimRun.Run(seed).Fault is not null) Assert.Fail(SimRun.Run(seed, traces: true).Story);
        }
    }

    [TestCase(1)]
    [TestCase(6)]
    [TestCase(858)]
    [TestCase(6822)]
    [TestCase(144, Description = "an endpoint that had just been moved was given up for what its old address had answered")]
    [TestCase(2203, Description = "a batch went again under another id, since what had been resent stood before the rest when it was read again")]
    [TestCase(52270, Description = "a lane that was made for what had been published before a pause knew nothing of it, and sent on")]
    [TestCase(57959, Description = "what was resent stood in the middle of an ordered batch that a read cut off, and overtook it when that was left for the next read")]
    [TestCase(121938, Description = "what a lane held was held for good when its partition was lost before it could be given up")]
    [TestCase(159133, Description = "an attempt that was canceled let the one beside it count anew since when the endpoint is failing")]
    [TestCase(513360, Description = "of batches that were due at one moment, a read that ended among them cut apart more than the last")]
    [TestCase(514778, Description = "a request that had to wait started although its subscription had been deleted meanwhile")]
    [TestCase(5000887, Description = "an ordered batch counted what was behind, and was not due yet, and went before it had gathered")]
    public void Run_OfOneSeed_IsTheSameEachTime(int seed)
    {
        var first = SimRun.Run(seed, traces: true);
        var second = SimRun.Run(seed, traces: true);

        Assert.That(first.Fault, Is.Null);
        Assert.That(second.Trace, Is.EqualTo(first.Trace));
        Assert.That(second.Digest, Is.EqualTo(first.Digest));
    }

    [Test]
    public void Run_OfOtherSeeds_IsAnother()
    {
        long[] digests = [.. Enumerable.Range(0, 20).Select(seed => SimRun.Run(seed).Digest)];

        Assert.That(digests, Is.Unique);
    }

    /// <summary>The list is kept up with the code; whether each is noticed takes long (--mutations).</summary>
    [Test]
    public void Mutations_OfTheList_CanBeApplied()
    {
        var root = MutationRun.FindRoot();
        Mutation[] all = [.. MutationRun.ReadAll(root)];

        Assert.That(all, Has.Length.GreaterThanOrEqualTo(40));
        Assert.That(all.Select(m => m.CountIn(Path.Combine(root, "src", "WebhookKit"))), Is.All.EqualTo(1));
    }
}
