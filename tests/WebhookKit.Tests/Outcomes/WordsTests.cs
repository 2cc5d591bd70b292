using NUnit.Framework;
using WebhookKit.Outcomes;

namespace WebhookKit.Tests.Outcomes;

public class WordsTests
{
    [TestCase(0.5, "500 ms")]
    [TestCase(15, "15 s")]
    [TestCase(1.25, "1.3 s")]
    [TestCase(300, "5 min")]
    [TestCase(5 * 3600, "5 h")]
    [TestCase(5 * 86400, "5 days")]
    public void Duration_Any_IsInItsLargestFittingUnit(double seconds, string text) =>
        Assert.That(Words.Duration(TimeSpan.FromSeconds(seconds)), Is.EqualTo(text));

    [Test]
    public void Time_WithOffset_IsUtc() =>
        Assert.That(Words.Time(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.FromHours(1))), Is.EqualTo("2026-01-02 02:04:05 UTC"));

    [TestCase("Broken", "Broken.")]
    [TestCase(" Broken. ", "Broken.")]
    [TestCase("Two\r\nlines", "Two  lines.")]
    [TestCase("", "InvalidOperationException.")]
    public void Reason_Any_IsOneLine(string message, string text) =>
        Assert.That(Words.Reason(new IOException("outer", new InvalidOperationException(message))), Is.EqualTo(text));

    [Test]
    public void Reason_FrameworksCodeAtTheEnd_IsLeftOut() =>
        Assert.That(Words.Reason(new HttpIOException(HttpRequestError.InvalidResponse, "Bad chunk.")), Is.EqualTo("Bad chunk."));

    [Test]
    public void Reason_Long_IsCut() => Assert.That(Words.Reason(new IOException(new string('x', 100_000))), Has.Length.EqualTo(301));
}
