using System.Security.Cryptography;
using FsCheck;
using FsCheck.Fluent;

namespace WebhookKit.Tests.Signing;

/// <summary>A profile that signs, and what a test has to know of it.</summary>
public sealed record SigningDialect(WebhookProfile Profile, Gen<string> Secrets, params string[] SignatureHeaders)
{
    public static IEnumerable<SigningDialect> BuiltIn =>
    [
        new(WebhookProfiles.StandardWebhooks, SecretGen.Standard, "webhook-signature") { IdHeader = "webhook-id", TimestampHeader = "webhook-timestamp" },
        new(WebhookProfiles.Svix, SecretGen.Standard, "svix-signature") { IdHeader = "svix-id", TimestampHeader = "svix-timestamp" },
        new(WebhookProfiles.MailerLite, SecretGen.Text, "Signature"),
        new(WebhookProfiles.MailerLiteClassic, SecretGen.Text, "X-MailerLite-Signature"),
        new(WebhookProfiles.Stripe, SecretGen.Text, "Stripe-Signature"),
        new(WebhookProfiles.GitHub, SecretGen.Text, "X-Hub-Signature-256"),
        new(WebhookProfiles.Slack, SecretGen.Text, "X-Slack-Signature") { TimestampHeader = "X-Slack-Request-Timestamp" },
        new(WebhookProfiles.Shopify, SecretGen.Text, "X-Shopify-Hmac-Sha256"),
        new(WebhookProfiles.Mailjet, SecretGen.Basic, "Authorization") { SignsBody = false, FixedPrefix = "Basic ".Length },
    ];

    public static IEnumerable<SigningDialect> Raw =>
        from algorithm in new[] { HashAlgorithmName.SHA256, HashAlgorithmName.SHA384, HashAlgorithmName.SHA512, HashAlgorithmName.SHA1 }
        from encoding in new[] { SignatureEncoding.Hex, SignatureEncoding.Base64 }
        from prefix in new[] { "", "sig=" }
        select new SigningDialect(
            WebhookProfiles.Raw with { Name = $"Raw {algorithm} {encoding} {prefix}", Signer = WebhookSigners.Hmac("X-Signature", encoding, prefix, algorithm) },
            SecretGen.Text,
            "X-Signature");

    public static IEnumerable<SigningDialect> Combined =>
    [
        new(Both("Hmac + StandardWebhooks", WebhookSigners.Hmac("X-Old"), WebhookSigners.StandardWebhooks), SecretGen.Standard, "X-Old", "webhook-signature"),
        new(Both("StandardWebhooks + Svix", WebhookSigners.StandardWebhooks, WebhookSigners.Svix), SecretGen.Standard, "webhook-signature", "svix-signature"),
        new(Both("Stripe + Slack", WebhookSigners.Stripe, WebhookSigners.Slack), SecretGen.Text, "Stripe-Signature", "X-Slack-Signature"),
        new(Both("Hmac + StandardWebhooks, old secret", WebhookSigners.Hmac("X-Old"), WebhookSigners.StandardWebhooks), SecretGen.Text, "X-Old"),
    ];

    public static IEnumerable<SigningDialect> All => [.. BuiltIn, .. Raw, .. Combined];

    public static IEnumerable<SigningDialect> SigningBody => All.Where(d => d.SignsBody);

    /// <summary>Those that sign the message id, and have no other header that proves the request without it.</summary>
    public static IEnumerable<SigningDialect> WithId => All.Where(d => d.IdHeader is not null);

    /// <summary>Those that sign the time given in a header of its own, and have no other header that proves the request without it.</summary>
    public static IEnumerable<SigningDialect> WithTimestamp => All.Where(d => d.TimestampHeader is not null);

    public string? IdHeader { get; init; }

    public string? TimestampHeader { get; init; }

    public bool SignsBody { get; init; } = true;

    /// <summary>How many characters of the signature's header may differ in case.</summary>
    public int FixedPrefix { get; init; }

    public override string ToString() => Profile.Name;

    private static WebhookProfile Both(string name, params ISigner[] signers) => WebhookProfiles.Raw with { Name = name, Signer = WebhookSigners.Combine(signers) };
}
