using NUnit.Framework;
using WebhookKit.Dispatching;
using WebhookKit.Testing;
using static WebhookKit.Tests.Dispatching.TestData;

namespace WebhookKit.Tests.Dispatching;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class LaneTableTests
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(60);

    private readonly FailingTable _failing = new();
    private readonly LaneTable _lanes;

    public LaneTableTests() =>
        _lanes = new LaneTable(new OwnedPartitions(new ManualTimeProvider()), _failing, new BufferBudget(long.MaxValue), new WebhookOptions());

    [Test]
    public void GetOrAdd_Twice_IsTheSameLane()
    {
        var lane = _lanes.GetOrAdd(Model("a"));
        Assert.That(_lanes.GetOrAdd(Model("a")), Is.SameAs(lane));
        Assert.That((_lanes.Find("a"), _lanes.Find("b"), _lanes.All.Count()), Is.EqualTo((lane, (Lane?)null, 1)));
    }

    /// <summary>The scheduler may keep the key for as long as the lane has asked it to.</summary>
    [Test]
    public void Remove_Lane_ItsKeyKeepsNothingOfIt()
    {
        var lane = _lanes.GetOrAdd(Model("a"));
        Assert.That(lane.Key.Running, Is.SameAs(lane));
        _lanes.Remove(lane);
        Assert.That(lane.Key.Running, Is.Null);
    }

    [Test]
    public void Remove_AnotherHasItsPlace_LeavesThat()
    {
        var old = _lanes.GetOrAdd(Model("a"));
        _lanes.Remove(old);
        var lane = _lanes.GetOrAdd(Model("a"));
        _lanes.Remove(old);
        Assert.That(_lanes.Find("a"), Is.SameAs(lane));
    }

    [Test]
    public void Close_SomePartitions_ClosesTheirLanesAndNamesTheBusyOnes()
    {
        var busy = _lanes.GetOrAdd(Model("busy", partition: 1));
        busy.TryOffer(Pending(), Now);
        busy.TakeTurn(Now, 1, Lease);
        var idle = _lanes.GetOrAdd(Model("idle", partition: 2));
        var other = _lanes.GetOrAdd(Model("other", partition: 3));
        other.TryOffer(Pending(), Now);
        other.TakeTurn(Now, 1, Lease);

        Assert.That(_lanes.Close([1, 2]), Is.EqualTo(new[] { 1 }));
        Assert.That((busy.IsClosed, idle.IsClosed, other.IsClosed), Is.EqualTo((true, true, false)));
        Assert.That(_lanes.All.Count(), Is.EqualTo(3), "what is under way still counts against their limits");
    }

    [Test]
    public void Forget_APartition_ClosesAndDropsItsLanesAndWhatIsKnownOfIt()
    {
        _failing.EndListing(_failing.BeginListing([1, 2]), []);
        var lane = _lanes.GetOrAdd(Model("a", partition: 1));
        var other = _lanes.GetOrAdd(Model("b", partition: 2));
        var reads = _lanes.ReadsEnded;

        _lanes.Forget(1);

        Assert.That((lane.IsClosed, other.IsClosed), Is.EqualTo((true, false)));
        Assert.That(_lanes.All, Is.EqualTo(new[] { other }));
        Assert.That((_failing.Knows(1), _failing.Knows(2)), Is.EqualTo((false, true)));
        Assert.That(_lanes.ReadsEnded, Is.EqualTo(reads + 1));
    }

    [Test]
    public void DropIdle_SomethingToDoUntilThen_KeepsThose()
    {
        var idle = _lanes.GetOrAdd(Model("idle"));
        var later = _lanes.GetOrAdd(Model("later"));
        later.TryWake(Now.AddSeconds(10));
        var soon = _lanes.GetOrAdd(Model("soon"));
        soon.TryWake(Now.AddSeconds(5));

        _lanes.DropIdle(Now, Now.AddSeconds(5));

        Assert.That(_lanes.All, Is.EqualTo(new[] { soon }));
        Assert.That((idle.IsClosed, later.IsClosed, soon.IsClosed), Is.EqualTo((true, true, false)));
    }

    [Test]
    public void DropIdle_OfferedSomethingMeanwhile_KeepsItOnce()
    {
        var lane = _lanes.GetOrAdd(Model("a"));
        var work = Pending();
        lane.TryOffer(work, Now);
        var sent = lane.TakeTurn(Now, fence: 1, Lease, out _).Send!;
        lane.Sent(sent, LaneEnd.Succeeded, null, Now);
        lane.Settled(sent, [work.Succeeded()], Now);

        _lanes.DropIdle(Now, Now.AddSeconds(5));
        Assert.That((lane.IsClosed, _lanes.Find("a")), Is.EqualTo((false, lane)));

        _lanes.DropIdle(Now, Now.AddSeconds(5));
        Assert.That((lane.IsClosed, _lanes.Find("a")), Is.EqualTo((true, (Lane?)null)));
    }
}
