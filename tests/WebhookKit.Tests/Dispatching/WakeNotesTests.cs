using NUnit.Framework;
using WebhookKit.Dispatching;

namespace WebhookKit.Tests.Dispatching;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class WakeNotesTests
{
    private readonly WakeNotes _notes = new();

    [Test]
    public void Take_SeveralNotes_AreOneMessageWithEachIdOnce()
    {
        _notes.AddDue("a");
        _notes.AddDue("b");
        _notes.AddDue("a");
        _notes.AddReread("a");
        _notes.AddChanged();

        var wakeUp = _notes.Take();

        Assert.Multiple(() =>
        {
            Assert.That(wakeUp.SubscriptionIds, Is.EquivalentTo(new[] { "a", "b" }));
            Assert.That(wakeUp.RereadIds, Is.EqualTo(new[] { "a" }));
            Assert.That((wakeUp.SubscriptionsChanged, wakeUp.IsEverything), Is.EqualTo((true, false)));
        });
    }

    [Test]
    public void Take_Taken_BeginsAnew()
    {
        _notes.AddDue("a");
        _notes.AddReread("b");
        _notes.AddChanged();
        var before = _notes.Take();
        Assert.That(_notes.IsEmpty, Is.True);

        _notes.AddDue("c");
        var wakeUp = _notes.Take();

        Assert.That((string.Join(',', wakeUp.SubscriptionIds), wakeUp.RereadIds.Count, wakeUp.SubscriptionsChanged), Is.EqualTo(("c", 0, false)));
        Assert.That(before.SubscriptionIds, Is.EqualTo(new[] { "a" }), "what was taken is the taker's own");
    }

    [TestCase(0, true)]
    [TestCase(1, false)]
    public void Take_MoreIdsThanOneMessageNames_IsEverything(int more, bool isNamed)
    {
        for (var i = 0; i < WakeNotes.MaxIds - 1 + more; i++) _notes.AddDue($"s{i}");
        _notes.AddReread("r");

        Assert.That(_notes.Take().IsEverything, Is.Not.EqualTo(isNamed));
        Assert.That(_notes.IsEmpty, Is.True);
    }

    [Test]
    public void Take_MoreAfterItIsEverything_IsEverythingStill()
    {
        for (var i = 0; i < WakeNotes.MaxIds + 5; i++) _notes.AddDue($"s{i}");
        _notes.AddReread("r");
        Assert.That(_notes.Take().IsEverything, Is.True);
        Assert.That(_notes.IsEmpty, Is.True);
    }

    [Test]
    public void IsEmpty_AnyNote_IsFalse()
    {
        Assert.That(_notes.IsEmpty, Is.True);
        Action<WakeNotes>[] kinds = [n => n.AddDue("a"), n => n.AddReread("a"), n => n.AddChanged()];
        foreach (var kind in kinds)
        {
            kind(_notes);
            Assert.That(_notes.IsEmpty, Is.False);
            _notes.Take();
        }
    }
}
