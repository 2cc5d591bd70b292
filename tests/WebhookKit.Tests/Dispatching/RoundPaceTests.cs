using NUnit.Framework;
using WebhookKit.Dispatching;

namespace WebhookKit.Tests.Dispatching;

public sealed class RoundPaceTests
{
    [TestCase(0, 5_000, Description = "nothing to look through")]
    [TestCase(250, 5_000, Description = "a twentieth")]
    [TestCase(500, 10_000, Description = "a tenth would be too much")]
    [TestCase(750, 15_000)]
    [TestCase(30_000, 20_000, Description = "a store that was away")]
    public void Note_WhatARoundTook_LeavesATwentiethOfTheTimeToRounds(int tookMs, int expectedMs)
    {
        var pace = new RoundPace(TimeSpan.FromSeconds(5));

        pace.Note(TimeSpan.FromMilliseconds(tookMs));

        Assert.That(pace.Interval, Is.EqualTo(TimeSpan.FromMilliseconds(expectedMs)));
    }

    [Test]
    public void Note_AQuickRoundAfterASlowOne_GoesBack()
    {
        var pace = new RoundPace(TimeSpan.FromSeconds(5));

        pace.Note(TimeSpan.FromSeconds(1));
        pace.Note(TimeSpan.FromMilliseconds(10));

        Assert.That(pace.Interval, Is.EqualTo(TimeSpan.FromSeconds(5)));
    }
}
