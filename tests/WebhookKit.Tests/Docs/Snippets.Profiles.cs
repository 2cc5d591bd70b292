using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using NUnit.Framework;
using WebhookKit.Tests.Docs.Profiles;

namespace WebhookKit.Tests.Docs;

/// <summary>How receivers verify by hand what docs/profiles.md shows, and that it holds for the very requests shown there.</summary>
public sealed partial class Snippets
{
    private delegate bool Verification(IReadOnlyDictionary<string, string> headers, byte[] body, string secret);

    private static IEnumerable<TestCaseData> ByHand()
    {
        yield return Case("StandardWebhooks", VerifyStandardWebhooks);
        yield return Case("MailerLite", VerifyMailerLite);
        yield return Case("MailerLite, batched", VerifyMailerLite);
        yield return Case("MailerLiteClassic", VerifyMailerLiteClassic);
        yield return Case("Mailjet", (headers, _, _) => VerifyBasic(headers, "hooks", "s3cret-pass"));
        yield return Case("Stripe", VerifyStripe);
        yield return Case("GitHub", VerifyGitHub);
        yield return Case("Slack", VerifySlack);
        yield return Case("Shopify", VerifyShopify);

        static TestCaseData Case(string name, Verification verify) => new TestCaseData(name, verify).SetArgDisplayNames(name);
    }

    [TestCaseSource(nameof(ByHand))]
    public async Task VerifyByHand_RequestShown_Holds(string name, object verify)
    {
        var sample = ProfileSamples.All.Single(s => s.Name == name);
        var request = await sample.SendAsync();
        var headers = request.Headers.ToDictionary(h => h.Key, h => h.Value, StringComparer.OrdinalIgnoreCase);
        Assert.That(((Verification)verify)(headers, request.Body, sample.Secret ?? ""), Is.True);
        headers = headers.ToDictionary(h => h.Key, h => h.Key.Contains("uth", StringComparison.Ordinal) ? "Basic eDp5" : h.Value, StringComparer.OrdinalIgnoreCase);
        Assert.That(((Verification)verify)(headers, [.. request.Body, (byte)' '], sample.Secret ?? ""), Is.False);
    }

    // snippet: verify-standard-webhooks
    private static bool VerifyStandardWebhooks(IReadOnlyDictionary<string, string> headers, byte[] body, string secret)
    {
        var key = Convert.FromBase64String(secret["whsec_".Length..]);
        var prefix = Encoding.UTF8.GetBytes($"{headers["webhook-id"]}.{headers["webhook-timestamp"]}.");
        var expected = HMACSHA256.HashData(key, prefix.Concat(body).ToArray());
        return headers["webhook-signature"].Split(' ').Any(signature => signature.StartsWith("v1,", StringComparison.Ordinal)
            && CryptographicOperations.FixedTimeEquals(Convert.FromBase64String(signature[3..]), expected));
    }
    // end snippet

