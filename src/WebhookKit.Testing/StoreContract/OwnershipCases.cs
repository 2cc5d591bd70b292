using static WebhookKit.Testing.StoreDriver;

namespace WebhookKit.Testing;

/// <summary>A partition has one owner, by a lease on the store's clock with a fencing number.</summary>
internal static class OwnershipCases
{
    private const string Group = "ownership";

    public static IReadOnlyList<StoreContractCase> All { get; } =
    [
        StoreContractCase.Of(Group, Heartbeat_Nodes_ShowsTheLiveOnesSorted),
        StoreContractCase.Of(Group, Heartbeat_NodeDied_VanishesFromTheView),
        StoreContractCase.Of(Group, Heartbeat_InTime_KeepsTheNodeAlive),
        StoreContractCase.Of(Group, Heartbeat_InTime_RenewsItsLeasesUnderTheSameFence),
        StoreContractCase.Of(Group, Heartbeat_LateButNotTakenOver_RenewsUnderTheSameFence),
        StoreContractCase.Of(Group, Heartbeat_OfAnother_RenewsNothing),
        StoreContractCase.Of(Group, Heartbeat_LeaseNotPositive_Throws),
        StoreContractCase.Of(Group, Acquire_Free_GivesLeases),
        StoreContractCase.Of(Group, Acquire_NodeNotAlive_GivesNothing),
        StoreContractCase.Of(Group, Acquire_Owned_GivesNothing),
        StoreContractCase.Of(Group, Acquire_SomeOwned_GivesTheOthers),
        StoreContractCase.Of(Group, Acquire_LeaseRunOut_TakesOverUnderAHigherFence),
        StoreContractCase.Of(Group, Acquire_AgainAndAgain_RaisesTheFenceEachTime),
        StoreContractCase.Of(Group, Acquire_ByManyAtOnce_GivesEachPartitionToOne),
        StoreContractCase.Of(Group, Acquire_NoSuchPartition_ThrowsAndTakesNothing),
        StoreContractCase.Of(Group, Acquire_LeaseNotPositive_ThrowsAndTakesNothing),
        StoreContractCase.Of(Group, Release_Held_IsFreeAtOnce),
        StoreContractCase.Of(Group, Release_OldFence_IsPassedOver),
        StoreContractCase.Of(Group, Release_OfAnothersLease_IsPassedOver),
        StoreContractCase.Of(Group, Leave_Owner_FreesItsPartitionsAtOnce),
        StoreContractCase.Of(Group, Leave_UnknownNode_ChangesNothing),
    ];

    private static async Task Heartbeat_Nodes_ShowsTheLiveOnesSorted(StoreDriver d)
    {
        foreach (var node in new[] { "b", "C", "a" }) await d.Store.HeartbeatAsync(node, Lease, default);

        Expect.Sequence(["C", "a", "b"], (await d.Store.HeartbeatAsync("b", Lease, default)).Nodes);
    }

    private static async Task Heartbeat_NodeDied_VanishesFromTheView(StoreDriver d)
    {
        await d.Store.HeartbeatAsync("a", Lease, default);
        await d.AdvanceLeasesAsync(Lease / 2);
        Expect.Sequence(["a", "b"], (await d.Store.HeartbeatAsync("b", Lease, default)).Nodes);

        await d.AdvanceLeasesAsync(Lease / 2);

        Expect.Sequence(["b", "c"], (await d.Store.HeartbeatAsync("c", Lease, default)).Nodes);
        await d.Store.LeaveAsync("b", default);
        Expect.Sequence(["c"], (await d.Store.HeartbeatAsync("c", Lease, default)).Nodes);
    }

    private static async Task Heartbeat_InTime_KeepsTheNodeAlive(StoreDriver d)
    {
        await d.Store.HeartbeatAsync("a", Lease, default);
        await d.AdvanceLeasesAsync(Lease / 2);
        await d.Store.HeartbeatAsync("a", Lease, default);
        await d.AdvanceLeasesAsync(Lease / 2);

        Expect.Sequence(["a", "b"], (await d.Store.HeartbeatAsync("b", Lease, default)).Nodes);
    }

    private static async Task Heartbeat_InTime_RenewsItsLeasesUnderTheSameFence(StoreDriver d)
    {
        var leases = await JoinAsync(d, "a", d.AllPartitions);
        await d.AdvanceLeasesAsync(Lease / 2);

        var renewed = (await d.Store.HeartbeatAsync("a", Lease, default)).Leases;

        Expect.Items(Fences(leases), Fences(renewed));
        Expect.True(renewed.All(l => l.Remaining > Lease / 2 && l.Remaining <= Lease), "a renewed lease runs for its whole time again");
        await d.AdvanceLeasesAsync(Lease * 0.75);
        Expect.Equal(0, (await JoinAsync(d, "b", d.AllPartitions)).Count);
    }

