using System.Data.Common;

namespace WebhookKit;

/// <summary>What can be said of one publishing. For a prepared <see cref="WebhookEvent"/>, what the event itself says goes first.</summary>
public sealed record PublishOptions
{
    /// <inheritdoc cref="WebhookEvent.TenantId"/>
    public string? TenantId { get; init; }

    /// <summary>
    /// The event's id, as an idempotency key: publishing it again for the same tenant stores nothing and returns the
    /// first receipt, marked as duplicate. Not allowed when publishing many at once.
    /// </summary>
    public string? EventId { get; init; }

    /// <summary>When it happened; <see langword="null"/> uses the time of publishing.</summary>
    public DateTimeOffset? OccurredAt { get; init; }

    /// <inheritdoc cref="WebhookEvent.OrderingKey"/>
    public string? OrderingKey { get; init; }

    /// <inheritdoc cref="WebhookEvent.Attributes"/>
    public IReadOnlyDictionary<string, string>? Attributes { get; init; }

    /// <summary>How long deliveries are attempted before they expire; <see langword="null"/> leaves the end to the retry schedule.</summary>
    public TimeSpan? TimeToLive { get; init; }

    /// <summary>Delivers to just these subscriptions of the tenant, whether they match the type or not; disabled ones are left out.</summary>
    public IReadOnlyCollection<string>? SubscriptionIds { get; init; }

    /// <summary>
    /// A transaction of the host's on the store's own database: the event is stored, or not, with the rest of it. The
    /// in-memory store has no database and refuses one.
    /// </summary>
    public DbTransaction? Transaction { get; init; }
}