    // snippet: verify-mailerlite
    private static bool VerifyMailerLite(IReadOnlyDictionary<string, string> headers, byte[] body, string secret)
    {
        var expected = HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), body);
        return CryptographicOperations.FixedTimeEquals(Convert.FromHexString(headers["Signature"]), expected);
    }
    // end snippet

    // snippet: verify-mailerlite-classic
    private static bool VerifyMailerLiteClassic(IReadOnlyDictionary<string, string> headers, byte[] body, string apiKey)
    {
        var expected = HMACSHA256.HashData(Encoding.UTF8.GetBytes(apiKey), body);
        return CryptographicOperations.FixedTimeEquals(Convert.FromBase64String(headers["X-MailerLite-Signature"]), expected);
    }
    // end snippet

    // snippet: verify-basic
    private static bool VerifyBasic(IReadOnlyDictionary<string, string> headers, string user, string password)
    {
        var expected = "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}"));
        return CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(headers["Authorization"]), Encoding.UTF8.GetBytes(expected));
    }
    // end snippet

    // snippet: verify-stripe
    private static bool VerifyStripe(IReadOnlyDictionary<string, string> headers, byte[] body, string secret)
    {
        var parts = headers["Stripe-Signature"].Split(',').Select(part => part.Split('=', 2)).ToLookup(part => part[0], part => part[1]);
        var expected = HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes(parts["t"].Single() + ".").Concat(body).ToArray());
        return parts["v1"].Any(signature => CryptographicOperations.FixedTimeEquals(Convert.FromHexString(signature), expected));
    }
    // end snippet

    // snippet: verify-github
    private static bool VerifyGitHub(IReadOnlyDictionary<string, string> headers, byte[] body, string secret)
    {
        var expected = "sha256=" + Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), body));
        return CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(headers["X-Hub-Signature-256"]), Encoding.UTF8.GetBytes(expected));
    }
    // end snippet

    // snippet: verify-slack
    private static bool VerifySlack(IReadOnlyDictionary<string, string> headers, byte[] body, string secret)
    {
        var prefix = Encoding.UTF8.GetBytes($"v0:{headers["X-Slack-Request-Timestamp"]}:");
        var expected = "v0=" + Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), prefix.Concat(body).ToArray()));
        return CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(headers["X-Slack-Signature"]), Encoding.UTF8.GetBytes(expected));
    }
    // end snippet

    // snippet: verify-shopify
    private static bool VerifyShopify(IReadOnlyDictionary<string, string> headers, byte[] body, string secret)
    {
        var expected = HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), body);
        return CryptographicOperations.FixedTimeEquals(Convert.FromBase64String(headers["X-Shopify-Hmac-Sha256"]), expected);
    }
    // end snippet

    [Test]
    public async Task VerifyMessage_RequestShown_IsTooOldByNow()
    {
        var sample = ProfileSamples.All.Single(s => s.Name == "HTTP Message Signatures");
        var request = await sample.SendAsync();
        Assert.That(VerifyMessage(request.Method, request.Uri, request.Headers, request.Body, sample.Secret!), Is.False, "its clock is the system's");
        var verifier = new WebhookVerifier(sample.Profile, [sample.Secret!], new WebhookKit.Testing.ManualTimeProvider(ProfileSample.Now));
        Assert.That(verifier.Verify(request.Method, request.Uri, request.Headers, request.Body).IsValid, Is.True);
    }

    // snippet: verify-message
    private static bool VerifyMessage(HttpMethod method, Uri uri, IEnumerable<KeyValuePair<string, string>> headers, byte[] body, string secret)
    {
        var profile = WebhookProfiles.CloudEvents with { Signer = WebhookSigners.HttpMessageSignature(new HttpSignatureOptions { KeyId = "2026-03" }) };
        return new WebhookVerifier(profile, [secret]).Verify(method, uri, headers, body).IsValid;
    }
    // end snippet

    // snippet: fresh
    private static bool IsFresh(string unixSeconds, TimeProvider time)
    {
        var signedAt = DateTimeOffset.FromUnixTimeSeconds(long.Parse(unixSeconds, NumberStyles.None, CultureInfo.InvariantCulture));
        return (time.GetUtcNow() - signedAt).Duration() <= TimeSpan.FromMinutes(5);
    }
    // end snippet

    [Test]
    public void IsFresh_FiveMinutes_AreTheMost()
    {
        var clock = new WebhookKit.Testing.ManualTimeProvider(DateTimeOffset.FromUnixTimeSeconds(1_700_000_300));
        Assert.That(IsFresh("1700000000", clock), Is.True);
        Assert.That(IsFresh("1699999999", clock), Is.False);
    }

    [Test]
    public async Task Profiles_OwnAndMigrating_Send()
    {
        await using var harness = await WebhookKit.Testing.WebhookTestHarness.StartAsync(webhooks => AddProfiles(webhooks.AddEventTypes(WebhookEventTypes.MailerLite)));
        await harness.Subscriptions.CreateAsync(new NewWebhookSubscription { Url = new Uri("https://example.com/a"), EventTypes = ["subscriber.*"], Profile = "acme", Batching = new BatchingOptions() });
        var moving = await harness.Subscriptions.CreateAsync(new NewWebhookSubscription { Url = new Uri("https://example.com/b"), EventTypes = ["subscriber.created"], Profile = "moving", Secret = "4jQ3Y4UlLI" });
        await harness.Subscriptions.RotateSecretAsync(moving.Id, WebhookSigners.StandardWebhooks.GenerateSecret());
        await harness.Publisher.PublishAsync("subscriber.created", new { id = "42" });
        await harness.AdvanceAsync(TimeSpan.FromMinutes(1));
        Assert.That(harness.RequestsTo("https://example.com/a").Single().Headers, Contains.Key("X-Acme-Signature"));
        Assert.That(harness.RequestsTo("https://example.com/b").Single().Headers, Contains.Key("Signature").And.ContainKey("webhook-signature"));
    }

    private static void AddProfiles(IWebhooksBuilder webhooks)
    {
        // snippet: own-profile
        webhooks.AddProfile(WebhookProfiles.MailerLite with
        {
            Name = "acme",
            Format = WebhookFormats.MailerLite(typeName: "type"),
            Signer = WebhookSigners.Hmac("X-Acme-Signature", SignatureEncoding.Base64, prefix: "sha256="),
            Retry = new RetrySchedule(TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(10), TimeSpan.FromHours(1)),
        });
        // end snippet

        // snippet: moving-profile
        webhooks.AddProfile(WebhookProfiles.MailerLite with
        {
            Name = "moving",
            Signer = WebhookSigners.Combine(WebhookProfiles.MailerLite.Signer!, WebhookSigners.StandardWebhooks),
        });
        // end snippet
    }

    [Test]
    public async Task Receive_EventsOfABatch_AreHandled()
    {
        var sample = ProfileSamples.All.Single(s => s.Name == "MailerLite, batched");
        var request = await sample.SendAsync();
        List<string> handled = [];
        Assert.That(Receive(request.Headers, request.Body, sample.Secret!, e => handled.Add(e.Type)), Is.EqualTo(200));
        Assert.That(handled, Is.EqualTo(new[] { "campaign.open", "campaign.open" }));
    }

    private static int Receive(IEnumerable<KeyValuePair<string, string>> headers, byte[] body, string secret, Action<WebhookEvent> handle)
    {
        // snippet: receive
        var verifier = new WebhookVerifier(WebhookProfiles.MailerLite, [secret]);
        var result = verifier.Receive(headers, body);
        if (!result.IsValid) return 401;
        foreach (var webhookEvent in result.Events) handle(webhookEvent);
        // end snippet
        return 200;
    }
}
