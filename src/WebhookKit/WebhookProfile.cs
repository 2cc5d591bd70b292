namespace WebhookKit;

/// <summary>
/// A named dialect: how requests look, how they are proved, when they are retried, what counts as success and when an endpoint
/// is given up. <c>WebhookProfiles.StandardWebhooks with { … }</c> makes a new one.
/// </summary>
public sealed record WebhookProfile
{
    /// <summary>The name by which subscriptions refer to it.</summary>
    public required string Name { get; init; }

    /// <summary>What it is, in a sentence for people who choose one; <see langword="null"/> for none.</summary>
    public string? Description { get; init; }

    /// <summary>How events become requests.</summary>
    public required IWebhookFormat Format { get; init; }

    /// <summary>
    /// The HTTP client that sends its requests, by the name given to <see cref="IWebhooksBuilder.AddHttpClient"/>; <see langword="null"/> for
    /// the usual one. A subscription's own goes first.
    /// </summary>
    public string? HttpClient { get; init; }

    /// <summary>The question that an endpoint has to answer before a subscription to it is saved; <see langword="null"/> for none.</summary>
    public WebhookHandshake? Handshake { get; init; }

    /// <summary>How requests are proved; <see langword="null"/> for not at all.</summary>
    public ISigner? Signer { get; init; }

    /// <summary>When failed deliveries are tried again.</summary>
    public RetrySchedule Retry { get; init; } = RetrySchedule.None;

    /// <summary>The answers that count as success. Default: 200 to 299.</summary>
    public StatusCodeRange Success { get; init; } = new(200, 299);

    /// <summary>The deadline of an attempt; <see langword="null"/> uses <see cref="WebhookOptions.AttemptTimeout"/>.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>When an endpoint is given up.</summary>
    public DisableRule Disable { get; init; } = new();

    /// <summary>How subscriptions that say nothing of it are batched; <see langword="null"/> for not at all.</summary>
    public BatchingOptions? Batching { get; init; }

    /// <summary>Whether it is the library's own, which nobody chooses.</summary>
    internal bool IsHidden { get; init; }

    /// <summary>Whether a <c>Retry-After</c> in the answer is honoured (up to <see cref="WebhookOptions.MaxRetryAfter"/>). Default: yes.</summary>
    public bool HonorRetryAfter { get; init; } = true;
}