    private static async Task Heartbeat_LateButNotTakenOver_RenewsUnderTheSameFence(StoreDriver d)
    {
        var leases = await JoinAsync(d, "a", d.AllPartitions);
        await d.AdvanceLeasesAsync(Lease * 3);

        Expect.Items(Fences(leases), Fences((await d.Store.HeartbeatAsync("a", Lease, default)).Leases));
        Expect.Equal(0, (await JoinAsync(d, "b", d.AllPartitions)).Count);
    }

    private static async Task Heartbeat_OfAnother_RenewsNothing(StoreDriver d)
    {
        await JoinAsync(d, "a", d.AllPartitions);
        await d.AdvanceLeasesAsync(Lease / 2);
        Expect.Equal(0, (await d.Store.HeartbeatAsync("b", Lease, default)).Leases.Count);
        await d.AdvanceLeasesAsync(Lease / 2);

        Expect.Equal(d.AllPartitions.Length, (await JoinAsync(d, "b", d.AllPartitions)).Count);
    }

    private static async Task Heartbeat_LeaseNotPositive_Throws(StoreDriver d)
    {
        await Expect.ThrowsAsync<ArgumentOutOfRangeException>(async () => await d.Store.HeartbeatAsync("a", TimeSpan.Zero, default));
        await Expect.ThrowsAsync<ArgumentOutOfRangeException>(async () => await d.Store.HeartbeatAsync("a", TimeSpan.FromTicks(-1), default));

        Expect.Sequence(["b"], (await d.Store.HeartbeatAsync("b", Lease, default)).Nodes);
    }

    private static async Task Acquire_Free_GivesLeases(StoreDriver d)
    {
        var leases = await JoinAsync(d, "a", d.AllPartitions);

        Expect.Items(d.AllPartitions, leases.Select(l => l.Partition));
        Expect.True(leases.All(l => l.Fence > 0), "each has a fencing number");
        Expect.True(leases.All(l => l.Remaining > Lease / 2 && l.Remaining <= Lease), "each runs from now on");
        Expect.Items(Fences(leases), Fences((await d.Store.HeartbeatAsync("a", Lease, default)).Leases));
    }

    private static async Task Acquire_NodeNotAlive_GivesNothing(StoreDriver d)
    {
        Expect.Equal(0, (await d.Store.AcquireAsync("never joined", d.AllPartitions, Lease, default)).Count);

        await d.Store.HeartbeatAsync("left", Lease, default);
        await d.Store.LeaveAsync("left", default);
        Expect.Equal(0, (await d.Store.AcquireAsync("left", d.AllPartitions, Lease, default)).Count);

        await d.Store.HeartbeatAsync("died", Lease, default);
        await d.AdvanceLeasesAsync(Lease);
        Expect.Equal(0, (await d.Store.AcquireAsync("died", d.AllPartitions, Lease, default)).Count);

        Expect.Equal(d.AllPartitions.Length, (await JoinAsync(d, "b", d.AllPartitions)).Count);
    }

    private static async Task Acquire_Owned_GivesNothing(StoreDriver d)
    {
        var leases = await JoinAsync(d, "a", d.AllPartitions);
        await d.AdvanceLeasesAsync(Lease / 2);

        Expect.Equal(0, (await JoinAsync(d, "b", d.AllPartitions)).Count);
        Expect.Equal(0, (await d.Store.AcquireAsync("a", d.AllPartitions, Lease, default)).Count);
        Expect.Items(Fences(leases), Fences((await d.Store.HeartbeatAsync("a", Lease, default)).Leases));
    }

    private static async Task Acquire_SomeOwned_GivesTheOthers(StoreDriver d)
    {
        var half = d.AllPartitions[..(d.AllPartitions.Length / 2)];
        Expect.Items(half, (await JoinAsync(d, "a", half)).Select(l => l.Partition));

        Expect.Items(d.AllPartitions.Except(half), (await JoinAsync(d, "b", d.AllPartitions)).Select(l => l.Partition));
        Expect.Items(half, (await d.Store.HeartbeatAsync("a", Lease, default)).Leases.Select(l => l.Partition));
    }

    private static async Task Acquire_LeaseRunOut_TakesOverUnderAHigherFence(StoreDriver d)
    {
        var lost = (await JoinAsync(d, "a", d.AllPartitions))[^1];
        await d.AdvanceLeasesAsync(Lease);

        var taken = await JoinAsync(d, "b", [lost.Partition]);

        Expect.Sequence([lost.Partition], taken.Select(l => l.Partition));
        Expect.True(taken[0].Fence > lost.Fence, "the new owner has a higher fence");
        Expect.Items(d.AllPartitions.Except([lost.Partition]), (await d.Store.HeartbeatAsync("a", Lease, default)).Leases.Select(l => l.Partition));
    }

    private static async Task Acquire_AgainAndAgain_RaisesTheFenceEachTime(StoreDriver d)
    {
        long last = 0;
        foreach (var node in new[] { "a", "b", "b", "a" })
        {
            var lease = (await JoinAsync(d, node, [0]))[0];
            Expect.True(lease.Fence > last, $"{lease.Fence} is higher than {last}");
            last = lease.Fence;
            await d.Store.ReleaseAsync(node, [lease], default);
        }
    }

