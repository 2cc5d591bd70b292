using NUnit.Framework;
using WebhookKit.Simulation.Running;

namespace WebhookKit.Simulation;

[Parallelizable(ParallelScope.All)]
public sealed class SimulationTests
{
    [TestCase(1)]
    [TestCase(2)]
    [TestCase(3)]
    public void Run_OfOneSeed_IsTheSameEachTime(int seed)
    {
        var first = SimRun.Run(seed, traces: true);
        var second = SimRun.Run(seed, traces: true);

        Assert.That(second.Trace, Is.EqualTo(first.Trace));
    }
}
