using NUnit.Framework;
using WebhookKit.Outcomes;

namespace WebhookKit.Tests.Outcomes;

public class RetryAfterTests
{
    private static readonly DateTimeOffset Now = new(1994, 11, 6, 8, 49, 0, TimeSpan.Zero);

    [TestCase("0", 0)]
    [TestCase("120", 120)]
    [TestCase(" 120\t", 120)]
    [TestCase("007", 7)]
    [TestCase("2147483647", int.MaxValue)]
    [TestCase("2147483648", int.MaxValue)]
    [TestCase("99999999999999999999999999999999", int.MaxValue)]
    public void Parse_Seconds_IsThatLong(string value, int seconds) =>
        Assert.That(RetryAfter.Parse(value, Now), Is.EqualTo(TimeSpan.FromSeconds(seconds)));

    [TestCase("Sun, 06 Nov 1994 08:49:37 GMT", 37)]
    [TestCase("Sunday, 06-Nov-94 08:49:37 GMT", 37)]
    [TestCase("Sun Nov  6 08:49:37 1994", 37)]
    [TestCase("Wed Nov 16 08:49:00 1994", 10 * 24 * 3600)]
    [TestCase("Sun, 06 Nov 1994 08:49:00 GMT", 0)]
    [TestCase("Sun, 06 Nov 1994 08:48:59 GMT", 0)]
    [TestCase("\tSun, 06 Nov 1994 08:49:37 GMT ", 37)]
    [TestCase("Mon, 01 Jan 0001 00:00:00 GMT", 0)]
    public void Parse_Date_IsTheTimeUntilThen(string value, int seconds) =>
        Assert.That(RetryAfter.Parse(value, Now), Is.EqualTo(TimeSpan.FromSeconds(seconds)));

    [Test]
    public void Parse_DateWithAnotherOffsetOfNow_IsTheSame() =>
        Assert.That(RetryAfter.Parse("Sun, 06 Nov 1994 08:49:37 GMT", Now.ToOffset(TimeSpan.FromHours(5))), Is.EqualTo(TimeSpan.FromSeconds(37)));

    [Test]
    public void Parse_YearOfTwoDigits_IsAtMostFiftyYearsAhead()
    {
        var now = new DateTimeOffset(2049, 12, 31, 23, 59, 0, TimeSpan.Zero);

        Assert.That(RetryAfter.Parse("Saturday, 01-Jan-50 00:00:00 GMT", now), Is.EqualTo(TimeSpan.FromMinutes(1)));
        Assert.That(RetryAfter.Parse("Sunday, 06-Nov-94 08:49:37 GMT", new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero)), Is.EqualTo(TimeSpan.Zero));
    }

    [TestCase(null)]
    [TestCase("")]
    [TestCase(" ")]
    [TestCase("-1")]
    [TestCase("+1")]
    [TestCase("1.5")]
    [TestCase("1e3")]
    [TestCase("10s")]
    [TestCase("10, 20")]
    [TestCase("१०")]
    [TestCase("10\0")]
    [TestCase("10\n")]
    [TestCase("soon")]
    [TestCase("2026-01-01T00:00:00Z")]
    [TestCase("Sun, 06 Nov 1994 08:49:37 CET")]
    [TestCase("Mon, 06 Nov 1994 08:49:37 GMT")]
    [TestCase("Sun, 32 Nov 1994 08:49:37 GMT")]
    [TestCase("Sun, 06 Nov 10000 08:49:37 GMT")]
    public void Parse_Garbage_IsNothing(string? value) => Assert.That(RetryAfter.Parse(value, Now), Is.Null);

    [Test]
    public void Parse_AnyTextAtAnyTime_NeverThrows()
    {
        var random = new Random(47);
        string[] parts = ["Sun", ", ", "06", " ", "Nov", "-", "1994", "08:49:37", " GMT", "99", "\0", "é", ":"];
        DateTimeOffset[] times = [DateTimeOffset.MinValue, Now, DateTimeOffset.MaxValue];
        for (var i = 0; i < 5_000; i++)
        {
            var text = string.Concat(Enumerable.Range(0, random.Next(10)).Select(_ => parts[random.Next(parts.Length)]));

            Assert.That(RetryAfter.Parse(text, times[i % 3]), Is.Null.Or.GreaterThanOrEqualTo(TimeSpan.Zero));
        }
    }
}
