using NUnit.Framework;
using WebhookKit.Dispatching;
using static WebhookKit.Tests.Dispatching.TestData;

namespace WebhookKit.Tests.Dispatching;

public sealed class CircuitBreakerTests
{
    private static readonly BreakerOptions Options = new()
    {
        Failures = 3,
        Window = TimeSpan.FromMinutes(1),
        OpenFor = TimeSpan.FromSeconds(10),
        MaxOpenFor = TimeSpan.FromSeconds(30),
    };

    [Test]
    public void Failed_EnoughInARowWithinWindow_Opens()
    {
        var breaker = new CircuitBreaker(Options);
        Fail(breaker, 0, 1);
        Assert.That(breaker.IsOpen, Is.False);

        Fail(breaker, 2);
        Assert.Multiple(() =>
        {
            Assert.That(breaker.IsOpen, Is.True);
            Assert.That(breaker.AllowedFrom, Is.EqualTo(Now.AddSeconds(12)));
        });
    }

    [Test]
    public void Failed_SpreadOverMoreThanTheWindow_StaysClosed()
    {
        var breaker = new CircuitBreaker(Options);
        Fail(breaker, 0, 31, 62, 93, 124);
        Assert.That(breaker.IsOpen, Is.False);
    }

    [Test]
    public void Succeeded_BetweenFailures_BeginsToCountAnew()
    {
        var breaker = new CircuitBreaker(Options);
        Fail(breaker, 0, 1);
        breaker.Succeeded();
        Fail(breaker, 2, 3);
        Assert.That(breaker.IsOpen, Is.False);
    }

    [Test]
    public void Start_WhenOpenTimeIsOver_IsTheOnlyProbe()
    {
        var breaker = Open();
        Assert.Multiple(() =>
        {
            Assert.That(breaker.Start(), Is.True);
            Assert.That(breaker.AllowedFrom, Is.EqualTo(DateTimeOffset.MaxValue), "nothing else may start beside the probe");
        });
    }

    [Test]
    public void Failed_Probe_OpensForTwiceAsLongUpToTheLongest()
    {
        var breaker = Open();
        List<double> openFor = [];
        for (var i = 0; i < 3; i++)
        {
            breaker.Start();
            breaker.Failed(probe: true, Now);
            openFor.Add((breaker.AllowedFrom - Now).TotalSeconds);
        }

        Assert.That(openFor, Is.EqualTo(new double[] { 20, 30, 30 }));
    }

    [Test]
    public void Succeeded_Probe_Closes()
    {
        var breaker = Open();
        breaker.Start();
        breaker.Succeeded();
        Assert.Multiple(() =>
        {
            Assert.That(breaker.IsPristine(Now), Is.True);
            Assert.That(breaker.AllowedFrom, Is.EqualTo(DateTimeOffset.MinValue));
        });
    }

    [Test]
    public void Failed_StartedBeforeItOpened_DoesNotProlongIt()
    {
        var breaker = Open();
        var until = breaker.AllowedFrom;
        breaker.Failed(probe: false, Now.AddSeconds(9));
        Assert.That(breaker.AllowedFrom, Is.EqualTo(until));
    }

    [Test]
    public void Withdrawn_Probe_IsOwedAgainAtOnce()
    {
        var breaker = Open();
        breaker.Start();
        breaker.Withdrawn(probe: true);
        Assert.Multiple(() =>
        {
            Assert.That(breaker.IsOpen, Is.True);
            Assert.That(breaker.AllowedFrom, Is.EqualTo(Now.AddSeconds(12)));
            Assert.That(breaker.Start(), Is.True);
        });
    }

    [Test]
    public void Failed_ProbeAfterAnotherSucceeded_LeavesItClosed()
    {
        var breaker = Open();
        breaker.Start();
        breaker.Succeeded();
        breaker.Failed(probe: true, Now);
        Assert.That(breaker.IsOpen, Is.False);
    }

    private static CircuitBreaker Open()
    {
        var breaker = new CircuitBreaker(Options);
        Fail(breaker, 0, 1, 2);
        return breaker;
    }

    private static void Fail(CircuitBreaker breaker, params int[] seconds)
    {
        foreach (var second in seconds) breaker.Failed(probe: false, Now.AddSeconds(second));
    }
}
