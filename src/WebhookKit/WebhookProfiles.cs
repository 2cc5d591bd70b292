using WebhookKit.Formats;

namespace WebhookKit;

/// <summary>
/// The built-in profiles. Each is registered under its name; <c>with { Name = … }</c> makes a new one. docs/profiles.md shows a request of
/// each and says what is uncertain.
/// </summary>
public static class WebhookProfiles
{
    internal const string StandardWebhooksName = "StandardWebhooks";

    /// <summary>
    /// Standard Webhooks 1.0: <c>webhook-id</c>, <c>webhook-timestamp</c> and <c>webhook-signature</c>; ten attempts over 75 hours;
    /// an endpoint that answers 410, or fails for five days, is disabled.
    /// </summary>
    public static WebhookProfile StandardWebhooks { get; } = new()
    {
        Name = StandardWebhooksName,
        Description = "Standard Webhooks: JSON with type, time and data, signed by webhook-signature.",
        Format = WebhookFormats.StandardWebhooks,
        Signer = WebhookSigners.StandardWebhooks,
        Retry = new RetrySchedule(
            TimeSpan.FromSeconds(5),
            TimeSpan.FromMinutes(5),
            TimeSpan.FromMinutes(30),
            TimeSpan.FromHours(2),
            TimeSpan.FromHours(5),
            TimeSpan.FromHours(10),
            TimeSpan.FromHours(14),
            TimeSpan.FromHours(20),
            TimeSpan.FromHours(24))
        { Jitter = 0.1 },
        Timeout = TimeSpan.FromSeconds(15),
        Disable = new DisableRule { OnGone = true, FailingFor = TimeSpan.FromDays(5) },
    };

    /// <summary>Svix: Standard Webhooks with headers that begin with <c>svix-</c>, and eight attempts over 27 hours.</summary>
    public static WebhookProfile Svix { get; } = StandardWebhooks with
    {
        Name = nameof(Svix),
        Description = "As Standard Webhooks, with headers that begin with svix-.",
        Signer = WebhookSigners.Svix,
        Retry = new RetrySchedule(
            TimeSpan.FromSeconds(5),
            TimeSpan.FromMinutes(5),
            TimeSpan.FromMinutes(30),
            TimeSpan.FromHours(2),
            TimeSpan.FromHours(5),
            TimeSpan.FromHours(10),
            TimeSpan.FromHours(10)),
    };

    /// <summary>
    /// MailerLite: the data's members beside <c>event</c>, or a batch of them; <c>Signature</c>; retried after 10, 100 and 1000 seconds;
    /// an answer has to come within 3 seconds.
    /// </summary>
    public static WebhookProfile MailerLite { get; } = new()
    {
        Name = nameof(MailerLite),
        Description = "MailerLite: the data beside the name of its event, signed by Signature.",
        Format = WebhookFormats.MailerLite(),
        Signer = WebhookSigners.Hmac("Signature"),
        Retry = new RetrySchedule(TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(100), TimeSpan.FromSeconds(1000)),
        Timeout = TimeSpan.FromSeconds(3),
        HonorRetryAfter = false,
    };

    /// <summary>
    /// MailerLite Classic: always a list of events; <c>X-MailerLite-Signature</c>, whose key is the account's API key; retried every hour
    /// for three days, after which, or after a 410, the subscription is disabled.
    /// </summary>
    /// <remarks>Give each subscription of an account the same secret. With batching, Classic gathers events for a minute.</remarks>
    public static WebhookProfile MailerLiteClassic { get; } = new()
    {
        Name = nameof(MailerLiteClassic),
        Description = "MailerLite Classic: always a list of events, signed by X-MailerLite-Signature.",
        Format = WebhookFormats.MailerLiteClassic,
        Signer = WebhookSigners.Hmac("X-MailerLite-Signature", SignatureEncoding.Base64),
        Retry = RetrySchedule.None.Then(72, TimeSpan.FromHours(1)),
        Disable = new DisableRule { OnGone = true, FailingFor = TimeSpan.FromDays(3) },
        HonorRetryAfter = false,
    };

    /// <summary>
    /// Mailjet: a list of the events of the last second (version 2), or one (version 1); HTTP Basic from the URL; success is exactly 200;
    /// ten retries 30 seconds apart, ten 30 minutes apart, then the subscription is disabled.
    /// </summary>
    public static WebhookProfile Mailjet { get; } = new()
    {
        Name = nameof(Mailjet),
        Description = "Mailjet: the data beside the name of its event; a user name and password in the URL prove it.",
        Format = WebhookFormats.Mailjet,
        Signer = WebhookSigners.Basic,
        Success = new StatusCodeRange(200, 200),
        Retry = RetrySchedule.None.Then(10, TimeSpan.FromSeconds(30)).Then(10, TimeSpan.FromMinutes(30)),
        Disable = new DisableRule { OnExhausted = true },
        Batching = new BatchingOptions { MaxDelay = TimeSpan.FromSeconds(1) },
        HonorRetryAfter = false,
    };

    /// <summary>MailUp: parameters of the user's choice, by POST or GET, encrypted if wanted; unsigned; five retries, every five minutes.</summary>
    public static WebhookProfile MailUp { get; } = new()
    {
        Name = nameof(MailUp),
        Description = "MailUp: parameters of your choice in a URL or a form.",
        Format = WebhookFormats.MailUp(),
        Retry = RetrySchedule.None.Then(5, TimeSpan.FromMinutes(5)),
        HonorRetryAfter = false,
    };

