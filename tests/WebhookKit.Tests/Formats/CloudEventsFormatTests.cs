using NUnit.Framework;
using static WebhookKit.Tests.Formats.FormatSample;

namespace WebhookKit.Tests.Formats;

public sealed class CloudEventsFormatTests
{
    private const string Bare = """{"specversion":"1.0","id":"evt_1","source":"/webhooks","type":"order.paid","time":"2017-05-23T14:50:03.344522Z"}""";

    private static readonly string Start = Bare[..^1];

    private static readonly WebhookProfile Profile = WebhookProfiles.CloudEvents;

    private static readonly WebhookEvent Paid = Event("""{"id":42}""", "order.paid");

    [Test]
    public void Format_Structured_IsOneJsonObject()
    {
        var content = Single(Profile, Paid);

        Assert.That(content.Text(), Is.EqualTo(Start + ""","datacontenttype":"application/json","data":{"id":42}}"""));
        Assert.That(content.ContentType, Is.EqualTo("application/cloudevents+json; charset=utf-8"));
        Assert.That(content.Headers, Is.Null);
        Assert.That(Single(Profile, Paid, ("mode", "structured")).Text(), Is.EqualTo(content.Text()));
    }

    [Test]
    public void Format_Batch_IsAnArrayEvenOfOne()
    {
        var one = Start + ""","datacontenttype":"application/json","data":1}""";

        Assert.That(Batch(Profile, Event("1", "order.paid")).Text(), Is.EqualTo($"[{one}]"));
        Assert.That(Batch(Profile, Event("1", "order.paid"), Event("1", "order.paid")).Text(), Is.EqualTo($"[{one},{one}]"));
        Assert.That(Batch(Profile, Paid).ContentType, Is.EqualTo("application/cloudevents-batch+json; charset=utf-8"));
    }

    [Test]
    public void Format_Binary_IsTheDataWithHeaders()
    {
        var content = Single(Profile, Paid with { ContentType = "application/vnd.acme+json; v=1" }, ("mode", "binary"));

        Assert.That(content.Text(), Is.EqualTo("""{"id":42}"""));
        Assert.That(content.ContentType, Is.EqualTo("application/vnd.acme+json; v=1"));
        Assert.That(content.Headers!.Select(h => $"{h.Key}: {h.Value}"), Is.EqualTo(new[]
        {
            "ce-specversion: 1.0", "ce-id: evt_1", "ce-source: /webhooks", "ce-type: order.paid", "ce-time: 2017-05-23T14:50:03.344522Z",
        }));
    }

    [TestCase("plain-ASCII_~!", "plain-ASCII_~!")]
    [TestCase("a b", "a%20b")]
    [TestCase("50%", "50%25")]
    [TestCase("\"q\"", "%22q%22")]
    [TestCase("Euro € 😀", "Euro%20%E2%82%AC%20%F0%9F%98%80")]
    public void Format_BinaryAttribute_IsPercentEncoded(string subject, string header)
    {
        var content = Single(Profile, Paid with { Attributes = new Dictionary<string, string> { ["subject"] = subject } }, ("mode", "binary"));

        Assert.That(content.Headers!.Single(h => h.Key == "ce-subject").Value, Is.EqualTo(header));
    }

    [Test]
    public void Format_Attributes_BecomeExtensionsAsFarAsTheirNamesAllow()
    {
        var webhookEvent = Paid with
        {
            OrderingKey = "k 1",
            Attributes = new Dictionary<string, string>
            {
                ["subject"] = "s\"1",
                ["tenant"] = "t",
                ["Upper"] = "x",
                ["with-hyphen"] = "x",
                ["a23456789012345678901"] = "x",
                ["empty"] = "",
                ["id"] = "stolen",
                ["type"] = "stolen",
                ["data"] = "stolen",
                ["source"] = "/shop",
            },
        };

        Assert.That(
            Single(Profile, webhookEvent).Text(),
            Is.EqualTo(Start.Replace("/webhooks", "/shop", StringComparison.Ordinal) + ""","partitionkey":"k 1","subject":"s\"1","tenant":"t","datacontenttype":"application/json","data":{"id":42}}"""));
    }

