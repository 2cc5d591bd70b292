using NUnit.Framework;
using static WebhookKit.Tests.Formats.FormatSample;

namespace WebhookKit.Tests.Formats;

public sealed class MailerLiteClassicFormatTests
{
    private static readonly WebhookProfile Profile = WebhookProfiles.MailerLiteClassic;

    [Test]
    public void Format_Single_IsAListOfOne()
    {
        var content = Single(Profile, Event("""{"subscriber":{"id":1}}""", "subscriber.create"));

        Assert.That(content.Text(), Is.EqualTo("""{"events":[{"account_id":334443,"data":{"subscriber":{"id":1}},"timestamp":1495551003,"type":"subscriber.create","webhook_id":2}]}"""));
        Assert.That(content.ContentType, Is.EqualTo("application/json"));
        Assert.That(content.Headers, Is.Null);
    }

    [Test]
    public void Format_Batch_IsTheSameListWithMore() => Assert.That(
        Batch(Profile, Event("1", "a.b"), Event("[2]", "c.d")).Text(),
        Is.EqualTo("""{"events":[{"account_id":334443,"data":1,"timestamp":1495551003,"type":"a.b","webhook_id":2},{"account_id":334443,"data":[2],"timestamp":1495551003,"type":"c.d","webhook_id":2}]}"""));

    [TestCase("7", "7")]
    [TestCase("0", "0")]
    [TestCase("007", "\"007\"")]
    [TestCase("-7", "\"-7\"")]
    [TestCase("1.5", "\"1.5\"")]
    [TestCase("999999999999999999", "999999999999999999")]
    [TestCase("9999999999999999999", "\"9999999999999999999\"")]
    [TestCase("acme \"north\"", "\"acme \\\"north\\\"\"")]
    public void Format_AccountSetting_IsANumberWhereItIsOne(string account, string written) =>
        Assert.That(Single(Profile, Event("{}"), ("account_id", account)).Text(), Does.StartWith($$"""{"events":[{"account_id":{{written}},"data":{}"""));

    [Test]
    public void Format_NoTenantAndTextId_AreNullAndText()
    {
        var content = Format(Profile, Subscription() with { TenantId = null, Id = "crm" }, false, Event("{}"));

        Assert.That(content.Text(), Does.StartWith("""{"events":[{"account_id":null,""").And.EndWith(""","webhook_id":"crm"}]}"""));
    }

    [Test]
    public void Format_DelicateData_IsKeptByteForByte() =>
        Assert.That(Single(Profile, Event(Delicate)).Text(), Does.Contain($"\"data\":{Delicate},\"timestamp\""));

    [Test]
    public void Format_NoData_IsNull() => Assert.That(Single(Profile, Event("")).Text(), Does.Contain("\"data\":null,"));

    [Test]
    public void Format_DataIsNoJson_CanNeverBeSent() => Assert.That(
        () => Single(Profile, Event("a=b") with { ContentType = "text/plain" }),
        Throws.InstanceOf<UnsendableEventException>().With.Message.Contains("'evt_1' has data of the type 'text/plain'").And.Message.Contains("publish JSON"));
}
