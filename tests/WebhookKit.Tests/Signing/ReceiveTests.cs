using System.Text;
using FsCheck.Fluent;
using NUnit.Framework;
using WebhookKit.Tests.Formats;
using WebhookKit.Tests.Profiles;

namespace WebhookKit.Tests.Signing;

/// <summary>What a verifier makes of the bodies of requests whose signature holds.</summary>
public sealed class ReceiveTests
{
    private static readonly WebhookProfile CloudEvents = WebhookProfiles.CloudEvents with { Signer = WebhookSigners.StandardWebhooks };

    private static readonly WebhookProfile[] Structured =
        [WebhookProfiles.StandardWebhooks, WebhookProfiles.Svix, WebhookProfiles.MailerLite, WebhookProfiles.MailerLiteClassic, WebhookProfiles.Mailjet, CloudEvents];

    private static readonly WebhookProfile[] All =
        [.. Structured, WebhookProfiles.Stripe, WebhookProfiles.GitHub, WebhookProfiles.Slack, WebhookProfiles.Shopify];

    private static readonly string Items = string.Join(",", Enumerable.Repeat("{}", 20_000));

    private static IEnumerable<TestCaseData> StructuredCases => Structured.ToCases();

    private static IEnumerable<TestCaseData> AllCases => All.ToCases();

    private static IEnumerable<TestCaseData> Malformed =>
        from profile in Structured
        from body in new[]
        {
            "", " ", "not json", "a=b&c=d", "{", "[", "{]", "{\"a\":}", "{} {}", "{},", "1", "\"x\"", "null", "true", "[1,2]", "[[]]", "[{},null]",
            "\ufeff{}", "{'a':1}", "{\"a\":1,}", "[NaN]", $"[{Items}]", $"{{\"events\":[{Items}],\"total\":20000}}", "{\"events\":[1],\"total\":1}", "{\"events\":{},\"total\":1}",
            "{\"\\ud800\":1}", new string('[', 10_000), new string('[', 10_000) + new string(']', 10_000),
            string.Concat(Enumerable.Repeat("{\"a\":", 10_000)) + "1" + new string('}', 10_000),
        }
        where !IsReadable(profile, body)
        select new TestCaseData(profile, body).SetArgDisplayNames(profile.Name, body.Length > 40 ? $"{body[..40]}… ({body.Length})" : body);

    [TestCaseSource(nameof(Malformed))]
    public void Receive_MalformedBody_SaysSoOnceTheSignatureHolds(WebhookProfile profile, string text)
    {
        var body = Encoding.UTF8.GetBytes(text);

        var result = Receive(profile, body);
        Assert.That((result.Failure, result.IsValid), Is.EqualTo((VerificationFailure.MalformedBody, false)));
        Assert.That(result.Message, Does.Contain("body"));
        Assert.That((result.Events.Count, result.MessageId), Is.EqualTo((0, (string?)null)));

        if (profile.Name == "Mailjet") return;
        Assert.That(Receive(profile, body, changed: [.. body, (byte)' ']).Failure, Is.EqualTo(VerificationFailure.NoMatchingSignature));
    }

    [TestCaseSource(nameof(StructuredCases))]
    public void Receive_InvalidUtf8_IsMalformed(WebhookProfile profile)
    {
        byte[] valid = [.. "{\"events\":[{\"a\":\""u8, 0xc3, .. "\"}],\"total\":1}"u8];

        Assert.That(Receive(profile, valid).Failure, Is.EqualTo(VerificationFailure.MalformedBody));
        Assert.That(Receive(profile, [0xff, 0xfe, 0x00]).Failure, Is.EqualTo(VerificationFailure.MalformedBody));
    }

