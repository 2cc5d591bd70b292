using System.Collections.Frozen;
using WebhookKit.Sending.Guarding;

namespace WebhookKit;

/// <summary>Where events go: an endpoint, what it wants to hear about, and how to talk to it.</summary>
/// <remarks>
/// A snapshot. To change one, pass <c>subscription with { … }</c> to <see cref="IWebhookSubscriptions.UpdateAsync"/>;
/// status and secrets have methods of their own there.
/// </remarks>
public sealed record WebhookSubscription
{
    /// <summary>The subscription's id.</summary>
    public required string Id { get; init; }

    /// <summary>The scope whose events it receives; <see langword="null"/> is a scope too.</summary>
    public string? TenantId { get; init; }

    /// <summary>A name for people.</summary>
    public string? Name { get; init; }

    /// <summary>
    /// The endpoint: an absolute https URL to a public host, without fragment. http and other hosts need <see cref="WebhookOptions.Guard"/>;
    /// a user name and a password are taken out of it where <see cref="WebhookSigners.Basic"/> sends them, and else refused.
    /// </summary>
    public required Uri Url { get; init; }

    /// <summary>
    /// The patterns of the event types it receives: <c>a.b</c> (just that), <c>a.*</c> (all that begin with <c>a.</c>),
    /// <c>*</c> (all). Empty: it receives only what is addressed to it by <see cref="PublishOptions.SubscriptionIds"/>.
    /// </summary>
    public IReadOnlyList<string> EventTypes { get; init; } = [];

    /// <summary>A condition on the event's attributes and data; <see langword="null"/> lets all pass.</summary>
    public WebhookFilter? Filter { get; init; }

    /// <summary>The name of the profile (the dialect) that it is sent in.</summary>
    public string Profile { get; init; } = WebhookProfiles.StandardWebhooksName;

    /// <summary>What its profile wants to know beyond the rest, by name. docs/profiles.md lists the settings of each profile; most have none.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = FrozenDictionary<string, string>.Empty;

    /// <summary>The secrets that sign its requests, newest first. While rotating there are two.</summary>
    public IReadOnlyList<WebhookSecret> Secrets { get; init; } = [];

    /// <summary>
    /// Headers that every request carries beside those of the profile, such as a key that the endpoint asks for. They are kept and shown as
    /// secrets are.
    /// </summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = FrozenDictionary<string, string>.Empty;

    /// <summary>
    /// The HTTP client that sends its requests, by the name given to <see cref="IWebhooksBuilder.AddHttpClient"/>: one with a client
    /// certificate, say. <see langword="null"/> uses the profile's.
    /// </summary>
    public string? HttpClient { get; init; }

    /// <summary>How deliveries are gathered into one request; <see langword="null"/> sends each alone.</summary>
    public BatchingOptions? Batching { get; init; }

    /// <summary>Which deliveries wait for which. Default: <see cref="DeliveryOrder.None"/>.</summary>
    public DeliveryOrder Order { get; init; }

    /// <summary>How many requests may be under way at once; <see langword="null"/> uses <see cref="WebhookOptions.MaxConcurrencyPerEndpoint"/>.</summary>
    public int? MaxConcurrency { get; init; }

    /// <summary>How many requests may begin in any window of time; <see langword="null"/> for no limit.</summary>
    public RateLimit? RateLimit { get; init; }

    /// <summary>Whether it receives events.</summary>
    public SubscriptionStatus Status { get; init; }

    /// <summary>Why it is not enabled, in words.</summary>
    public string? StatusReason { get; init; }

    /// <summary>When <see cref="Status"/> last changed.</summary>
    public DateTimeOffset? StatusChangedAt { get; init; }

    /// <summary>Since when nothing has succeeded; <see langword="null"/> while the endpoint is healthy.</summary>
    public DateTimeOffset? FailingSince { get; init; }

    /// <summary>When it was created.</summary>
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it was last changed.</summary>
    public DateTimeOffset UpdatedAt { get; init; }

    /// <summary>The store's change number of its last change; an update with an old one is refused.</summary>
    public long Version { get; init; }

    /// <summary>A text without the secrets and without a password in a URL that is still to be saved.</summary>
    /// <returns>The id, the profile, the URL and the status.</returns>
    public override string ToString() => $"WebhookSubscription {{ Id = {Id}, Profile = {Profile}, Url = {UrlRules.Shown(Url)}, Status = {Status} }}";
}
