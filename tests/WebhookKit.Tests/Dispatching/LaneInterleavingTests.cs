using NUnit.Framework;

namespace WebhookKit.Tests.Dispatching;

public sealed class LaneInterleavingTests
{
    private const int Seeds = 60;

    [Test]
    public void AnyOrderOfThings_AllIsDeliveredOnceAndNothingOvertakes([Values] DeliveryOrder order, [Values] bool batching)
    {
        for (var seed = 0; seed < Seeds; seed++)
        {
            var world = new LaneWorld(seed, order, batching);
            for (var i = 0; i < 700; i++) world.Step(isWell: false);

            // Nobody tells the lane of anything more: what it has left to the store it must know of itself.
            world.Enable();
            for (var i = 0; i < 40_000 && world.HasPending; i++) world.Step(isWell: true);
            Assert.That(world.Pending, Is.Empty, $"seed {seed}: lost");
            for (var i = 0; i < 40_000 && world.HasUnsettled; i++) world.Step(isWell: true);
            Assert.That(world.Held, Is.EqualTo((0, 0)), $"seed {seed}: holds memory");
            Assert.That(world.Succeeded.Where(s => s.Value != 1), Is.Empty, $"seed {seed}: sent twice");
        }
    }
}
