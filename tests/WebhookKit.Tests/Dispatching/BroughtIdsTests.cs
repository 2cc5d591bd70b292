using NUnit.Framework;
using WebhookKit.Dispatching;

namespace WebhookKit.Tests.Dispatching;

public sealed class BroughtIdsTests
{
    private const int Capacity = 100;

    /// <summary>Few are looked through, many are looked up: both must be the same.</summary>
    [TestCase(1)]
    [TestCase(32)]
    [TestCase(33)]
    [TestCase(34)]
    [TestCase(Capacity)]
    public void Contains_AsManyAsAreRemembered_KnowsEachAndNoOther(int count)
    {
        var brought = new BroughtIds(Capacity, knownFrom: 5);
        var ids = Fill(brought, count);

        Assert.That(ids.Where(brought.Contains), Is.EqualTo(ids));
        Assert.That(brought.Contains(Guid.NewGuid()), Is.False);
        Assert.That((brought.Covers(4), brought.Covers(5)), Is.EqualTo((false, true)), "nothing is forgotten");
    }

    [Test]
    public void Contains_NothingBrought_IsFalse() => Assert.That(new BroughtIds(Capacity, 0).Contains(Guid.NewGuid()), Is.False);

    [TestCase(1)]
    [TestCase(7)]
    public void Add_MoreThanAreRemembered_ForgetsTheOldestAndSaysSo(int more)
    {
        var brought = new BroughtIds(Capacity, knownFrom: 5);
        var ids = Fill(brought, Capacity + more);

        Assert.That(ids.Where(brought.Contains), Is.EqualTo(ids[more..]));
        var forgotten = 10 + more - 1;
        Assert.That((brought.Covers(forgotten - 1), brought.Covers(forgotten)), Is.EqualTo((false, true)), "the read that brought the last forgotten one");
    }

    [Test]
    public void Add_BroughtAgain_CountsOnce()
    {
        var brought = new BroughtIds(2, knownFrom: 0);
        var ids = Fill(brought, 2);
        brought.Add(ids[1], 20);
        Assert.That(ids.Where(brought.Contains), Is.EqualTo(ids));
    }

    [Test]
    public void Skip_WhatARead_Brought_IsNotKnownAnyMore([Values(1, 40)] int count)
    {
        var brought = new BroughtIds(Capacity, knownFrom: 5);
        var ids = Fill(brought, count);

        brought.Skip(60);

        Assert.That(ids.Where(brought.Contains), Is.Empty);
        Assert.That((brought.Covers(59), brought.Covers(60)), Is.EqualTo((false, true)));
    }

    [TestCase(32, 32)]
    [TestCase(33, 32)]
    [TestCase(80, 32)]
    public void Rest_Many_RemembersTheLatestFew(int count, int kept)
    {
        var brought = new BroughtIds(Capacity, knownFrom: 5);
        var ids = Fill(brought, count);

        brought.Rest();

        Assert.That(ids.Where(brought.Contains), Is.EqualTo(ids[^kept..]));
        Assert.That(brought.Covers(5), Is.EqualTo(kept == count));
        var more = Fill(brought, 40);
        Assert.That(more.Where(brought.Contains), Is.EqualTo(more), "it goes on as before");
    }

    [Test]
    public void Rest_NothingBrought_DoesNothing()
    {
        var brought = new BroughtIds(Capacity, knownFrom: 5);
        brought.Rest();
        Assert.That(brought.Covers(5), Is.True);
    }

    /// <summary>Each by a read of its own, from number 10 on.</summary>
    private static Guid[] Fill(BroughtIds brought, int count)
    {
        Guid[] ids = [.. Enumerable.Range(0, count).Select(_ => Guid.NewGuid())];
        for (var i = 0; i < count; i++) brought.Add(ids[i], 10 + i);
        return ids;
    }
}
