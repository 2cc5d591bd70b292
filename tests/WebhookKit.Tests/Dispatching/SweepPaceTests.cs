using NUnit.Framework;
using WebhookKit.Dispatching;

namespace WebhookKit.Tests.Dispatching;

public sealed class SweepPaceTests
{
    [TestCase(0, 5_000, Description = "nothing to look through")]
    [TestCase(250, 5_000, Description = "a twentieth")]
    [TestCase(500, 10_000, Description = "a tenth would be too much")]
    [TestCase(750, 15_000)]
    [TestCase(30_000, 20_000, Description = "a store that was away")]
    public void Note_WhatASweepTook_LeavesATwentiethOfTheTimeToSweeps(int tookMs, int expectedMs)
    {
        var pace = new SweepPace(TimeSpan.FromSeconds(5));

        pace.Note(TimeSpan.FromMilliseconds(tookMs));

        Assert.That(pace.Interval, Is.EqualTo(TimeSpan.FromMilliseconds(expectedMs)));
    }

    [Test]
    public void Note_AQuickSweepAfterASlowOne_GoesBack()
    {
        var pace = new SweepPace(TimeSpan.FromSeconds(5));

        pace.Note(TimeSpan.FromSeconds(1));
        pace.Note(TimeSpan.FromMilliseconds(10));

        Assert.That(pace.Interval, Is.EqualTo(TimeSpan.FromSeconds(5)));
    }
}
