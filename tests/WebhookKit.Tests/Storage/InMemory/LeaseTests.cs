using NUnit.Framework;

namespace WebhookKit.Tests.Storage.InMemory;

internal sealed class LeaseTests : InMemoryStoreTestBase
{
    [Test]
    public async Task Acquire_Owned_GivesNothing()
    {
        await Store.HeartbeatAsync("b", Lease, default);

        Assert.That(await Store.AcquireAsync("b", AllPartitions, Lease, default), Is.Empty);
        Assert.That(await Store.AcquireAsync("a", AllPartitions, Lease, default), Is.Empty);
    }

    [Test]
    public async Task Acquire_AfterTheLeaseRanOut_RaisesTheFence()
    {
        Clock.Advance(Lease - TimeSpan.FromTicks(1));
        await Store.HeartbeatAsync("b", Lease, default);
        Assert.That(await Store.AcquireAsync("b", [2], Lease, default), Is.Empty);

        Clock.Advance(TimeSpan.FromTicks(1));
        Assert.That(await Store.AcquireAsync("b", [2], Lease, default), Is.EqualTo(new[] { new PartitionLease(2, 2, Lease) }));
        Assert.That((await Store.HeartbeatAsync("a", Lease, default)).Leases.Select(l => l.Partition), Is.EqualTo(new[] { 0, 1, 3 }));
    }

    [Test]
    public async Task Acquire_NodeNotAlive_GivesNothing()
    {
        Clock.Advance(Lease);

        Assert.That(await Store.AcquireAsync("a", AllPartitions, Lease, default), Is.Empty);
        Assert.That(await Store.AcquireAsync("b", AllPartitions, Lease, default), Is.Empty);
    }

    [Test]
    public async Task Heartbeat_InTime_RenewsUnderTheSameFence()
    {
        Clock.Advance(Lease / 2);
        var view = await Store.HeartbeatAsync("a", Lease, default);
        Assert.That(view.Leases, Is.EqualTo(AllPartitions.Select(p => new PartitionLease(p, 1, Lease))));

        Clock.Advance(Lease * 0.75);
        await Store.HeartbeatAsync("b", Lease, default);
        Assert.That(await Store.AcquireAsync("b", AllPartitions, Lease, default), Is.Empty);
    }

    [Test]
    public async Task Heartbeat_LateButNotTakenOver_RenewsUnderTheSameFence()
    {
        Clock.Advance(Lease * 3);

        Assert.That((await Store.HeartbeatAsync("a", Lease, default)).Leases.Select(l => l.Fence), Is.EqualTo(new[] { 1, 1, 1, 1 }));
    }

    [Test]
    public async Task Heartbeat_Nodes_ShowsTheLiveOnesOnly()
    {
        Clock.Advance(Lease / 2);
        Assert.That((await Store.HeartbeatAsync("b", Lease, default)).Nodes, Is.EqualTo(new[] { "a", "b" }));

        Clock.Advance(Lease / 2);
        Assert.That((await Store.HeartbeatAsync("c", Lease, default)).Nodes, Is.EqualTo(new[] { "b", "c" }));
        await Store.LeaveAsync("b", default);
        Assert.That((await Store.HeartbeatAsync("c", Lease, default)).Nodes, Is.EqualTo(new[] { "c" }));
    }

    [Test]
    public async Task Release_OldLease_IsPassedOver()
    {
        await Store.HeartbeatAsync("b", Lease, default);
        await Store.ReleaseAsync("a", [new PartitionLease(1, 7, Lease)], default);
        await Store.ReleaseAsync("b", [new PartitionLease(1, 1, Lease)], default);
        Assert.That(await Store.AcquireAsync("b", [1], Lease, default), Is.Empty);

        await Store.ReleaseAsync("a", [new PartitionLease(1, 1, Lease)], default);
        Assert.That((await Store.AcquireAsync("b", [1], Lease, default)).Single().Fence, Is.EqualTo(2));
    }

    [Test]
    public async Task Leave_Owner_FreesItsPartitions()
    {
        await Store.LeaveAsync("a", default);
        await Store.HeartbeatAsync("b", Lease, default);

        Assert.That(await Store.AcquireAsync("b", AllPartitions, Lease, default), Has.Count.EqualTo(4));
    }

    [Test]
    public async Task Acquire_TimeOfDaySetForward_EndsNoLease()
    {
        Clock.SetTimeOfDay(Now.AddYears(1));
        await Store.HeartbeatAsync("b", Lease, default);

        Assert.That(await Store.AcquireAsync("b", AllPartitions, Lease, default), Is.Empty);
    }

    [Test]
    public async Task Acquire_NoSuchPartition_ThrowsAndTakesNothing()
    {
        await Store.LeaveAsync("a", default);
        await Store.HeartbeatAsync("b", Lease, default);

        Assert.That(async () => await Store.AcquireAsync("b", [0, -1], Lease, default), Throws.TypeOf<ArgumentOutOfRangeException>());
        Assert.That((await Store.HeartbeatAsync("b", Lease, default)).Leases, Is.Empty);
    }
}
