using NUnit.Framework;
using WebhookKit.Outcomes;

namespace WebhookKit.Tests.Outcomes;

public class WordsTests
{
    [TestCase(0.5, "500 ms")]
    [TestCase(1, "1 s")]
    [TestCase(1.25, "1.3 s")]
    [TestCase(15, "15 s")]
    [TestCase(119, "119 s")]
    [TestCase(120, "2 min")]
    [TestCase(119 * 60, "119 min")]
    [TestCase(120 * 60, "2 h")]
    [TestCase(47 * 3600, "47 h")]
    [TestCase(48 * 3600, "2 days")]
    [TestCase(5 * 86400, "5 days")]
    public void Duration_Any_IsInItsLargestFittingUnit(double seconds, string text) =>
        Assert.That(Words.Duration(TimeSpan.FromSeconds(seconds)), Is.EqualTo(text));

    [Test]
    public void Time_WithOffset_IsUtc() =>
        Assert.That(Words.Time(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.FromHours(1))), Is.EqualTo("2026-01-02 02:04:05 UTC"));

    [TestCase("Broken", "Broken.")]
    [TestCase(" Broken. ", "Broken.")]
    [TestCase("Two\r\nlines", "Two  lines.")]
    [TestCase("A \0 in it", "A   in it.")]
    [TestCase("A whole 😀 one", "A whole 😀 one.")]
    [TestCase("", "InvalidOperationException.")]
    public void Reason_Any_IsOneLine(string message, string text) =>
        Assert.That(Words.Reason(new IOException("outer", new InvalidOperationException(message))), Is.EqualTo(text));

    [Test]
    public void Reason_FrameworksCodeAtTheEnd_IsLeftOut() =>
        Assert.That(Words.Reason(new HttpIOException(HttpRequestError.InvalidResponse, "Bad chunk (CR expected).")), Is.EqualTo("Bad chunk (CR expected)."));

    /// <summary>Databases take no half of a character.</summary>
    [Test]
    public void Reason_HalfACharacter_IsReplaced([Values(0, 298, 299, 300)] int before)
    {
        var text = Words.Reason(new IOException(new string('x', before) + "😀" + "\ude00y"));
        Assert.That(text, Does.StartWith(new string('x', before)));
        Assert.That(() => new System.Text.UTF8Encoding(false, throwOnInvalidBytes: true).GetBytes(text), Throws.Nothing);
    }

    [Test]
    public void Reason_Long_IsCut() => Assert.That(Words.Reason(new IOException(new string('x', 100_000))), Has.Length.EqualTo(301));
}
