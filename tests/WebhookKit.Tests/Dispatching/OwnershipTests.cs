using NUnit.Framework;
using WebhookKit.Dispatching;
using WebhookKit.Testing;
using WebhookKit.Tests.Storage.InMemory;

namespace WebhookKit.Tests.Dispatching;

public sealed class OwnershipTests
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(60);

    [Test]
    public void ShouldOwn_SeveralNodes_EachPartitionHasOneAndSharesAreFair()
    {
        string[] nodes = ["a", "b", "c", "d"];
        var owners = Enumerable.Range(0, 1024).Select(p => nodes.Single(n => PartitionPlan.ShouldOwn(n, nodes, p))).ToArray();
        Assert.That(nodes.Select(n => owners.Count(o => o == n)), Is.All.InRange(180, 340));
    }

    [Test]
    public void ShouldOwn_NodeJoins_MovesOnlyItsShare()
    {
        string[] before = ["a", "b", "c"];
        string[] after = ["a", "b", "c", "d"];
        var moved = Enumerable.Range(0, 1024).Where(p => Owner(before, p) != Owner(after, p)).ToArray();
        Assert.That(moved.Select(p => Owner(after, p)), Is.All.EqualTo("d"));
    }

    /// <summary>While a new version is rolled out, nodes of the old one must come to the same answer.</summary>
    [Test]
    public void ShouldOwn_AnyVersion_ComesToTheSameAnswer() =>
        Assert.That(
            string.Concat(Enumerable.Range(0, 64).Select(p => Owner(["a", "b", "c"], p))),
            Is.EqualTo("bacbcacccbbabccbbcacaaaccaabccabcbbbbabbbbaaaaacbabbcbaabbcacaac"));

    [Test]
    public void TryGet_LeaseRunsOut_OwnsNothing()
    {
        var clock = new ManualTimeProvider();
        var owned = new OwnedPartitions(clock);
        owned.Confirm([new PartitionLease(3, 1, Lease)], [], 8, Moment.Now(clock), _ => { });
        clock.Advance(TimeSpan.FromSeconds(59));
        Assert.That(owned.TryGet(3, out var fence, out var remaining), Is.True);
        Assert.Multiple(() =>
        {
            Assert.That(fence, Is.EqualTo(1));
            Assert.That(remaining, Is.EqualTo(TimeSpan.FromSeconds(1)));
        });

        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.That(owned.Owns(3), Is.False);
    }

    [Test]
    public void TryGet_TimeOfDaySetBack_LeaseRunsOutAllTheSame()
    {
        var clock = new StoreClock();
        var owned = new OwnedPartitions(clock);
        owned.Confirm([new PartitionLease(3, 1, Lease)], [], 8, Moment.Now(clock), _ => { });
        clock.SetTimeOfDay(clock.GetUtcNow().AddHours(-1));
        clock.Advance(Lease);
        Assert.That(owned.TryGet(3, out _, out _), Is.False);
    }

    [Test]
    public void TryGet_MachineWasSuspended_LeaseRanOutMeanwhile()
    {
        var clock = new StoreClock();
        var owned = new OwnedPartitions(clock);
        owned.Confirm([new PartitionLease(3, 1, Lease)], [], 8, Moment.Now(clock), _ => { });

        // The monotonic clock stands still meanwhile.
        clock.SetTimeOfDay(clock.GetUtcNow() + Lease);
        Assert.That(owned.TryGet(3, out _, out _), Is.False);
    }

    [Test]
    public void Confirm_AnswerWasSlow_LeaseCountsFromTheQuestion()
    {
        var clock = new ManualTimeProvider();
        var owned = new OwnedPartitions(clock);
        var askedAt = Moment.Now(clock);
        clock.Advance(TimeSpan.FromSeconds(20));
        owned.Confirm([new PartitionLease(0, 1, Lease)], [], 8, askedAt, _ => { });
        owned.TryGet(0, out _, out var remaining);
        Assert.That(remaining, Is.EqualTo(TimeSpan.FromSeconds(40)));
    }

    [Test]
    public void Confirm_AnotherNodeHadItInBetween_ItsLanesAreForgotten()
    {
        var clock = new ManualTimeProvider();
        var owned = new OwnedPartitions(clock);
        owned.Confirm([new PartitionLease(0, 1, Lease), new PartitionLease(1, 1, Lease)], [], 8, Moment.Now(clock), _ => { });
        owned.Confirm([], [], 8, Moment.Now(clock), _ => { });

        List<int> forgotten = [];
        owned.Confirm([new PartitionLease(0, 2, Lease), new PartitionLease(1, 3, Lease)], [], 8, Moment.Now(clock), forgotten.Add);
        Assert.Multiple(() =>
        {
            Assert.That(forgotten, Is.EqualTo(new[] { 1 }), "fence 3 after 1: somebody had 2");
            Assert.That(owned.TakenOverAt(0), Is.Null);
            Assert.That(owned.TakenOverAt(1), Is.EqualTo(clock.GetUtcNow()));
        });
    }

    /// <summary>A node that stood still past its lease sent again what it had published before, and another node had delivered meanwhile.</summary>
    [Test]
    public void Forget_APartitionThatWasAnothers_WhatWasStoredBeforeIsNotTakenFromHere()
    {
        var clock = new ManualTimeProvider();
        var owned = new OwnedPartitions(clock);
        var lanes = new LaneTable(owned, new FailingTable(), new BufferBudget(1024 * 1024), new WebhookOptions());
        owned.Confirm([new PartitionLease(0, 1, Lease)], [], 8, Moment.Now(clock), lanes.Forget);
        var readsBefore = lanes.ReadsEnded;
        owned.Confirm([new PartitionLease(0, 3, Lease)], [], 8, Moment.Now(clock), lanes.Forget);

        var lane = lanes.GetOrAdd(TestData.Model());
        lane.TryOffer(TestData.Pending(), TestData.Now, readsBefore);

        var turn = lane.TakeTurn(TestData.Now, 3, Lease, out _);
        Assert.That(turn.Send, Is.Null, "it may have gone since");
        Assert.That(turn.Read, Is.Not.Null);
    }

    [Test]
    public void Drain_Draining_TakesNothingNew()
    {
        var clock = new ManualTimeProvider();
        var owned = new OwnedPartitions(clock);
        owned.Confirm([new PartitionLease(0, 1, Lease), new PartitionLease(1, 1, Lease)], [], 8, Moment.Now(clock), _ => { });
        owned.Drain([0]);
        Assert.Multiple(() =>
        {
            Assert.That(owned.Owns(0), Is.False);
            Assert.That(owned.All, Is.EqualTo(new[] { 1 }));
        });
    }

    [Test]
    public void OwnsAll_OneIsMissingDrainingOrRunOut_IsFalse()
    {
        var clock = new ManualTimeProvider();
        var owned = new OwnedPartitions(clock);
        Assert.That(owned.OwnsAll, Is.False, "nothing is known of yet");

        PartitionLease[] both = [new PartitionLease(0, 1, Lease), new PartitionLease(1, 1, Lease)];
        owned.Confirm(both[..1], [], 2, Moment.Now(clock), _ => { });
        Assert.That(owned.OwnsAll, Is.False);

        owned.Confirm(both, [], 2, Moment.Now(clock), _ => { });
        Assert.That(owned.OwnsAll, Is.True);

        owned.Drain([1]);
        Assert.That(owned.OwnsAll, Is.False);

        owned.Confirm(both, [], 2, Moment.Now(clock), _ => { });
        clock.Advance(Lease);
        Assert.That(owned.OwnsAll, Is.False);
    }

    [Test]
    public void TakenOverAt_FirstLeaseOfAPartition_IsWhenAnotherNodeHadIt()
    {
        var clock = new ManualTimeProvider();
        var owned = new OwnedPartitions(clock);
        List<int> forgotten = [];
        owned.Confirm([new PartitionLease(0, 1, Lease), new PartitionLease(1, 2, Lease)], [], 2, Moment.Now(clock), forgotten.Add);
        Assert.That((owned.TakenOverAt(0), owned.TakenOverAt(1)), Is.EqualTo(((DateTimeOffset?)null, (DateTimeOffset?)clock.GetUtcNow())));
        Assert.That(forgotten, Is.EqualTo(new[] { 1 }));

        // Renewing says nothing new.
        var takenOverAt = clock.GetUtcNow();
        clock.Advance(TimeSpan.FromSeconds(10));
        owned.Confirm([new PartitionLease(0, 1, Lease), new PartitionLease(1, 2, Lease)], [], 2, Moment.Now(clock), forgotten.Add);
        Assert.That((owned.TakenOverAt(0), owned.TakenOverAt(1)), Is.EqualTo(((DateTimeOffset?)null, (DateTimeOffset?)takenOverAt)));
        Assert.That(forgotten, Is.EqualTo(new[] { 1 }));
        owned.TryGet(0, out _, out var remaining);
        Assert.That(remaining, Is.EqualTo(Lease));
    }

    [Test]
    public void Owns_PartitionThatThereIsNot_IsFalse()
    {
        var clock = new ManualTimeProvider();
        var owned = new OwnedPartitions(clock);
        owned.Confirm([new PartitionLease(0, 1, Lease), new PartitionLease(1, 7, Lease)], [], 2, Moment.Now(clock), _ => { });
        Assert.That((owned.Owns(2), owned.TakenOverAt(2), owned.Lose(2, 7)), Is.EqualTo((false, (DateTimeOffset?)null, false)));
        Assert.That(owned.TryGet(2, out var fence, out var remaining), Is.False);
        Assert.That((fence, remaining), Is.EqualTo((0, TimeSpan.Zero)));

        owned.Drain([2, 9]);
        Assert.That(owned.All, Is.EqualTo(new[] { 0, 1 }));
    }

    [Test]
    public void Lose_RefusedFence_IsNewsOnce()
    {
        var clock = new ManualTimeProvider();
        var owned = new OwnedPartitions(clock);
        owned.Confirm([new PartitionLease(0, 5, Lease), new PartitionLease(1, 5, Lease)], [], 2, Moment.Now(clock), _ => { });
        Assert.That(owned.Lose(0, 4), Is.False, "an older lease's");
        Assert.That(owned.Owns(0), Is.True);

        Assert.That((owned.Lose(0, 5), owned.Lose(0, 5)), Is.EqualTo((true, false)));
        Assert.That((owned.Owns(0), owned.Owns(1)), Is.EqualTo((false, true)));
    }

    [Test]
    public void Confirm_DrainedAndBack_CountsAsTakenOver()
    {
        var clock = new ManualTimeProvider();
        var owned = new OwnedPartitions(clock);
        PartitionLease[] leases = [new PartitionLease(0, 1, Lease), new PartitionLease(1, 1, Lease)];
        owned.Confirm(leases, [], 2, Moment.Now(clock), _ => { });
        owned.Drain([0]);
        owned.Confirm(leases, [0], 2, Moment.Now(clock), _ => { });
        Assert.That((owned.Owns(0), owned.Owns(1)), Is.EqualTo((false, true)));
        Assert.That(owned.TryGet(0, out _, out _), Is.False, "nothing new starts");

        // It is to keep it after all. Its lanes are closed: new ones know nothing of what was sent.
        clock.Advance(TimeSpan.FromSeconds(1));
        owned.Confirm(leases, [], 2, Moment.Now(clock), _ => { });
        Assert.That((owned.Owns(0), owned.TakenOverAt(0), owned.TakenOverAt(1)), Is.EqualTo((true, (DateTimeOffset?)clock.GetUtcNow(), (DateTimeOffset?)null)));
    }

    [Test]
    public void Confirm_DrainedAndGivenUp_IsAnothersEvenIfNobodyHadIt()
    {
        var clock = new ManualTimeProvider();
        var owned = new OwnedPartitions(clock);
        owned.Confirm([new PartitionLease(0, 1, Lease)], [], 1, Moment.Now(clock), _ => { });
        owned.Drain([0]);
        owned.Confirm([], [], 1, Moment.Now(clock), _ => { });

        List<int> forgotten = [];
        owned.Confirm([new PartitionLease(0, 2, Lease)], [], 1, Moment.Now(clock), forgotten.Add);
        Assert.That(forgotten, Is.EqualTo(new[] { 0 }));
        Assert.That(owned.TakenOverAt(0), Is.EqualTo(clock.GetUtcNow()));
    }

    [Test]
    public void Confirm_GivenUpAtOnce_IsNotOwned()
    {
        var clock = new ManualTimeProvider();
        var owned = new OwnedPartitions(clock);
        owned.Confirm([new PartitionLease(0, 1, Lease), new PartitionLease(1, 1, Lease)], [1], 2, Moment.Now(clock), _ => { });
        Assert.That(owned.All, Is.EqualTo(new[] { 0 }));
    }

    private static string Owner(string[] nodes, int partition) => nodes.Single(n => PartitionPlan.ShouldOwn(n, nodes, partition));
}
