using NUnit.Framework;
using WebhookKit.Dispatching;
using WebhookKit.Matching;

namespace WebhookKit.Tests.Dispatching;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class FailingTableTests
{
    private static readonly DateTimeOffset Since = TestData.Now.AddDays(-1);

    private readonly FailingTable _table = new();
    private readonly SubscriptionModel _model = TestData.Model();

    [Test]
    public void TryFind_PartitionNotListed_IsNotKnown()
    {
        _table.Learn(0, "s", Version, Since);
        Assert.That(_table.TryFind(_model, out _), Is.False);
    }

    [Test]
    public void TryFind_ListedAndNotThere_IsHealthy()
    {
        List([0]);
        Assert.That(Find(), Is.EqualTo((true, (DateTimeOffset?)null)));
    }

    [Test]
    public void TryFind_ListedAsFailing_IsKnownForThatVersionOnly()
    {
        List([0], (0, new FailingEndpoint("s", Since, Version)));
        Assert.That(Find(), Is.EqualTo((true, (DateTimeOffset?)Since)));

        // Enabled meanwhile, say: then it is not failing any more.
        Assert.That(_table.TryFind(TestData.Model(), out _), Is.False);
    }

    [Test]
    public void Learn_FailingAndWellAgain_IsFollowed()
    {
        List([0]);
        _table.Learn(0, "s", Version, Since);
        Assert.That(Find(), Is.EqualTo((true, (DateTimeOffset?)Since)));
        _table.Learn(0, "s", Version, null);
        Assert.That(Find(), Is.EqualTo((true, (DateTimeOffset?)null)));
    }

    [Test]
    public void Doubt_OfAHealthyOne_AsksTheStore()
    {
        List([0]);
        _table.Doubt(0, "s");
        Assert.That(Find().IsKnown, Is.False);
    }

    [Test]
    public void Remove_DeletedSubscription_IsDropped()
    {
        List([0], (0, new FailingEndpoint("s", Since, Version)));
        _table.Remove("s");
        Assert.That(Find(), Is.EqualTo((true, (DateTimeOffset?)null)));
    }

    [Test]
    public void Forget_Partition_IsListedAnew()
    {
        List([0, 1], (0, new FailingEndpoint("s", Since, Version)));
        _table.Forget(0);
        Assert.That((_table.Knows(0), _table.Knows(1)), Is.EqualTo((false, true)));

        List([0, 1]);
        Assert.That(Find(), Is.EqualTo((true, (DateTimeOffset?)null)), "the other owner has brought it well");
    }

    [Test]
    public void EndListing_ForgottenMeanwhile_SaysNothing()
    {
        // The list was asked for before another node had the partition.
        var begun = _table.BeginListing([0]);
        _table.Forget(0);
        _table.EndListing(begun, []);
        Assert.That(_table.Knows(0), Is.False);
    }

    [Test]
    public void EndListing_PartitionThatWasKnownOrNotOwned_IsLeftAsItIs()
    {
        List([0]);
        _table.Learn(0, "s", Version, Since);
        List([0], (1, new FailingEndpoint("elsewhere", Since, 1)));
        Assert.That(Find(), Is.EqualTo((true, (DateTimeOffset?)Since)));
        Assert.That(_table.Knows(1), Is.False);

        _table.Learn(0, "s", Version, null);
        List([0, 2], (0, new FailingEndpoint("s", Since, Version)));
        Assert.That(Find(), Is.EqualTo((true, (DateTimeOffset?)null)), "an older list does not undo what was learnt since");
    }

    [Test]
    public void EndListing_WhatWasLeftOfAnEarlierTime_IsDropped()
    {
        _table.Doubt(0, "s");
        List([0]);
        Assert.That(Find(), Is.EqualTo((true, (DateTimeOffset?)null)));
    }

    private long Version => _model.Subscription.Version;

    private (bool IsKnown, DateTimeOffset? Since) Find() => (_table.TryFind(_model, out var since), since);

    private void List(int[] owned, params (int Partition, FailingEndpoint Endpoint)[] failing) => _table.EndListing(_table.BeginListing(owned), failing);
}