    [Test]
    public void Format_AttributeWithHalfACharacter_IsReplaced()
    {
        var half = Paid with { Attributes = new Dictionary<string, string> { ["subject"] = "a\ud800" } };

        Assert.That(Single(Profile, half).Text(), Does.Contain("\"subject\":\"a\ufffd\""));
        Assert.That(Single(Profile, half, ("mode", "binary")).Headers!.Single(h => h.Key == "ce-subject").Value, Is.EqualTo("a%EF%BF%BD"));
    }

    [Test]
    public void Format_DelicateData_IsKeptByteForByte()
    {
        Assert.That(Single(Profile, Event(Delicate)).Text(), Does.EndWith($",\"data\":{Delicate}}}"));
        Assert.That(Batch(Profile, Event(Delicate)).Text(), Does.EndWith($",\"data\":{Delicate}}}]"));
        Assert.That(Single(Profile, Event(Delicate), ("mode", "binary")).Text(), Is.EqualTo(Delicate));
    }

    [Test]
    public void Format_DataThatIsNotJson_IsTextOrBase64()
    {
        var text = Event("a \"b\"\n", "order.paid") with { ContentType = "text/plain" };
        var bytes = text with { ContentType = "application/octet-stream", Data = new byte[] { 0xff, 0x00 } };

        Assert.That(Single(Profile, text).Text(), Is.EqualTo(Start + ""","datacontenttype":"text/plain","data":"a \"b\"\n"}"""));
        Assert.That(Single(Profile, bytes).Text(), Is.EqualTo(Start + ""","datacontenttype":"application/octet-stream","data_base64":"/wA="}"""));
    }

    [Test]
    public void Format_NoData_HasNone() => Assert.That(Single(Profile, Event("", "order.paid")).Text(), Is.EqualTo(Bare));

    [Test]
    public void Format_Source_IsTheProfiles()
    {
        var profile = Profile with { Format = WebhookFormats.CloudEvents("https://example.com/shop") };

        Assert.That(Single(profile, Paid).Text(), Does.Contain(""","source":"https://example.com/shop","type":"""));
    }

    [TestCase("")]
    [TestCase(null)]
    [TestCase("not a uri")]
    public void New_SourceIsNoUri_IsRefused(string? source) => Assert.That(() => WebhookFormats.CloudEvents(source!), Throws.ArgumentException.With.Message.Contains("Use one such as"));

    [TestCase("""{"id":"1","source":"/a","type":"b"}""")]
    [TestCase("""{"specversion":"0.3","id":"1","source":"/a","type":"b"}""")]
    [TestCase("""{"specversion":"1.0","id":"","source":"/a","type":"b"}""")]
    [TestCase("""{"specversion":"1.0","id":1,"source":"/a","type":"b"}""")]
    [TestCase("""{"specversion":"1.0","id":"1","type":"b"}""")]
    [TestCase("""{"specversion":"1.0","id":"1","source":"/a"}""")]
    [TestCase("""{"specversion":"1.0","id":"1","source":"/a","type":"b","data_base64":"!"}""")]
    [TestCase("""{"specversion":"1.0","id":"1","source":"/a","type":"b","data_base64":1}""")]
    [TestCase("""{"specversion":"1.0","id":"1","source":"/a","type":"\ud800"}""")]
    public void Read_NoCloudEvent_IsMalformed(string json)
    {
        var single = Read(Profile, System.Text.Encoding.UTF8.GetBytes(json), new KeyValuePair<string, string>("Content-Type", "application/cloudevents+json"));
        var batch = Read(Profile, System.Text.Encoding.UTF8.GetBytes($"[{json}]"), new KeyValuePair<string, string>("Content-Type", "application/cloudevents-batch+json"));

        Assert.That((single.IsReadable, batch.IsReadable), Is.EqualTo((false, false)));
        Assert.That(single.Fault, Does.Contain("no CloudEvent"));
    }

    [TestCase("ce-id", null)]
    [TestCase("ce-type", "")]
    [TestCase("ce-extra", null)]
    [TestCase(null, "x")]
    public void Read_BinaryWithOddHeaders_DoesNotThrow(string? name, string? value)
    {
        KeyValuePair<string, string>[] headers = [new("ce-specversion", "1.0"), new("ce-source", "/a"), new(name!, value!)];

        Assert.That(Read(Profile, default, headers).Fault, Does.Contain("no CloudEvent"));
    }

    [Test]
    public void Read_BinaryHeaderTwice_IsMalformed() => Assert.That(
        Read(Profile, default, new("ce-id", "1"), new("CE-ID", "2")).Fault, Does.Contain("more than once"));