    [TestCaseSource(nameof(AllCases))]
    public void Receive_BrokenBodies_NeverThrows(WebhookProfile profile)
    {
        var good = Encoding.UTF8.GetBytes("{\"events\":[{\"event\":\"a\",\"type\":\"b\",\"time\":1,\"timestamp\":\"2017-05-23T14:50:03Z\",\"data\":{\"a\":[1.50,\"\\u00e9\"]},\"data_base64\":\"AA==\",\"specversion\":\"1.0\"}],\"total\":1}");
        var bodies = Gen.OneOf(
            Gen.Choose(0, 255).Select(b => (byte)b).ArrayOf(),
            Gen.Choose(0, good.Length).Select(n => good[..n]),
            Gen.Choose(0, good.Length - 1).Zip(Gen.Choose(0, 255), (at, b) => (byte[])[.. good[..at], (byte)b, .. good[(at + 1)..]]));

        Properties.Hold(bodies, body => Assert.That(Receive(profile, body).Failure, Is.AnyOf(VerificationFailure.None, VerificationFailure.MalformedBody)), tests: 500);
    }

    [TestCaseSource(nameof(AllCases))]
    public void Receive_Delivered_GivesTheEvents(WebhookProfile profile)
    {
        var sent = FormatSample.Event("""{"price":0.10}""", "order.paid");
        var content = FormatSample.Single(profile, sent);
        var received = Receive(profile, content.Body.ToArray(), headers: [.. content.Headers ?? [], new("Content-Type", content.ContentType!)]);

        Assert.That(received.Message, Is.Null);
        Assert.That(received.Events.Single().Data.Text(), Does.Contain("\"price\":0.10"));
        Assert.That(received.Events.Single().Id, Is.EqualTo(profile.HasId() ? "evt_1" : ""));
    }

    [TestCase("Svix", "webhook-id")]
    [TestCase("StandardWebhooks", "svix-id")]
    public void Receive_AnotherIdInAHeaderThatIsNotSigned_IsNotTheEvents(string name, string header)
    {
        var profile = All.Single(p => p.Name == name);

        var received = Receive(profile, FormatSample.Single(profile, FormatSample.Event("{}")).Body.ToArray(), headers: [new(header, "forged")]);

        Assert.That((received.MessageId, received.Events.Single().Id), Is.EqualTo(("evt_1", "evt_1")), "or the same request would pass for a new one");
    }

    [Test]
    public void Receive_FormatThatCannotRead_SaysWhatToDo()
    {
        var verifier = SigningSample.Verifier(WebhookProfiles.Raw with { Format = new WriteOnly(), Signer = WebhookSigners.Hmac("X-S") }, SigningSample.Now, "secret");

        Assert.That(() => verifier.Receive([], default), Throws.InvalidOperationException.With.Message.Contains("Implement IWebhookReader"));
    }

    private sealed class WriteOnly : IWebhookFormat
    {
        public bool CanBatch(WebhookSubscription subscription) => false;

        public WebhookContent Format(in FormatContext context) => new() { Uri = context.Subscription.Url };
    }

    /// <summary>Flat objects say nothing of what they must have; a list of nothing is a list.</summary>
    private static bool IsReadable(WebhookProfile profile, string body) =>
        profile.Name is not ("MailerLiteClassic" or "CloudEvents") && body.StartsWith("{\"events\":[1]", StringComparison.Ordinal) && profile.Name != "MailerLite"
        || profile.Name is "StandardWebhooks" or "Svix" or "Mailjet" && (body.StartsWith("{\"events\":{}", StringComparison.Ordinal) || body.StartsWith("{\"events\":[{}", StringComparison.Ordinal));

    private static WebhookVerification Receive(WebhookProfile profile, byte[] body, byte[]? changed = null, params KeyValuePair<string, string>[] headers)
    {
        var secret = profile.Name == "Mailjet" ? "ada:geheim" : SigningSample.Secret;
        var signed = SigningSample.Sign(profile.Signer!, SigningSample.Context("evt_1", body, SigningSample.Now, [secret]));
        if (profile.Name == "CloudEvents" && headers.Length == 0)
            headers = [new("Content-Type", body is [(byte)'[', ..] ? "application/cloudevents-batch+json" : "application/cloudevents+json")];
        return SigningSample.Verifier(profile, SigningSample.Now, secret).Receive([.. headers, .. signed], changed ?? body);
    }
}