    /// <summary>Stripe: the data as given; <c>Stripe-Signature</c>; ten retries spread over three days.</summary>
    public static WebhookProfile Stripe { get; } = new()
    {
        Name = nameof(Stripe),
        Description = "The data as it is, signed by Stripe-Signature.",
        Format = WebhookFormats.AsGiven,
        Signer = WebhookSigners.Stripe,
        Retry = new RetrySchedule(
            TimeSpan.FromMinutes(5),
            TimeSpan.FromMinutes(25),
            TimeSpan.FromMinutes(90),
            TimeSpan.FromHours(4),
            TimeSpan.FromHours(8),
            TimeSpan.FromHours(10),
            TimeSpan.FromHours(12),
            TimeSpan.FromHours(12),
            TimeSpan.FromHours(12),
            TimeSpan.FromHours(12)),
        HonorRetryAfter = false,
    };

    /// <summary>
    /// GitHub: the data as given; <c>X-Hub-Signature-256</c>, <c>X-GitHub-Event</c>, <c>X-GitHub-Delivery</c>, <c>X-GitHub-Hook-ID</c>; one
    /// attempt of at most 10 seconds.
    /// </summary>
    public static WebhookProfile GitHub { get; } = new()
    {
        Name = nameof(GitHub),
        Description = "The data as it is, signed by X-Hub-Signature-256; never sent twice.",
        Format = new AsGivenFormat(
            new HeaderSource("X-GitHub-Event", HeaderPart.Type),
            new HeaderSource("X-GitHub-Delivery", HeaderPart.Id),
            new HeaderSource("X-GitHub-Hook-ID", HeaderPart.SubscriptionId)),
        Signer = WebhookSigners.Hmac("X-Hub-Signature-256", prefix: "sha256="),
        Timeout = TimeSpan.FromSeconds(10),
        HonorRetryAfter = false,
    };

    /// <summary>
    /// Slack: the data as given; <c>X-Slack-Signature</c> and <c>X-Slack-Request-Timestamp</c>; retried at once, after a minute and after
    /// five, with <c>X-Slack-Retry-Num</c>; an answer has to come within 3 seconds.
    /// </summary>
    public static WebhookProfile Slack { get; } = new()
    {
        Name = nameof(Slack),
        Description = "The data as it is, signed by X-Slack-Signature; an answer has to come within 3 seconds.",
        Format = WebhookFormats.AsGiven,
        Signer = WebhookSigners.Slack,
        Retry = new RetrySchedule(TimeSpan.Zero, TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(5)),
        Timeout = TimeSpan.FromSeconds(3),
        HonorRetryAfter = false,
    };

    /// <summary>
    /// Shopify: the data as given; <c>X-Shopify-Hmac-Sha256</c>, <c>X-Shopify-Topic</c>, <c>X-Shopify-Webhook-Id</c>,
    /// <c>X-Shopify-Triggered-At</c>; eight retries over four hours; an answer has to come within 5 seconds.
    /// </summary>
    public static WebhookProfile Shopify { get; } = new()
    {
        Name = nameof(Shopify),
        Description = "The data as it is, signed by X-Shopify-Hmac-Sha256; an answer has to come within 5 seconds.",
        Format = new AsGivenFormat(
            new HeaderSource("X-Shopify-Topic", HeaderPart.Topic),
            new HeaderSource("X-Shopify-Webhook-Id", HeaderPart.Id),
            new HeaderSource("X-Shopify-Triggered-At", HeaderPart.Time)),
        Signer = WebhookSigners.Hmac("X-Shopify-Hmac-Sha256", SignatureEncoding.Base64),
        Retry = new RetrySchedule(
            TimeSpan.FromMinutes(1),
            TimeSpan.FromMinutes(4),
            TimeSpan.FromMinutes(10),
            TimeSpan.FromMinutes(15),
            TimeSpan.FromMinutes(30),
            TimeSpan.FromHours(1),
            TimeSpan.FromHours(1),
            TimeSpan.FromHours(1)),
        Timeout = TimeSpan.FromSeconds(5),
        HonorRetryAfter = false,
    };

    /// <summary>
    /// CloudEvents 1.0: structured, binary by the setting <c>mode</c>, batched for a subscription that batches; unsigned unless
    /// <c>with { Signer = … }</c> adds one; attempts as <see cref="StandardWebhooks"/> makes them.
    /// </summary>
    public static WebhookProfile CloudEvents { get; } = StandardWebhooks with
    {
        Name = nameof(CloudEvents),
        Description = "CloudEvents 1.0 over HTTP.",
        Format = WebhookFormats.CloudEvents(),
        Signer = null,
    };

    /// <summary>
    /// The data as given and nothing else; unsigned unless <c>with { Signer = WebhookSigners.Hmac("X-Signature") }</c> or another adds it;
    /// attempts as <see cref="StandardWebhooks"/> makes them.
    /// </summary>
    public static WebhookProfile Raw { get; } = StandardWebhooks with
    {
        Name = nameof(Raw),
        Description = "The data as it is and nothing else.",
        Format = WebhookFormats.AsGiven,
        Signer = null,
    };

    /// <summary>All of them.</summary>
    internal static IReadOnlyList<WebhookProfile> All { get; } =
        [StandardWebhooks, Svix, MailerLite, MailerLiteClassic, Mailjet, MailUp, Stripe, GitHub, Slack, Shopify, CloudEvents, Raw];
}
