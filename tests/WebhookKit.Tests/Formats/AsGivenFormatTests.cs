using NUnit.Framework;
using WebhookKit.Tests.Profiles;
using static WebhookKit.Tests.Formats.FormatSample;

namespace WebhookKit.Tests.Formats;

/// <summary>Raw, Stripe, GitHub, Slack and Shopify: the data as it is, and headers beside it.</summary>
public sealed class AsGivenFormatTests
{
    private static readonly WebhookProfile[] Profiles =
        [WebhookProfiles.Raw, WebhookProfiles.Stripe, WebhookProfiles.GitHub, WebhookProfiles.Slack, WebhookProfiles.Shopify];

    private static IEnumerable<TestCaseData> Cases => Profiles.ToCases();

    [TestCaseSource(nameof(Cases))]
    public void Format_AnyData_IsTheBody(WebhookProfile profile)
    {
        foreach (var (data, contentType) in new[] { (Delicate, "application/json"), ("a=b", "application/x-www-form-urlencoded"), ("", "text/plain; charset=utf-8") })
        {
            var content = Single(profile, Event(data) with { ContentType = contentType });

            Assert.That(content.Text(), Is.EqualTo(data));
            Assert.That((content.ContentType, content.Method, content.Uri), Is.EqualTo((contentType, HttpMethod.Post, new Uri("https://example.com/hooks?a=b"))));
        }
    }

    [Test]
    public void Format_Binary_IsTheBody()
    {
        var data = new byte[] { 0xff, 0x00, 0xfe };

        Assert.That(Single(WebhookProfiles.Raw, Event("") with { Data = data, ContentType = "image/png" }).Body.ToArray(), Is.EqualTo(data));
    }

    [TestCase("Raw")]
    [TestCase("Stripe")]
    [TestCase("Slack")]
    [TestCase("GitHub", "X-GitHub-Event: push", "X-GitHub-Delivery: evt_1", "X-GitHub-Hook-ID: 2")]
    [TestCase("Shopify", "X-Shopify-Topic: push", "X-Shopify-Webhook-Id: evt_1", "X-Shopify-Triggered-At: 2017-05-23T14:50:03.344522Z")]
    public void Format_Headers_AreThoseOfTheSystem(string profile, params string[] headers)
    {
        var content = Single(Profiles.Single(p => p.Name == profile), Event("{}", "push"));

        Assert.That((content.Headers ?? []).Select(h => $"{h.Key}: {h.Value}"), Is.EqualTo(headers));
    }

    [TestCase("")]
    [TestCase("json")]
    [TestCase("text/")]
    [TestCase("text/plain\r\nX-Evil: 1")]
    [TestCase("text/größe")]
    public void Format_ContentTypeIsNoMediaType_CanNeverBeSent(string contentType)
    {
        var webhookEvent = Event("a") with { ContentType = contentType };

        Assert.That(() => Single(WebhookProfiles.Raw, webhookEvent), Refuses);
        Assert.That(() => Single(WebhookProfiles.CloudEvents, webhookEvent, ("mode", "binary")), Refuses);
    }

    private static NUnit.Framework.Constraints.Constraint Refuses =>
        Throws.InstanceOf<UnsendableEventException>().With.Message.Contains("'evt_1'").And.Message.Contains("media type").And.Message.Contains("Publish it again");
}
