namespace WebhookKit.Tests.Docs.Profiles;

/// <summary>What docs/profiles.md shows of each profile.</summary>
internal static class ProfileSamples
{
    public const string StandardSecret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    public const string TextSecret = "4jQ3Y4UlLI";
    private const string Subscriber = """{"id":"42","email":"ada@example.com","fields":{"city":"Zürich"}}""";
    private const string Opened = """{"subscriber":{"email":"ada@example.com"},"campaign_id":7}""";
    private const string Mailing = """{"MessageID":19421777835146490,"email":"ada@example.com","CustomID":"welcome"}""";
    private const string Recipient = """{"Email":"ada@example.com","IdList":3,"IdNL":12,"Groups":[28,29]}""";

    public static IReadOnlyList<ProfileSample> All { get; } =
    [
        new("StandardWebhooks", WebhookProfiles.StandardWebhooks, Subscriber) { Secret = StandardSecret },
        new("Svix", WebhookProfiles.Svix, Subscriber) { Secret = StandardSecret },
        new("MailerLite", WebhookProfiles.MailerLite, Subscriber) { Secret = TextSecret },
        new("MailerLite, batched", WebhookProfiles.MailerLite, Opened, Opened) { Secret = TextSecret, Type = "campaign.open", IsBatch = true },
        new("MailerLiteClassic", WebhookProfiles.MailerLiteClassic, """{"subscriber":{"email":"ada@example.com"}}""") { Secret = TextSecret, Type = "subscriber.create" },
        new("Mailjet", WebhookProfiles.Mailjet, Mailing, Mailing) { Type = "open", Url = "http://hooks:s3cret-pass@example.com/hooks", IsBatch = true },
        new("Mailjet, version 1", WebhookProfiles.Mailjet, Mailing) { Type = "open", Settings = Setting("version", "1") },
        new("MailUp", WebhookProfiles.MailUp, Recipient) { Type = "Subscribe" },
        new("MailUp, GET", WebhookProfiles.MailUp, Recipient) { Type = "Subscribe", Settings = Setting("method", "GET") },
        new("MailUp, encrypted GET", WebhookProfiles.MailUp, Recipient)
        {
            Type = "Subscribe",
            Secret = "a key of 20 letters.",
            Settings = new Dictionary<string, string> { ["method"] = "GET", ["encrypted"] = "true" },
        },
        new("Stripe", WebhookProfiles.Stripe, Subscriber) { Secret = "whsec_test_secret" },
        new("GitHub", WebhookProfiles.GitHub, Subscriber) { Secret = "It's a Secret to Everybody" },
        new("Slack", WebhookProfiles.Slack, Subscriber) { Secret = "8f742231b10e8888abcd99yyyzzz85a5" },
        new("Shopify", WebhookProfiles.Shopify, Subscriber) { Secret = "hush-hush-hush", Type = "customers.create" },
        new("CloudEvents", WebhookProfiles.CloudEvents, Subscriber),
        new("CloudEvents, batched", WebhookProfiles.CloudEvents, Opened, Opened) { Type = "campaign.open", IsBatch = true },
        new("CloudEvents, binary", WebhookProfiles.CloudEvents, Subscriber)
        {
            Settings = Setting("mode", "binary"),
            Attributes = new Dictionary<string, string> { ["subject"] = "Zoë" },
        },
        new("Raw", WebhookProfiles.Raw with { Signer = WebhookSigners.Hmac("X-Signature", SignatureEncoding.Base64, "sha512=", System.Security.Cryptography.HashAlgorithmName.SHA512) }, Subscriber)
        {
            Secret = TextSecret,
        },
        new("HTTP Message Signatures", WebhookProfiles.CloudEvents with { Signer = WebhookSigners.HttpMessageSignature(new HttpSignatureOptions { KeyId = "2026-03" }) }, Subscriber)
        {
            Secret = "a secret of the subscription",
        },
    ];

    /// <summary>Those whose request proves where it comes from.</summary>
    public static IEnumerable<ProfileSample> Proved =>
        All.Where(s => s.Profile.Signer is not null && (s.Secret is not null || s.Url.Contains('@', StringComparison.Ordinal)));

    private static Dictionary<string, string> Setting(string name, string value) => new() { [name] = value };
}