    [TestCase("subject", "a\nb", "has a control character")]
    [TestCase("source", "not a uri <>", "is no URI reference")]
    [TestCase("dataschema", "x y", "is no absolute URI")]
    public void Format_AttributeThatCloudEventsForbid_CanNeverBeSent(string name, string value, string message)
    {
        var bad = FormatSample.Event("{}") with { Attributes = new Dictionary<string, string> { [name] = value } };
        foreach (var mode in (string[])["structured", "binary"])
            Assert.That(() => FormatSample.Single(WebhookProfiles.CloudEvents, bad, ("mode", mode)), Throws.TypeOf<UnsendableEventException>().With.Message.Contains($"'{name}'").And.Message.Contains(message));
    }

    [Test]
    public void Format_ContentTypeThatIsNone_CanNeverBeSent() => Assert.That(
        () => FormatSample.Single(WebhookProfiles.CloudEvents, FormatSample.Event("x") with { ContentType = "rubbish" }),
        Throws.TypeOf<UnsendableEventException>().With.Message.Contains("'rubbish', which is no media type"));

    [Test]
    public void Format_BinaryWithTooMuchInHeaders_CanNeverBeSent()
    {
        var attributes = Enumerable.Range(0, 5).ToDictionary(i => $"a{i}", _ => new string('x', 4000));
        Assert.That(
            () => FormatSample.Single(WebhookProfiles.CloudEvents, FormatSample.Event("{}") with { Attributes = attributes }, ("mode", "binary")),
            Throws.TypeOf<UnsendableEventException>().With.Message.Contains("characters of headers; 16384 are the most"));
    }

    [TestCase("\"Euro \\\"x\\\" %E2%82%AC\"", "Euro \"x\" €")]
    [TestCase("100%", "100%")]
    [TestCase("%zz", "%zz")]
    [TestCase("plain", "plain")]
    public void Read_BinaryAttribute_IsUnquotedAndDecoded(string value, string expected)
    {
        var read = FormatSample.Read(WebhookProfiles.CloudEvents, "{}"u8.ToArray(), [.. Core, new("ce-subject", value)]);
        Assert.That(read.Events!.Single().Attributes["subject"], Is.EqualTo(expected));
    }

    [TestCase("%C0%A0")]
    [TestCase("%FF")]
    public void Read_BinaryAttributeThatIsNoUtf8_IsMalformed(string value) =>
        Assert.That(FormatSample.Read(WebhookProfiles.CloudEvents, "{}"u8.ToArray(), [.. Core, new("ce-subject", value)]).Fault, Does.Contain("not UTF-8"));

    [Test]
    public void Read_BinaryUnderASignedId_TakesTheProvedOne()
    {
        var content = FormatSample.Single(WebhookProfiles.CloudEvents, FormatSample.Event("{}"), ("mode", "binary"));
        Assert.That(FormatSample.Read(WebhookProfiles.CloudEvents, content, messageId: "proved").Events!.Single().Id, Is.EqualTo("proved"));
    }

    [Test]
    public void Read_StructuredIntegersAndBooleans_AreTheirText()
    {
        var json = """{"specversion":"1.0","id":"1","source":"/a","type":"b","sampledrate":5,"flag":true,"fraction":1.5}"""u8.ToArray();
        var read = FormatSample.Read(WebhookProfiles.CloudEvents, json, new KeyValuePair<string, string>("Content-Type", "application/cloudevents+json"));
        Assert.That(read.Events!.Single().Attributes, Is.EquivalentTo(new Dictionary<string, string> { ["source"] = "/a", ["sampledrate"] = "5", ["flag"] = "true" }));
    }

    [Test]
    public void Read_StructuredWithTwoData_IsMalformed()
    {
        var json = """{"specversion":"1.0","id":"1","source":"/a","type":"b","data":1,"data_base64":"AA=="}"""u8.ToArray();
        Assert.That(FormatSample.Read(WebhookProfiles.CloudEvents, json, new KeyValuePair<string, string>("Content-Type", "application/cloudevents+json")).IsReadable, Is.False);
    }

    private static KeyValuePair<string, string>[] Core =>
        [new("ce-specversion", "1.0"), new("ce-id", "1"), new("ce-source", "/a"), new("ce-type", "b"), new("Content-Type", "application/json")];
}
