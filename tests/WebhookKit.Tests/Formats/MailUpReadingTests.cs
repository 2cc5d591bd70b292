using System.Text;
using NUnit.Framework;
using WebhookKit.Formats.MailUp;

namespace WebhookKit.Tests.Formats;

/// <summary>What a receiver reads of MailUp's requests.</summary>
public sealed class MailUpReadingTests
{
    [TestCase("evt=Subscribe&eml=ada%40example.com&x=", """{"evt":"Subscribe","eml":"ada@example.com","x":""}""")]
    [TestCase("evt=a&evt=b", """{"evt":"b"}""")]
    [TestCase("eml=a+b%2Bc&n%C3%A4=%22%00", """{"eml":"a b\u002Bc","n\u00E4":"\u0022\u0000"}""")]
    [TestCase("a=%zz%4", """{"a":"%zz%4"}""")]
    public void Read_Parameters_AreAnObjectOfTexts(string body, string json) => Assert.That(Read(body).Events?.Single().Data.Text(), Is.EqualTo(json));

    [TestCase("2012-09-12T11:18:37.664+02", "2012-09-12T09:18:37.6640000Z")]
    [TestCase("2012-09-12T11:18:37Z", "2012-09-12T11:18:37.0000000Z")]
    [TestCase("yesterday", "0001-01-01T00:00:00.0000000Z")]
    public void Read_Time_IsThatOfTheParameter(string text, string expected) =>
        Assert.That($"{Read("evt=Subscribe&evd=" + Uri.EscapeDataString(text)).Events!.Single().OccurredAt.UtcDateTime:O}", Is.EqualTo(expected));

    [Test]
    public void Read_Query_IsReadWhereThereIsNoBody() =>
        Assert.That(Read("", "https://example.com/hooks?evt=Delete").Events!.Single().Type, Is.EqualTo("Delete"));

    [Test]
    public void Read_OtherNames_AreThoseOfTheFormat()
    {
        var reader = (IWebhookReader)WebhookFormats.MailUp(typeName: "what", timeName: "when");
        Assert.That(reader.Read(Context("what=Subscribe&evt=x", null)).Events!.Single().Type, Is.EqualTo("Subscribe"));
    }

    [TestCase("key", "evt=Subscribe&eml=ada%40example.com", "Subscribe")]
    [TestCase("other", "evt=Subscribe&eml=ada%40example.com", null)]
    public void Read_Encrypted_NeedsItsKey(string key, string parameters, string? type)
    {
        var data = Encoding.ASCII.GetBytes(parameters);
        Rc4.Apply("key"u8, data);
        var base64 = Convert.ToBase64String(data);
        Assert.Multiple(() =>
        {
            Assert.That(Read(base64, null, "another", key).Events?.Single().Type, Is.EqualTo(type));
            Assert.That(Read(Uri.EscapeDataString(base64), null, key).Events?.Single().Type, Is.EqualTo(type));
            Assert.That(Read("", "https://example.com/?" + Uri.EscapeDataString(base64), key).Events?.Single().Type, Is.EqualTo(type));
        });
    }

    [TestCase("evt=Subscribe", "key")]
    public void Read_ClearParametersThatLookLikeBase64_AreReadAsTheyAre(string body, string key) => Assert.That(Read(body, null, key).IsReadable, Is.True);

    [TestCase("")]
    [TestCase("a")]
    [TestCase("=a")]
    [TestCase("&")]
    [TestCase("a=%ff")]
    public void Read_NoParameters_IsMalformed(string body) => Assert.That(Read(body).Fault, Does.Contain("parameters"));

    [Test]
    public void Read_TooManyParameters_IsMalformed() => Assert.That(Read(string.Join('&', Enumerable.Repeat("a=b", 1001))).IsReadable, Is.False);

    private static WebhookReading Read(string body, string? uri = null, params string[] secrets) => ((IWebhookReader)WebhookFormats.MailUp()).Read(Context(body, uri, secrets));

    private static VerificationContext Context(string body, string? uri, params string[] secrets) => new()
    {
        Headers = [],
        Body = Encoding.UTF8.GetBytes(body),
        Secrets = secrets,
        Now = DateTimeOffset.UnixEpoch,
        Tolerance = TimeSpan.Zero,
        Uri = uri is null ? null : new Uri(uri),
    };
}
