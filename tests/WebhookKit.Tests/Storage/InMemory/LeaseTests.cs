using NUnit.Framework;

namespace WebhookKit.Tests.Storage.InMemory;

/// <summary>What is particular to leases on the process's monotonic clock; the rest is in the contract.</summary>
internal sealed class LeaseTests : InMemoryStoreTestBase
{
    [Test]
    public async Task Acquire_TimeOfDaySetForward_EndsNoLease()
    {
        Clock.SetTimeOfDay(Now.AddYears(1));
        await Store.HeartbeatAsync("b", Lease, default);

        Assert.That(await Store.AcquireAsync("b", AllPartitions, Lease, default), Is.Empty);
    }

    [Test]
    public async Task Acquire_LastTickOfTheLease_IsStillTheOwners()
    {
        Clock.Advance(Lease - TimeSpan.FromTicks(1));
        await Store.HeartbeatAsync("b", Lease, default);
        Assert.That(await Store.AcquireAsync("b", [2], Lease, default), Is.Empty);

        Clock.Advance(TimeSpan.FromTicks(1));
        Assert.That(await Store.AcquireAsync("b", [2], Lease, default), Is.EqualTo(new[] { new PartitionLease(2, 2, Lease) }));
    }
}
