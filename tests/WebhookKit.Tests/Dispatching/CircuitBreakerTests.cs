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

    [TestCase(60, true)]
    [TestCase(61, false)]
    public void Failed_LastOfThem_OpensIfAllLieWithinTheWindow(int last, bool opens)
    {
        var breaker = new CircuitBreaker(Options);
        Fail(breaker, 0, 30, last);
        Assert.That(breaker.IsOpen, Is.EqualTo(opens));
    }

    [Test]
    public void Failed_ManyBeforeThatWereSpread_OnlyTheLatestCount()
    {
        var breaker = new CircuitBreaker(Options);
        Fail(breaker, 0, 100, 200, 300, 301);
        Assert.That(breaker.IsOpen, Is.False);
        Fail(breaker, 302);
        Assert.That(breaker.IsOpen, Is.True);
    }

    [Test]
    public void Start_Closed_IsNoProbe()
    {
        var breaker = new CircuitBreaker(Options);
        Fail(breaker, 0);
        Assert.That((breaker.Start(), breaker.IsOpen, breaker.AllowedFrom), Is.EqualTo((false, false, DateTimeOffset.MinValue)));
    }

    [TestCase(60, false)]
    [TestCase(61, true)]
    public void IsPristine_OldFailures_ForgetsThemAfterTheWindow(int seconds, bool isPristine)
    {
        var breaker = new CircuitBreaker(Options);
        Assert.That(breaker.IsPristine(Now), Is.True);
        Fail(breaker, -30, 0);
        Assert.That(breaker.IsPristine(Now.AddSeconds(seconds)), Is.EqualTo(isPristine));
    }

    [Test]
    public void IsPristine_Open_IsFalseForEver() => Assert.That(Open().IsPristine(Now.AddYears(1)), Is.False);

    [Test]
    public void Failed_AfterItHasClosed_OpensForTheFirstTimesTimeAgain()
    {
        var breaker = Open();
        breaker.Start();
        breaker.Failed(probe: true, Now);
        breaker.Succeeded();
        Fail(breaker, 0, 1, 2);
        Assert.That(breaker.AllowedFrom, Is.EqualTo(Now.AddSeconds(12)));
    }

    [Test]
    public void Failed_NotTheProbeWhileThatIsUnderWay_ChangesNothing()
    {
        var breaker = Open();
        breaker.Start();
        breaker.Failed(probe: false, Now);
        breaker.Withdrawn(probe: false);
        Assert.That(breaker.AllowedFrom, Is.EqualTo(DateTimeOffset.MaxValue));
    }

    [Test]
    public void Withdrawn_ProbeAfterAnotherSucceeded_LeavesItClosed()
    {
        var breaker = Open();
        breaker.Start();
        breaker.Succeeded();
        breaker.Withdrawn(probe: true);
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
