using System.Collections.Concurrent;

namespace WebhookKit.Benchmarks.Throughput;

/// <summary>The data of every event: what a subscriber's creation says, filled up so that the whole body has 250 bytes.</summary>
internal sealed record Payload(string Id, string Email, string Status, string Source, string Notes)
{
    public const int BodyLength = 250;

    private static readonly System.Text.Json.JsonSerializerOptions Json = new WebhookOptions().SerializerOptions;

    /// <summary>What types of one length have in common: data that a host has just made is in the processor's caches.</summary>
    private static readonly ConcurrentDictionary<int, Payload> Made = new();

    /// <summary>The data of events of a type.</summary>
    public static Payload For(string eventType) => Made.GetOrAdd(eventType.Length, static (_, type) => Make(type), eventType);

    /// <summary>The body that the engine sends for it.</summary>
    public static byte[] BodyOf(string eventType, Payload payload)
    {
        var data = System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(payload, Json.GetTypeInfo(typeof(Payload)));
        var content = WebhookProfiles.StandardWebhooks.Format.Format(new FormatContext
        {
            MessageId = "msg_1",
            Events = [new WebhookEvent { Id = "msg_1", Type = eventType, OccurredAt = TimeProvider.System.GetUtcNow(), Data = data }],
            IsBatch = false,
            Subscription = new WebhookSubscription
            {
                Id = "1",
                Url = new Uri("http://127.0.0.1"),
                EventTypes = ["*"],
                Profile = WebhookProfiles.StandardWebhooks.Name,
                Secrets = [],
            },
        });
        return content.Body.ToArray();
    }

    private static Payload Make(string eventType)
    {
        var payload = new Payload("68074372004316503", "ada@example.com", "active", "api", "");
        var missing = BodyLength - BodyOf(eventType, payload).Length;
        return payload with { Notes = new string('n', missing) };
    }
}
