using NUnit.Framework;
using WebhookKit.Dispatching;
using static WebhookKit.Tests.Dispatching.TestData;

namespace WebhookKit.Tests.Dispatching;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class EndpointHealthTests
{
    private readonly EndpointHealth _health = new();

    [Test]
    public void FailingSince_NothingKnown_IsNone() => Assert.That((_health.IsKnown, _health.FailingSince), Is.EqualTo((false, (DateTimeOffset?)null)));

    [Test]
    public void LearnFirst_NothingKnown_IsTakenOver([Values] bool failing)
    {
        DateTimeOffset? since = failing ? Now : null;
        _health.LearnFirst(since);
        Assert.That((_health.IsKnown, _health.FailingSince), Is.EqualTo((true, since)));
    }

    [Test]
    public void LearnFirst_NewerIsKnown_ChangesNothing()
    {
        _health.Learn(null);
        _health.LearnFirst(Now);
        Assert.That(_health.FailingSince, Is.Null);

        _health.Learn(Now);
        _health.LearnFirst(null);
        Assert.That(_health.FailingSince, Is.EqualTo(Now));
    }

    [Test]
    public void Doubt_Failing_IsAskedForButStillCountsFromThen()
    {
        _health.Doubt();
        Assert.That((_health.IsKnown, _health.FailingSince), Is.EqualTo((false, (DateTimeOffset?)null)));

        _health.Learn(Now);
        _health.Doubt();
        Assert.That((_health.IsKnown, _health.FailingSince), Is.EqualTo((false, (DateTimeOffset?)Now)));

        _health.LearnFirst(Now.AddHours(-1));
        Assert.That((_health.IsKnown, _health.FailingSince), Is.EqualTo((true, (DateTimeOffset?)Now.AddHours(-1))));
    }

    [Test]
    public void TryGiveUp_UntilItIsWellAgain_IsNewsOnce()
    {
        Assert.That((_health.TryGiveUp(), _health.TryGiveUp()), Is.EqualTo((true, false)));

        _health.Learn(Now);
        Assert.That(_health.TryGiveUp(), Is.False, "it is failing still");

        _health.Learn(null);
        Assert.That((_health.TryGiveUp(), _health.TryGiveUp()), Is.EqualTo((true, false)));
    }
}
