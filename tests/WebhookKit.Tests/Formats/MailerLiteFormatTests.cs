using NUnit.Framework;
using static WebhookKit.Tests.Formats.FormatSample;

namespace WebhookKit.Tests.Formats;

public sealed class MailerLiteFormatTests
{
    private static readonly WebhookProfile Profile = WebhookProfiles.MailerLite;

    [Test]
    public void Format_Single_IsFlatWithTheTypeFirst()
    {
        var content = Single(Profile, Event("""{"id":"68074372004316503","email":"ada@example.com"}"""));

        Assert.That(content.Text(), Is.EqualTo("""{"event":"subscriber.created","id":"68074372004316503","email":"ada@example.com"}"""));
        Assert.That(content.ContentType, Is.EqualTo("application/json"));
        Assert.That((content.Method, content.Uri, content.Headers), Is.EqualTo((HttpMethod.Post, new Uri("https://example.com/hooks?a=b"), (WebhookHeaders?)null)));
    }

    [Test]
    public void Format_Batch_IsEventsWithTheirTypesAndTheTotal()
    {
        var content = Batch(Profile, Event("""{"subscriber":1}""", "campaign.open"), Event("""{"subscriber":2,"link":"x"}""", "campaign.click"));

        Assert.That(content.Text(), Is.EqualTo("""{"events":[{"type":"campaign.open","subscriber":1},{"type":"campaign.click","subscriber":2,"link":"x"}],"total":2}"""));
    }

    [Test]
    public void Format_BatchOfOne_IsABatch() =>
        Assert.That(Batch(Profile, Event("{}", "campaign.open")).Text(), Is.EqualTo("""{"events":[{"type":"campaign.open"}],"total":1}"""));

    [TestCase("{}", """{"event":"subscriber.created"}""")]
    [TestCase(" {\n} ", """{"event":"subscriber.created"}""")]
    [TestCase("""{"event":"subscriber.created","a":1}""", """{"event":"subscriber.created","a":1}""")]
    [TestCase("""{"a":1, "ev\u0065nt":"subscriber\u002ecreated"}""", """{"a":1, "ev\u0065nt":"subscriber\u002ecreated"}""")]
    [TestCase("""{"data":{"event":"other"}}""", """{"event":"subscriber.created","data":{"event":"other"}}""")]
    [TestCase("""{"Event":1,"type":"x"}""", """{"event":"subscriber.created","Event":1,"type":"x"}""")]
    public void Format_TypeInTheData_IsNotSaidTwice(string data, string body) => Assert.That(Single(Profile, Event(data)).Text(), Is.EqualTo(body));

    [Test]
    public void Format_DelicateData_IsKeptByteForByte()
    {
        Assert.That(Single(Profile, Event(Delicate)).Text(), Does.EndWith(Delicate[1..^1].Trim() + "}"));
        Assert.That(Batch(Profile, Event(Delicate)).Text(), Does.Contain(Delicate[1..^1].Trim() + "}],"));
    }

    [Test]
    public void Format_OtherNamesForTheType_AreUsed()
    {
        var profile = Profile with { Format = WebhookFormats.MailerLite("type", "kind") };

        Assert.That(Single(profile, Event("""{"event":9}""", "automation.x")).Text(), Is.EqualTo("""{"type":"automation.x","event":9}"""));
        Assert.That(Batch(profile, Event("""{"type":9}""", "automation.x")).Text(), Is.EqualTo("""{"events":[{"kind":"automation.x","type":9}],"total":1}"""));
    }

    [TestCase("[]")]
    [TestCase("1")]
    [TestCase("\"{}\"")]
    [TestCase("null")]
    [TestCase("")]
    public void Format_DataIsNoObject_CanNeverBeSent(string data) => Assert.That(
        () => Single(Profile, Event(data)), Throws.InstanceOf<UnsendableEventException>().With.Message.Contains("'evt_1' is no JSON object").And.Message.Contains("Publish an object"));

    [TestCase("""{"event":"other.type"}""")]
    [TestCase("""{"event":1}""")]
    [TestCase("""{"event":{"event":"subscriber.created"}}""")]
    [TestCase("""{"event":"subscriber.created","event":null}""")]
    public void Format_MemberOfItsOwnWhereTheTypeBelongs_CanNeverBeSent(string data) => Assert.That(
        () => Single(Profile, Event(data)), Throws.InstanceOf<UnsendableEventException>().With.Message.Contains("has a member 'event' of its own").And.Message.Contains("Rename it"));

    [Test]
    public void Format_DataIsNoJson_CanNeverBeSent() => Assert.That(
        () => Single(Profile, Event("a=b") with { ContentType = "text/plain" }), Throws.InstanceOf<UnsendableEventException>().With.Message.Contains("'text/plain'"));

    [Test]
    public void Read_SingleThatLooksLikeABatch_IsOneEvent()
    {
        var data = """{"events":["open","click"],"total":2}""";

        var reading = Read(Profile, Single(Profile, Event(data)));

        Assert.That(reading.Events!.Single().Type, Is.EqualTo("subscriber.created"));
    }

    [TestCase("""{"type":"campaign.sent","a":1}""", "campaign.sent")]
    [TestCase("""{"event":"subscriber.created","type":"import"}""", "subscriber.created")]
    [TestCase("""{"events":[{"event":"subscriber.deleted"}],"total":1}""", "subscriber.deleted")]
    [TestCase("""{"events":[{"event":"x","type":"campaign.open"}],"total":1}""", "campaign.open")]
    [TestCase("""{"type":1}""", "")]
    public void Read_TypeUnderTheOtherName_IsFoundWhereTheOwnIsMissing(string body, string type) =>
        Assert.That(Read(Profile, System.Text.Encoding.UTF8.GetBytes(body)).Events!.Single().Type, Is.EqualTo(type), "its own pages have both names");

    [TestCase("")]
    [TestCase(null)]
    public void New_NoNameForTheType_IsRefused(string? name)
    {
        Assert.That(() => WebhookFormats.MailerLite(name!), Throws.InstanceOf<ArgumentException>());
        Assert.That(() => WebhookFormats.MailerLite("a", name!), Throws.InstanceOf<ArgumentException>());
    }
}
