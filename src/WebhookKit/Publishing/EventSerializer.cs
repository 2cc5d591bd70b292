using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace WebhookKit.Publishing;

/// <summary>Turns event data into JSON, once per event.</summary>
internal sealed class EventSerializer(WebhookOptions options)
{
    private readonly JsonSerializerOptions _json = DefaultJson.WithResolver(options.SerializerOptions);

    public static byte[] Serialize<T>(T data, JsonTypeInfo<T> typeInfo, string eventType)
    {
        try
        {
            return JsonSerializer.SerializeToUtf8Bytes(data, typeInfo);
        }
        catch (Exception cause)
        {
            throw CannotSerialize(typeof(T), eventType, cause);
        }
    }

    public byte[] Serialize<T>(T data, string eventType)
    {
        var type = data is not null && typeof(T) == typeof(object) ? data.GetType() : typeof(T);
        try
        {
            return JsonSerializer.SerializeToUtf8Bytes(data, _json.GetTypeInfo(type));
        }
        catch (Exception cause)
        {
            throw CannotSerialize(type, eventType, cause);
        }
    }

    // Whatever is thrown: a NaN, a cycle, the data's own getter. None of it is stored.
    private static WebhookValidationException CannotSerialize(Type type, string eventType, Exception cause) => new(
        nameof(WebhookEvent.Data),
        $"The data of event type '{eventType}' is a {type} that cannot be serialized: {cause.Message} Publish data that System.Text.Json can "
            + "write, or, in a trimmed host, add its type to the JsonSerializerContext of WebhookOptions.SerializerOptions.",
        cause);
}
