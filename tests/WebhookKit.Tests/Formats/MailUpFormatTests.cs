using System.Text;
using NUnit.Framework;
using WebhookKit.Formats.MailUp;
using static WebhookKit.Tests.Formats.FormatSample;

namespace WebhookKit.Tests.Formats;

public sealed class MailUpFormatTests
{
    private const string Default = "evt=subscribe&evd=2017-05-23T14%3A50%3A03.344%2B00&eml=ada%40example.com&idl=1&idn=2&gru=3%2C4%2C5";

    private static readonly WebhookProfile Profile = WebhookProfiles.MailUp;

    private static readonly WebhookEvent Subscribe = Event("""{"Email":"ada@example.com","IdList":1,"IdNL":"2","Groups":[3,4,"5"]}""", "subscribe");

    [Test]
    public void Format_Post_IsAFormOfTheDefaultParameters()
    {
        var content = Single(Profile, Subscribe);

        Assert.That(content.Text(), Is.EqualTo(Default));
        Assert.That((content.Method, content.ContentType, content.Uri.AbsoluteUri), Is.EqualTo((HttpMethod.Post, "application/x-www-form-urlencoded", "https://example.com/hooks?a=b")));
    }

    [TestCase("https://example.com/hooks", "https://example.com/hooks?")]
    [TestCase("https://example.com", "https://example.com/?")]
    [TestCase("https://example.com/hooks?", "https://example.com/hooks?")]
    [TestCase("https://example.com/hooks?a=%2Fb", "https://example.com/hooks?a=%2Fb&")]
    public void Format_Get_AddsThemToTheQuery(string url, string start)
    {
        var content = Format(Profile, Subscription(("method", "GET")) with { Url = new Uri(url) }, false, Subscribe);

        Assert.That(content.Uri.AbsoluteUri, Is.EqualTo(start + Default));
        Assert.That((content.Method, content.ContentType, content.Body.Length), Is.EqualTo((HttpMethod.Get, (string?)null, 0)));
    }

    [TestCase("a=[EventType]", "a=subscribe")]
    [TestCase("a=[Channel]", "a=-1")]
    [TestCase("a=[Reason]&b=[Prefix]", "a=&b=")]
    [TestCase("a=[Field01]&b=[Field99]", "a=x%20y%26z&b=")]
    [TestCase("a=x[Email]y[IdList]", "a=xada%40example.comy1")]
    [TestCase("a=[Number]", "a=19421777835146490123")]
    [TestCase("a=fixed ä=&b=", "a=fixed%20%C3%A4%3D&b=")]
    [TestCase("näme=1", "n%C3%A4me=1")]
    [TestCase("a=1&a=2", "a=1&a=2")]
    [TestCase("a=[open", "a=%5Bopen")]
    [TestCase("a=close]", "a=close%5D")]
    public void Format_Parameters_AreFilledAndPercentEncoded(string parameters, string body)
    {
        var data = Event("""{"Email":"ada@example.com","IdList":1,"Field01":"x y&z","Number":19421777835146490123,"Reason":null}""", "subscribe");

        Assert.That(Single(Profile, data, ("parameters", parameters)).Text(), Is.EqualTo(body));
    }

    [TestCase("""{"email":"a","idNL":2}""", "a=a&b=2")]
    [TestCase("""{"email":"a","Email":"b","IDNL":2}""", "a=b&b=2")]
    public void Format_NamesInOtherCase_AreFoundWhereThereIsNoneInTheRightOne(string data, string body) =>
        Assert.That(Single(Profile, Event(data), ("parameters", "a=[Email]&b=[IdNL]")).Text(), Is.EqualTo(body));

    [TestCase("0", "0")]
    [TestCase("\"5\"", "5")]
    [TestCase("1.50", "1.50")]
    [TestCase("true", "true")]
    [TestCase("\"\"", "-1")]
    [TestCase("[]", "-1")]
    [TestCase("null", "-1")]
    public void Format_Channel_IsWhatTheDataSaysOrUnknown(string channel, string written) =>
        Assert.That(Single(Profile, Event($$"""{"Channel":{{channel}}}"""), ("parameters", "c=[Channel]")).Text(), Is.EqualTo("c=" + written));

    [Test]
    public void Format_Attributes_GoBeforeTheData()
    {
        var webhookEvent = Event("""{"EventSource":"data","IdList":1}""") with { Attributes = new Dictionary<string, string> { ["EventSource"] = "API" } };

        Assert.That(Single(Profile, webhookEvent, ("parameters", "s=[EventSource]&l=[IdList]")).Text(), Is.EqualTo("s=API&l=1"));
    }

