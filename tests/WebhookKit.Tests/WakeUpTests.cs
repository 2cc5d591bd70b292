using FsCheck;
using FsCheck.Fluent;
using NUnit.Framework;

namespace WebhookKit.Tests;

public sealed class WakeUpTests
{
    private static Gen<string[]> Ids => Gen.Elements([.. "ABYZabyz0189-_".ToCharArray()]).NonEmptyListOf()
        .Select(c => string.Concat(c.Take(64))).ListOf().Select(ids => ids.Distinct().ToArray());

    [Test]
    public void Parse_WhatToTextsWrote_GivesItBackInPieces() => Properties.Hold(
        from due in Ids
        from reread in Ids
        from changed in Gen.Elements(true, false)
        from length in Gen.Choose(100, 8000)
        select (WakeUp: new WakeUp { SubscriptionIds = due, RereadIds = reread, SubscriptionsChanged = changed }, Length: length),
        sample =>
        {
            var texts = sample.WakeUp.ToTexts(sample.Length);
            WakeUp[] read = [.. texts.Select(WakeUp.Parse)];

            Assert.That(texts.Select(t => t.Length), Is.All.InRange(1, sample.Length));
            Assert.That(read.SelectMany(r => r.SubscriptionIds), Is.EqualTo(sample.WakeUp.SubscriptionIds));
            Assert.That(read.SelectMany(r => r.RereadIds), Is.EqualTo(sample.WakeUp.RereadIds));
            Assert.That(read.Count(r => r.SubscriptionsChanged), Is.EqualTo(sample.WakeUp.SubscriptionsChanged ? 1 : 0));
            Assert.That(read.Select(r => r.IsEverything), Is.All.False);
        });

    [Test]
    public void ToTexts_Everything_IsOneWordWhateverElseIsThere() =>
        Assert.That((WakeUp.Everything with { SubscriptionIds = ["s"], SubscriptionsChanged = true }).ToTexts(100).Select(WakeUp.Parse).Single().IsEverything, Is.True);

    [Test]
    public void ToTexts_NothingToSay_AreNone() => Assert.That(new WakeUp().ToTexts(100), Is.Empty);

    [Test]
    public void ToTexts_Long_AreFilledAndFit()
    {
        var texts = new WakeUp { SubscriptionIds = [.. Enumerable.Range(0, 500).Select(i => $"{i:D64}")] }.ToTexts(7999);

        Assert.That(texts, Has.Count.EqualTo(5));
        Assert.That(texts.Take(4).Select(t => t.Length), Is.All.InRange(7999 - 66, 7999));
    }

    [Test]
    public void ToTexts_AnySample_NeedNoQuoting() =>
        Assert.That(new WakeUp { SubscriptionIds = ["sub_1"], RereadIds = ["sub-2"], SubscriptionsChanged = true }.ToTexts(100).Single(), Does.Match("^[-A-Za-z0-9_+~! ]+$"));

    [TestCase(null)]
    [TestCase("")]
    [TestCase("*")]
    [TestCase("!!")]
    [TestCase("sub_1")]
    [TestCase("+")]
    [TestCase("+a  +b")]
    [TestCase("+a %b")]
    [TestCase("{\"v\":2}")]
    public void Parse_TextOfALaterVersion_IsEverything(string? text) => Assert.That(WakeUp.Parse(text).IsEverything, Is.True);

    [Test]
    public void ToTexts_TooShortToHoldAnId_Throws() =>
        Assert.That(() => new WakeUp().ToTexts(99), Throws.InstanceOf<ArgumentOutOfRangeException>());
}
