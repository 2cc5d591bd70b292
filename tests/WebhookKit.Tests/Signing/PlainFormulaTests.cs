using System.Security.Cryptography;
using System.Text;
using FsCheck.Fluent;
using NUnit.Framework;

namespace WebhookKit.Tests.Signing;

/// <summary>The signatures by the formulas of the systems' own pages, written a second time and in the plainest way.</summary>
public sealed class PlainFormulaTests
{
    private const string SlackBody =
        "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner"
        + "&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN"
        + "&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c";

    private static IEnumerable<TestCaseData> Formulas =>
    [
        Formula(WebhookProfiles.StandardWebhooks, "webhook-signature", (id, t, body, secret) => "v1," + Base64(Hash(Convert.FromBase64String(secret[6..]), $"{id}.{t}.", body))),
        Formula(WebhookProfiles.Svix, "svix-signature", (id, t, body, secret) => "v1," + Base64(Hash(Convert.FromBase64String(secret[6..]), $"{id}.{t}.", body))),
        Formula(WebhookProfiles.Stripe, "Stripe-Signature", (_, t, body, secret) => $"t={t},v1={Hex(Hash(Utf8(secret), $"{t}.", body))}"),
        Formula(WebhookProfiles.Slack, "X-Slack-Signature", (_, t, body, secret) => "v0=" + Hex(Hash(Utf8(secret), $"v0:{t}:", body))),
        Formula(WebhookProfiles.GitHub, "X-Hub-Signature-256", (_, _, body, secret) => "sha256=" + Hex(Hash(Utf8(secret), "", body))),
        Formula(WebhookProfiles.Shopify, "X-Shopify-Hmac-Sha256", (_, _, body, secret) => Base64(Hash(Utf8(secret), "", body))),
        Formula(WebhookProfiles.MailerLite, "Signature", (_, _, body, secret) => Hex(Hash(Utf8(secret), "", body))),
        Formula(WebhookProfiles.MailerLiteClassic, "X-MailerLite-Signature", (_, _, body, secret) => Base64(Hash(Utf8(secret), "", body))),
        Formula(Raw(SignatureEncoding.Hex, HashAlgorithmName.SHA1), "X-S", (_, _, body, secret) => "p=" + Hex(CryptographicOperations.HmacData(HashAlgorithmName.SHA1, Utf8(secret), body))),
        Formula(Raw(SignatureEncoding.Base64, HashAlgorithmName.SHA256), "X-S", (_, _, body, secret) => "p=" + Base64(HMACSHA256.HashData(Utf8(secret), body))),
        Formula(Raw(SignatureEncoding.Hex, HashAlgorithmName.SHA384), "X-S", (_, _, body, secret) => "p=" + Hex(HMACSHA384.HashData(Utf8(secret), body))),
        Formula(Raw(SignatureEncoding.Base64, HashAlgorithmName.SHA512), "X-S", (_, _, body, secret) => "p=" + Base64(HMACSHA512.HashData(Utf8(secret), body))),
    ];

    [TestCaseSource(nameof(Formulas))]
    public void Sign_AnyInput_EqualsThePlainFormula(WebhookProfile profile, string header, Func<string, long, byte[], string, string> formula)
    {
        var secrets = header is "webhook-signature" or "svix-signature" ? SecretGen.Standard : SecretGen.Text;
        var inputs =
            from body in Gen.Choose(0, 2000).SelectMany(SecretGen.Bytes)
            from id in SecretGen.Chars('/', 20)
            from seconds in Gen.Choose(0, int.MaxValue)
            from secret in secrets
            select (Body: body, Id: id, Seconds: (long)seconds, Secret: secret);
        Properties.Hold(inputs, input =>
        {
            var headers = SigningSample.Sign(profile.Signer!, SigningSample.Context(input.Id, input.Body, DateTimeOffset.FromUnixTimeSeconds(input.Seconds), [input.Secret]));

            Assert.That(headers[header], Is.EqualTo(formula(input.Id, input.Seconds, input.Body, input.Secret)));
        });
    }

    [Test]
    public void Sign_SlacksOwnExample_GivesItsSignature()
    {
        var context = SigningSample.Context("", SlackBody, DateTimeOffset.FromUnixTimeSeconds(1_531_420_618), "8f742231b10e8888abcd99yyyzzz85a5");

        var headers = SigningSample.Sign(WebhookSigners.Slack, context);

        Assert.That(headers, Is.EqualTo(new Dictionary<string, string>
        {
            ["X-Slack-Request-Timestamp"] = "1531420618",
            ["X-Slack-Signature"] = "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503",
        }));
    }

    private static TestCaseData Formula(WebhookProfile profile, string header, Func<string, long, byte[], string, string> formula) =>
        new TestCaseData(profile, header, formula).SetArgDisplayNames(profile.Name);

    private static WebhookProfile Raw(SignatureEncoding encoding, HashAlgorithmName algorithm) =>
        WebhookProfiles.Raw with { Name = $"Raw {algorithm}", Signer = WebhookSigners.Hmac("X-S", encoding, "p=", algorithm) };

    private static byte[] Hash(byte[] key, string prefix, byte[] body) => HMACSHA256.HashData(key, (byte[])[.. Utf8(prefix), .. body]);

    private static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);

    private static string Hex(byte[] hash) => Convert.ToHexStringLower(hash);

    private static string Base64(byte[] hash) => Convert.ToBase64String(hash);
}
