using System.Collections.Frozen;

namespace WebhookKit;

/// <summary>Something that happened in the host application and that subscribers are to be told about.</summary>
/// <remarks>Immutable. One instance is shared by all its deliveries, so the data is held in memory once.</remarks>
public sealed record WebhookEvent
{
    /// <summary>
    /// The event's id, unique within its tenant: it is the idempotency key of publishing and the message id that
    /// receivers see. 1 to 128 visible ASCII characters without <c>.</c> (which parts the fields of signed content).
    /// Empty (the default) lets the publisher assign one.
    /// </summary>
    public string Id { get; init; } = "";

    /// <summary>The scope that the event shares with its subscriptions (an account, a list); <see langword="null"/> is a scope too.</summary>
    public string? TenantId { get; init; }

    /// <summary>The event type, such as <c>subscriber.created</c>.</summary>
    public required string Type { get; init; }

    /// <summary>When it happened. <see langword="default"/> lets the publisher use the time of publishing.</summary>
    public DateTimeOffset OccurredAt { get; init; }

    /// <summary>The event's data: UTF-8 JSON unless <see cref="ContentType"/> says otherwise. Neither changed nor copied: leave the bytes as they are after publishing.</summary>
    public required ReadOnlyMemory<byte> Data { get; init; }

    /// <summary>The media type of <see cref="Data"/>. Default: <c>application/json</c>.</summary>
    public string ContentType { get; init; } = JsonContentType;

    /// <summary>Events with the same key stay in order on subscriptions ordered by <see cref="DeliveryOrder.PerKey"/>.</summary>
    public string? OrderingKey { get; init; }

    /// <summary>Facts about the event that subscriptions can filter on without looking into the data.</summary>
    public IReadOnlyDictionary<string, string> Attributes { get; init; } = FrozenDictionary<string, string>.Empty;

    /// <summary>The W3C <c>traceparent</c> of the publisher, to which each attempt's activity is linked: 256 characters at most. One that is malformed is linked to nothing.</summary>
    public string? TraceParent { get; init; }

    internal const string JsonContentType = "application/json";
}
