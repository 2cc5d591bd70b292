using NUnit.Framework;
using static WebhookKit.Tests.Formats.FormatSample;

namespace WebhookKit.Tests.Formats;

public sealed class MailjetFormatTests
{
    private static readonly WebhookProfile Profile = WebhookProfiles.Mailjet;

    [Test]
    public void Format_Version1_IsOneFlatObject()
    {
        var content = Single(Profile, Event("""{"MessageID":19421777835146490,"email":"ada@example.com"}""", "open"), ("version", "1"));

        Assert.That(content.Text(), Is.EqualTo("""{"event":"open","time":1495551003,"MessageID":19421777835146490,"email":"ada@example.com"}"""));
        Assert.That(content.ContentType, Is.EqualTo("application/json"));
    }

    [Test]
    public void Format_Version2_IsAListEvenOfOne()
    {
        Assert.That(Single(Profile, Event("{}", "open")).Text(), Is.EqualTo("""[{"event":"open","time":1495551003}]"""));
        Assert.That(Single(Profile, Event("{}", "open"), ("version", "2")).Text(), Is.EqualTo("""[{"event":"open","time":1495551003}]"""));
        Assert.That(
            Batch(Profile, Event("""{"ip":"::1"}""", "open"), Event("""{"url":"x"}""", "click")).Text(),
            Is.EqualTo("""[{"event":"open","time":1495551003,"ip":"::1"},{"event":"click","time":1495551003,"url":"x"}]"""));
    }

    [TestCase("""{"time":1433333949,"event":"open"}""", """[{"time":1433333949,"event":"open"}]""")]
    [TestCase("""{"time":1433333949,"a":1}""", """[{"event":"open","time":1433333949,"a":1}]""")]
    [TestCase("""{"event":"open","a":1}""", """[{"time":1495551003,"event":"open","a":1}]""")]
    public void Format_TypeOrTimeInTheData_AreNotSaidTwice(string data, string body) => Assert.That(Single(Profile, Event(data, "open")).Text(), Is.EqualTo(body));

    [Test]
    public void Format_DelicateData_IsKeptByteForByte()
    {
        Assert.That(Single(Profile, Event(Delicate, "open")).Text(), Does.EndWith(Delicate[1..^1].Trim() + "}]"));
        Assert.That(Single(Profile, Event(Delicate, "open"), ("version", "1")).Text(), Does.EndWith(Delicate[1..^1].Trim() + "}"));
    }

    [TestCase(0, "https://example.com/hooks?a=b")]
    [TestCase(1, "https://example.com/hooks?a=b")]
    [TestCase(2, "https://example.com/backup")]
    [TestCase(3, "https://example.com/hooks?a=b")]
    [TestCase(20, "https://example.com/backup")]
    public void Format_BackupUrl_TakesEverySecondAttempt(int attempt, string url)
    {
        var content = Profile.Format.Format(new FormatContext
        {
            MessageId = "evt_1",
            Events = [Event("{}", "open")],
            IsBatch = true,
            AttemptNumber = attempt,
            Subscription = Subscription(("backup_url", "https://example.com/backup")),
        });

        Assert.That(content.Uri, Is.EqualTo(new Uri(url)));
    }

    [TestCase("[1]", "is no JSON object")]
    [TestCase("""{"event":"click"}""", "a member 'event' of its own")]
    public void Format_DataThatDoesNotFit_CanNeverBeSent(string data, string message)
    {
        Assert.That(() => Single(Profile, Event(data, "open")), Throws.InstanceOf<UnsendableEventException>().With.Message.Contains(message));
        Assert.That(() => Single(Profile, Event(data, "open"), ("version", "1")), Throws.InstanceOf<UnsendableEventException>().With.Message.Contains(message));
    }
}
