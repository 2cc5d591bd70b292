using System.Collections.Frozen;
using WebhookKit.Sending.Guarding;

namespace WebhookKit;

/// <summary>What a host says to make a subscription.</summary>
public sealed record NewWebhookSubscription
{
    /// <summary>
    /// An id of the host's own: 1 to 64 letters, digits, <c>-</c> or <c>_</c>. <see langword="null"/> lets the library
    /// assign a decimal number. Required for subscriptions declared in code, so that a restart finds them again.
    /// </summary>
    public string? Id { get; init; }

    /// <inheritdoc cref="WebhookSubscription.TenantId"/>
    public string? TenantId { get; init; }

    /// <inheritdoc cref="WebhookSubscription.Name"/>
    public string? Name { get; init; }

    /// <inheritdoc cref="WebhookSubscription.Url"/>
    public required Uri Url { get; init; }

    /// <inheritdoc cref="WebhookSubscription.EventTypes"/>
    public IReadOnlyList<string> EventTypes { get; init; } = [];

    /// <inheritdoc cref="WebhookSubscription.Filter"/>
    public WebhookFilter? Filter { get; init; }

    /// <summary>The profile's name; <see langword="null"/> uses <see cref="WebhookOptions.DefaultProfile"/>.</summary>
    public string? Profile { get; init; }

    /// <inheritdoc cref="WebhookSubscription.Settings"/>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = FrozenDictionary<string, string>.Empty;

    /// <summary>The secret, in the form that the profile's signer expects; <see langword="null"/> generates one.</summary>
    public string? Secret { get; init; }

    /// <inheritdoc cref="WebhookSubscription.Headers"/>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = FrozenDictionary<string, string>.Empty;

    /// <inheritdoc cref="WebhookSubscription.HttpClient"/>
    public string? HttpClient { get; init; }

    /// <summary>How deliveries are gathered into one request; <see langword="null"/> uses the profile's default.</summary>
    public BatchingOptions? Batching { get; init; }

    /// <inheritdoc cref="WebhookSubscription.Order"/>
    public DeliveryOrder Order { get; init; }

    /// <inheritdoc cref="WebhookSubscription.MaxConcurrency"/>
    public int? MaxConcurrency { get; init; }

    /// <inheritdoc cref="WebhookSubscription.RateLimit"/>
    public RateLimit? RateLimit { get; init; }

    /// <summary>The status to begin with. Default: <see cref="SubscriptionStatus.Enabled"/>.</summary>
    public SubscriptionStatus Status { get; init; }

    /// <summary>A text without the secret and without a password in the URL.</summary>
    /// <returns>The id and the URL.</returns>
    public override string ToString() => $"NewWebhookSubscription {{ Id = {Id}, Url = {UrlRules.Shown(Url)} }}";
}
