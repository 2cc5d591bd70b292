using NUnit.Framework;
using WebhookKit.Outcomes;
using static WebhookKit.Tests.Outcomes.DeciderSample;

namespace WebhookKit.Tests.Outcomes;

public class HealthRuleTests
{
    private static readonly DateTimeOffset FiveDaysAgo = Now.AddDays(-5);

    [Test]
    public void Change_SuccessWhileHealthy_IsNone() => Assert.That(Change(Input(AttemptOutcome.Succeeded, 200)), Is.Null);

    [Test]
    public void Change_SuccessAfterFailures_ClearsThem() =>
        Assert.That(Change(Input(AttemptOutcome.Succeeded, 200) with { FailingSince = FiveDaysAgo }), Is.EqualTo(new HealthChange(null, null, Now)));

    [Test]
    public void Change_FirstFailure_IsFailingFromNow() => Assert.That(Change(Failure()), Is.EqualTo(new HealthChange(Now, null, Now)));

    [Test]
    public void Change_FurtherFailure_IsNone() => Assert.That(Change(Failure() with { FailingSince = Now - Second }), Is.Null);

    [TestCase(1, false)]
    [TestCase(0, true)]
    [TestCase(-1000, true)]
    public void Change_FailingForSoLong_Disables(int seconds, bool disables)
    {
        var since = FiveDaysAgo.AddSeconds(seconds);

        var change = Change(Ruled(Failure() with { FailingSince = since }, new DisableRule { FailingFor = TimeSpan.FromDays(5) }));

        Assert.That(change, disables ? Has.Property("FailingSince").EqualTo(since).And.Property("At").EqualTo(Now) : Is.Null);
        if (disables) Assert.That(change!.DisableReason, Does.Contain("Nothing has succeeded since 2026-02-24").And.Contain("5 days").And.Contain("It went wrong."));
    }

    /// <summary>The success of another request is known here, and on its way to the store.</summary>
    [TestCase(1, false)]
    [TestCase(432_000, true)]
    public void Change_SomethingHasSucceededMeanwhile_CountsFromThere(int secondsAgo, bool disables)
    {
        var input = Failure() with { FailingSince = FiveDaysAgo.AddHours(-1), SucceededAt = Now.AddSeconds(-secondsAgo) };
        Assert.That(Change(Ruled(input, new DisableRule { FailingFor = TimeSpan.FromDays(5) })), disables ? Has.Property("DisableReason").Not.Null : Is.Null);
    }

    [Test]
    public void Change_SuccessAfterFailingForSoLong_DoesNotDisable() =>
        Assert.That(
            Change(Ruled(Input(AttemptOutcome.Succeeded, 200) with { FailingSince = FiveDaysAgo }, new DisableRule { FailingFor = TimeSpan.FromDays(1) })),
            Is.EqualTo(new HealthChange(null, null, Now)));

    [TestCase(0, false)]
    [TestCase(3, true)]
    public void Change_OnExhausted_DisablesWhenTheScheduleEnds(int attempts, bool disables)
    {
        var change = Change(Ruled(Failure(Delivery(attempts)), new DisableRule { OnExhausted = true }));

        Assert.That(change!.DisableReason, disables ? Does.Contain("every attempt").And.Contain("It went wrong.") : Is.Null);
    }

    [Test]
    public void Change_ExhaustedWithoutTheRule_DoesNotDisable() =>
        Assert.That(Change(Ruled(Failure(Delivery(3)), new DisableRule()))!.DisableReason, Is.Null);

    [Test]
    public void Change_ExpiredWithOnExhausted_DoesNotDisable() =>
        Assert.That(Change(Ruled(Failure(Delivery() with { ExpiresAt = Now }), new DisableRule { OnExhausted = true }))!.DisableReason, Is.Null);

    [TestCase(AttemptOutcome.Gone, true, true)]
    [TestCase(AttemptOutcome.Gone, false, false)]
    [TestCase(AttemptOutcome.ErrorStatus, true, false)]
    public void Change_OnGone_DisablesAtOnce(AttemptOutcome outcome, bool onGone, bool disables)
    {
        var change = Change(Ruled(Input(outcome, 410), new DisableRule { OnGone = onGone, OnExhausted = true }));

        Assert.That(change!.DisableReason, disables ? Does.Contain("410").And.Contain("Enable the subscription") : Is.Null);
        Assert.That(change.FailingSince, Is.EqualTo(Now));
    }

    [Test]
    public void Change_AttemptWithoutWords_NamesItsOutcome()
    {
        var input = Ruled(Failure(Delivery(3)), new DisableRule { OnExhausted = true });

        var change = Change(input with { Attempt = input.Attempt with { Error = null } });

        Assert.That(change!.DisableReason, Does.Contain("The last one: It ended as ErrorStatus. Enable"));
    }

    private static HealthChange? Change(in DecisionInput input) => DeliveryDecider.Decide(input).Health;

    private static DecisionInput Ruled(DecisionInput input, DisableRule rule) => input with { Profile = input.Profile with { Disable = rule } };
}