    private static async Task Acquire_ByManyAtOnce_GivesEachPartitionToOne(StoreDriver d)
    {
        string[] nodes = ["a", "b", "c"];
        for (var round = 0; round < 5; round++)
        {
            foreach (var node in nodes) await d.Store.HeartbeatAsync(node, Lease, default);
            var taken = await Task.WhenAll(nodes.Select(node => Task.Run(async () => await d.Store.AcquireAsync(node, d.AllPartitions, Lease, default))));

            Expect.Items(d.AllPartitions, taken.SelectMany(leases => leases).Select(l => l.Partition), $"the partitions that {nodes.Length} nodes got in round {round}");
            for (var i = 0; i < nodes.Length; i++)
                Expect.Items(Fences(taken[i]), Fences((await d.Store.HeartbeatAsync(nodes[i], Lease, default)).Leases), $"what node {nodes[i]} owns after round {round}");

            await Task.WhenAll(nodes.Select((node, i) => Task.Run(async () => await d.Store.ReleaseAsync(node, [.. taken[i]], default))));
        }
    }

    private static async Task Acquire_NoSuchPartition_ThrowsAndTakesNothing(StoreDriver d)
    {
        await d.Store.HeartbeatAsync("a", Lease, default);

        await Expect.ThrowsAsync<ArgumentOutOfRangeException>(async () => await d.Store.AcquireAsync("a", [0, -1], Lease, default));
        await Expect.ThrowsAsync<ArgumentOutOfRangeException>(async () => await d.Store.AcquireAsync("a", [0, d.Store.PartitionCount], Lease, default));

        Expect.Equal(0, (await d.Store.HeartbeatAsync("a", Lease, default)).Leases.Count);
    }

    private static async Task Acquire_LeaseNotPositive_ThrowsAndTakesNothing(StoreDriver d)
    {
        await d.Store.HeartbeatAsync("a", Lease, default);

        await Expect.ThrowsAsync<ArgumentOutOfRangeException>(async () => await d.Store.AcquireAsync("a", [0], TimeSpan.Zero, default));

        Expect.Equal(0, (await d.Store.HeartbeatAsync("a", Lease, default)).Leases.Count);
    }

    private static async Task Release_Held_IsFreeAtOnce(StoreDriver d)
    {
        var leases = await JoinAsync(d, "a", d.AllPartitions);

        await d.Store.ReleaseAsync("a", [leases[0]], default);

        Expect.Items(Fences(leases.Skip(1)), Fences((await d.Store.HeartbeatAsync("a", Lease, default)).Leases));
        Expect.Sequence([leases[0].Partition], (await JoinAsync(d, "b", d.AllPartitions)).Select(l => l.Partition));
    }

    private static async Task Release_OldFence_IsPassedOver(StoreDriver d)
    {
        var old = (await JoinAsync(d, "a", [0]))[0];
        await d.Store.ReleaseAsync("a", [old], default);
        var current = (await JoinAsync(d, "a", [0]))[0];

        await d.Store.ReleaseAsync("a", [old], default);

        Expect.Items(Fences([current]), Fences((await d.Store.HeartbeatAsync("a", Lease, default)).Leases));
        Expect.Equal(0, (await JoinAsync(d, "b", [0])).Count);
    }

    private static async Task Release_OfAnothersLease_IsPassedOver(StoreDriver d)
    {
        var lease = (await JoinAsync(d, "a", [0]))[0];
        await d.Store.HeartbeatAsync("b", Lease, default);

        await d.Store.ReleaseAsync("b", [lease], default);

        Expect.Equal(0, (await d.Store.AcquireAsync("b", [0], Lease, default)).Count);
    }

    private static async Task Leave_Owner_FreesItsPartitionsAtOnce(StoreDriver d)
    {
        await JoinAsync(d, "a", d.AllPartitions);

        await d.Store.LeaveAsync("a", default);

        Expect.Equal(d.AllPartitions.Length, (await JoinAsync(d, "b", d.AllPartitions)).Count);
        Expect.Equal(0, (await d.Store.HeartbeatAsync("a", Lease, default)).Leases.Count);
    }

    private static async Task Leave_UnknownNode_ChangesNothing(StoreDriver d)
    {
        var leases = await JoinAsync(d, "a", d.AllPartitions);

        await d.Store.LeaveAsync("b", default);

        Expect.Items(Fences(leases), Fences((await d.Store.HeartbeatAsync("a", Lease, default)).Leases));
    }

    private static async Task<IReadOnlyList<PartitionLease>> JoinAsync(StoreDriver d, string node, IReadOnlyCollection<int> partitions)
    {
        await d.Store.HeartbeatAsync(node, Lease, default);
        return await d.Store.AcquireAsync(node, partitions, Lease, default);
    }

    /// <summary>The leases without how long they still run, which a store's own clock may have changed a little.</summary>
    private static IEnumerable<(int Partition, long Fence)> Fences(IEnumerable<PartitionLease> leases) => leases.Select(l => (l.Partition, l.Fence));
}