    [Test]
    public void Format_EventDateOfAnotherZone_IsInUtcWithHourOnlyOffset()
    {
        var webhookEvent = Event("{}") with { OccurredAt = new DateTimeOffset(2012, 9, 12, 11, 18, 37, 664, TimeSpan.FromHours(2)) };

        Assert.That(Single(Profile, webhookEvent, ("parameters", "d=[EventDate]")).Text(), Is.EqualTo("d=2012-09-12T09%3A18%3A37.664%2B00"));
    }

    [Test]
    public void Format_EncryptedPost_IsTheBase64AsTheBody()
    {
        var content = Encrypted("POST", "https://example.com/hooks");

        Assert.That(Decrypt(content.Text()), Is.EqualTo(Default));
        Assert.That(content.Uri.AbsoluteUri, Is.EqualTo("https://example.com/hooks"));
    }

    [Test]
    public void Format_EncryptedGet_IsTheWholeQueryWithoutAName()
    {
        var query = Encrypted("GET", "https://example.com/hooks").Uri.Query[1..];

        Assert.That(query, Does.Not.Contain('=').And.Not.Contain('+').And.Not.Contain('/'));
        Assert.That(Decrypt(Uri.UnescapeDataString(query)), Is.EqualTo(Default));
    }

    [Test]
    public void Format_EncryptedWithAKnownKey_GivesTheKnownText()
    {
        var subscription = Subscription(("encrypted", "true"), ("parameters", "a=[EventType]")) with { Secrets = [new WebhookSecret { Value = "Key" }] };
        var data = "a=b"u8.ToArray();
        Rc4.Apply("Key"u8, data);

        Assert.That(Format(Profile, subscription, false, Event("{}", "b")).Text(), Is.EqualTo(Convert.ToBase64String(data)));
    }

    [TestCase("POST")]
    [TestCase("GET")]
    public void Format_NewestSecret_IsTheKeyOnEveryAttempt(string method)
    {
        var subscription = EncryptedSubscription(method, "https://example.com/hooks");
        subscription = subscription with { Secrets = [.. subscription.Secrets, new WebhookSecret { Value = "old", ExpiresAt = DateTimeOffset.MaxValue }] };

        Assert.That(Format(Profile, subscription, false, Subscribe), Has.Property("Uri").EqualTo(Encrypted(method, "https://example.com/hooks").Uri));
        Assert.That(Format(Profile, subscription, false, Subscribe).Text(), Is.EqualTo(Encrypted(method, "https://example.com/hooks").Text()));
    }

    [TestCase(8192, true)]
    [TestCase(8193, false)]
    public void Format_Get_MustNotBeLongerThan8KiB(int length, bool good)
    {
        var start = "https://example.com/?a=".Length;
        var subscription = Subscription(("method", "GET"), ("parameters", "a=[Field01]")) with { Url = new Uri("https://example.com/") };
        var webhookEvent = Event($$"""{"Field01":"{{new string('x', length - start)}}"}""");

        Assert.That(
            () => Format(Profile, subscription, false, webhookEvent).Uri.AbsoluteUri.Length,
            good ? Is.EqualTo(length) : Throws.InstanceOf<UnsendableEventException>().With.Message.Contains("'evt_1' is a GET of 8193 characters; 8192 are the most. Send fewer"));
    }

    [TestCase("[]", "application/json")]
    [TestCase("", "application/json")]
    [TestCase("a=b", "text/plain")]
    public void Format_DataIsNoObject_CanNeverBeSent(string data, string contentType) => Assert.That(
        () => Single(Profile, Event(data) with { ContentType = contentType }),
        Throws.InstanceOf<UnsendableEventException>().With.Message.Contains("'evt_1' is no JSON object").And.Message.Contains("Publish an object"));

    private static WebhookSubscription EncryptedSubscription(string method, string url) =>
        Subscription(("method", method), ("encrypted", "true")) with { Url = new Uri(url), Secrets = [new WebhookSecret { Value = "Key" }] };

    private static WebhookContent Encrypted(string method, string url) => Format(Profile, EncryptedSubscription(method, url), false, Subscribe);

    private static string Decrypt(string text)
    {
        var data = Convert.FromBase64String(text);
        Rc4.Apply("Key"u8, data);
        return Encoding.ASCII.GetString(data);
    }
}
