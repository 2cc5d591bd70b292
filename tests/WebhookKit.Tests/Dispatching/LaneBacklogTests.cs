using NUnit.Framework;
using WebhookKit.Dispatching;
using static WebhookKit.Tests.Dispatching.TestData;

namespace WebhookKit.Tests.Dispatching;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class LaneBacklogTests
{
    private static readonly DateTimeOffset Never = DateTimeOffset.MaxValue;

    private readonly LaneBacklog _backlog = new();

    [Test]
    public void Note_SeveralTimes_TheEarliestCounts()
    {
        Assert.That(_backlog.DueAt, Is.EqualTo(Never));
        foreach (var seconds in new[] { 20, 10, 30 }) _backlog.Note(Now.AddSeconds(seconds));
        Assert.That(_backlog.DueAt, Is.EqualTo(Now.AddSeconds(10)));
    }

    [Test]
    public void EndRead_NothingNotedMeanwhile_IsWhatTheAnswerSays()
    {
        _backlog.Note(Now);
        _backlog.BeginRead(Now);
        Assert.That((_backlog.IsReading, _backlog.IsReadBounded), Is.EqualTo((true, false)));

        _backlog.EndRead(Now.AddSeconds(9), Now.AddSeconds(-1));
        Assert.That((_backlog.IsReading, _backlog.DueAt, _backlog.DueFrom), Is.EqualTo((false, Now.AddSeconds(9), (DateTimeOffset?)Now.AddSeconds(-1))));
    }

    [TestCase(5, 5)]
    [TestCase(20, 9)]
    public void EndRead_NotedMeanwhile_TheEarlierCounts(int noted, int expected)
    {
        _backlog.BeginRead(Now);
        _backlog.Note(Now.AddSeconds(noted));
        _backlog.EndRead(Now.AddSeconds(9), null);
        Assert.That(_backlog.DueAt, Is.EqualTo(Now.AddSeconds(expected)));
    }

    [TestCase(-2, false)]
    [TestCase(-1, true)]
    [TestCase(0, true)]
    public void EndRead_NotedMeanwhileAsDueBefore_NothingIsKnownOfWhatIsLeft(int noted, bool isKnown)
    {
        _backlog.BeginRead(Now);
        _backlog.Note(Now.AddSeconds(noted));
        _backlog.EndRead(Never, Now.AddSeconds(-1));
        Assert.That(_backlog.DueFrom, Is.EqualTo(isKnown ? Now.AddSeconds(-1) : (DateTimeOffset?)null));
    }

    [Test]
    public void EndRead_NotedBeforeIt_DoesNotCountAgain()
    {
        _backlog.BeginRead(Now);
        _backlog.Note(Now.AddSeconds(-5));
        _backlog.EndRead(Never, null);
        Assert.That(_backlog.DueAt, Is.EqualTo(Now.AddSeconds(-5)));

        _backlog.BeginRead(Now);
        _backlog.EndRead(Never, null);
        Assert.That(_backlog.DueAt, Is.EqualTo(Never));
    }

    [TestCase(-2, true)]
    [TestCase(-1, false)]
    public void Note_DueBeforeWhatIsKnown_TheNextReadLooksAtEverything(int noted, bool isEverything)
    {
        Bound();
        _backlog.Note(Now.AddSeconds(noted));
        _backlog.BeginRead(Now);
        Assert.That(_backlog.IsReadBounded, Is.EqualTo(!isEverything));
    }

    [TestCase(5.0, true)]
    [TestCase(5.1, false)]
    public void BeginRead_EverythingWasLookedAtLongAgo_LooksAgain(double after, bool isBounded)
    {
        Bound();
        _backlog.BeginRead(Now.AddSeconds(after));
        Assert.That((_backlog.IsReadBounded, _backlog.DueFrom is not null), Is.EqualTo((isBounded, isBounded)));
    }

    [Test]
    public void BeginRead_Bounded_DoesNotCountAsHavingLookedAtEverything()
    {
        Bound();
        _backlog.BeginRead(Now.AddSeconds(4));
        _backlog.EndRead(Now, Now);
        _backlog.BeginRead(Now.AddSeconds(6));
        Assert.That(_backlog.IsReadBounded, Is.False);
    }

    [Test]
    public void FailRead_AnyTime_IsDueThenAndKnowsNothing()
    {
        Bound();
        _backlog.BeginRead(Now);
        _backlog.NoteLeft();
        _backlog.FailRead(Now.AddSeconds(1));
        Assert.That(
            (_backlog.DueAt, _backlog.DueFrom, _backlog.IsReading, _backlog.HasLeftDuringRead),
            Is.EqualTo((Now.AddSeconds(1), (DateTimeOffset?)null, false, false)));
    }

    [Test]
    public void NoteCanceled_WhileReading_IsRememberedUntilItsEnd()
    {
        var (before, during) = (Guid.NewGuid(), Guid.NewGuid());
        _backlog.NoteCanceled(before);
        Assert.That(_backlog.WasCanceledDuringRead(before), Is.False);

        _backlog.BeginRead(Now);
        _backlog.NoteCanceled(during);
        _backlog.NoteCanceled(Guid.NewGuid());
        Assert.That((_backlog.WasCanceledDuringRead(before), _backlog.WasCanceledDuringRead(during)), Is.EqualTo((false, true)));

        _backlog.EndRead(Never, null);
        Assert.That(_backlog.WasCanceledDuringRead(during), Is.False);
    }

    [Test]
    public void NoteLeft_WhileReadingOnly_IsRememberedUntilItsEnd()
    {
        _backlog.NoteLeft();
        Assert.That(_backlog.HasLeftDuringRead, Is.False);

        _backlog.BeginRead(Now);
        _backlog.NoteLeft();
        Assert.That(_backlog.HasLeftDuringRead, Is.True);

        _backlog.EndRead(Never, null);
        Assert.That(_backlog.HasLeftDuringRead, Is.False);
    }

    /// <summary>Everything has been looked at now, and nothing is left that is due before a second ago.</summary>
    private void Bound()
    {
        _backlog.BeginRead(Now);
        _backlog.EndRead(Now, Now.AddSeconds(-1));
    }
}
