using NUnit.Framework;
using WebhookKit.Dispatching;
using WebhookKit.Tests.Storage.InMemory;

namespace WebhookKit.Tests.Dispatching;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class MomentTests
{
    private readonly StoreClock _clock = new();

    [Test]
    public void Plus_Span_IsLaterByBothClocks()
    {
        _clock.Advance(TimeSpan.FromSeconds(5));
        var now = Moment.Now(_clock);
        Assert.That((now.Timestamp, now.UtcTime), Is.EqualTo((_clock.GetTimestamp(), _clock.GetUtcNow())));

        var later = now.Plus(TimeSpan.FromSeconds(90), _clock);
        Assert.That((later.Timestamp, later.UtcTime), Is.EqualTo((95 * TimeSpan.TicksPerSecond, _clock.GetUtcNow().AddSeconds(90))));
    }

    [TestCase(0, 10)]
    [TestCase(9, 1)]
    [TestCase(10, 0)]
    [TestCase(11, 0)]
    public void Remaining_BothClocksGoOn_IsWhatIsLeft(int seconds, int left)
    {
        var moment = InTenSeconds();
        _clock.Advance(TimeSpan.FromSeconds(seconds));
        Assert.That(moment.Remaining(_clock), Is.EqualTo(TimeSpan.FromSeconds(left)));
    }

    [TestCase(-3600, 8, Description = "set back: the monotonic one gets there first")]
    [TestCase(0, 8)]
    [TestCase(3, 5, Description = "set forward, or suspended: the one on the wall does")]
    [TestCase(8, 0)]
    [TestCase(3600, 0)]
    public void Remaining_TimeOfDayIsSet_IsByTheClockThatGetsThereFirst(int by, int left)
    {
        var moment = InTenSeconds();
        _clock.Advance(TimeSpan.FromSeconds(2));
        _clock.SetTimeOfDay(_clock.GetUtcNow().AddSeconds(by));
        Assert.That(moment.Remaining(_clock), Is.EqualTo(TimeSpan.FromSeconds(left)));
    }

    [Test]
    public void Remaining_TimeOfDayIsSetBack_EndsByTheMonotonicClock()
    {
        var moment = InTenSeconds();
        _clock.Advance(TimeSpan.FromSeconds(10));
        _clock.SetTimeOfDay(_clock.GetUtcNow().AddHours(-1));
        Assert.That(moment.Remaining(_clock), Is.EqualTo(TimeSpan.Zero));
    }

    private Moment InTenSeconds() => Moment.Now(_clock).Plus(TimeSpan.FromSeconds(10), _clock);
}
