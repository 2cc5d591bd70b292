using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace WebhookKit.AspNetCore.Receiving;

/// <summary>How a received event lies in the store, and how it comes back: its data as the body, and all else in a header in JSON.</summary>
internal sealed class InboxFormat : IWebhookFormat
{
    public const string Header = "webhook-inbox";

    /// <summary>The type in the store of an event whose own type the store does not take.</summary>
    public const string OtherType = "webhook.received";

    // No attribute of CloudEvents begins so.
    private const string Prefix = "~";
    private const string Id = Prefix + "id";
    private const string Type = Prefix + "type";
    private const string Tenant = Prefix + "tenant";
    private const string Message = Prefix + "message";
    private const string SignedAt = Prefix + "signed";
    private const string OccurredAt = Prefix + "time";
    private const string Key = Prefix + "key";

    public bool CanBatch(WebhookSubscription subscription) => false;

    /// <summary>The event's attributes, and what else it is to come back with.</summary>
    public static Dictionary<string, string> Wrap(WebhookEvent received, string? messageId, DateTimeOffset? signedAt)
    {
        var attributes = received.Attributes.ToDictionary(StringComparer.Ordinal);
        attributes[Id] = received.Id;
        attributes[Type] = received.Type;
        attributes[OccurredAt] = received.OccurredAt == default ? "" : received.OccurredAt.ToString("O", CultureInfo.InvariantCulture);
        if (received.TenantId is not null) attributes[Tenant] = received.TenantId;
        if (received.OrderingKey is not null) attributes[Key] = received.OrderingKey;
        if (messageId is not null) attributes[Message] = messageId;
        if (signedAt is { } at) attributes[SignedAt] = at.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        return attributes;
    }

    public WebhookContent Format(in FormatContext context)
    {
        var webhookEvent = context.Events[0];
        var header = new ArrayBufferWriter<byte>();

        // The default encoder leaves nothing but ASCII.
        using (var json = new Utf8JsonWriter(header))
        {
            json.WriteStartObject();
            foreach (var (name, value) in webhookEvent.Attributes) json.WriteString(name, value);
            json.WriteEndObject();
        }

        return new WebhookContent
        {
            Uri = context.Subscription.Url,
            ContentType = webhookEvent.ContentType,
            Body = webhookEvent.Data,
            Headers = new WebhookHeaders { { Header, Encoding.ASCII.GetString(header.WrittenSpan) } },
        };
    }

    /// <summary>The event as it was received.</summary>
    public static (WebhookEvent Event, string? MessageId, DateTimeOffset? SignedAt) Unwrap(string header, string contentType, ReadOnlyMemory<byte> data)
    {
        var attributes = new Dictionary<string, string>(StringComparer.Ordinal);
        using (var json = JsonDocument.Parse(header))
        {
            foreach (var member in json.RootElement.EnumerateObject()) attributes[member.Name] = member.Value.GetString()!;
        }

        var webhookEvent = new WebhookEvent
        {
            Id = attributes[Id],
            Type = attributes[Type],
            OccurredAt = attributes[OccurredAt] is { Length: > 0 } time ? DateTimeOffset.Parse(time, CultureInfo.InvariantCulture) : default,
            TenantId = attributes.GetValueOrDefault(Tenant),
            OrderingKey = attributes.GetValueOrDefault(Key),
            ContentType = contentType,
            Data = data,
            Attributes = attributes.Where(a => !a.Key.StartsWith(Prefix, StringComparison.Ordinal)).ToDictionary(StringComparer.Ordinal),
        };
        var signedAt = attributes.GetValueOrDefault(SignedAt) is { } seconds
            ? DateTimeOffset.FromUnixTimeSeconds(long.Parse(seconds, CultureInfo.InvariantCulture))
            : (DateTimeOffset?)null;
        return (webhookEvent, attributes.GetValueOrDefault(Message), signedAt);
    }
}
