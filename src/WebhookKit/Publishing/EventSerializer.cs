using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace WebhookKit.Publishing;

/// <summary>Turns event data into JSON, once per event.</summary>
internal sealed class EventSerializer(WebhookOptions options)
{
    public static byte[] Serialize<T>(T data, JsonTypeInfo<T> typeInfo, string eventType)
    {
        try
        {
            return JsonSerializer.SerializeToUtf8Bytes(data, typeInfo);
        }
        catch (Exception cause) when (cause is JsonException or NotSupportedException or InvalidOperationException)
        {
            throw CannotSerialize(typeof(T), eventType, cause);
        }
    }

    public byte[] Serialize<T>(T data, string eventType)
    {
        var type = data is not null && typeof(T) == typeof(object) ? data.GetType() : typeof(T);
        try
        {
            return JsonSerializer.SerializeToUtf8Bytes(data, options.SerializerOptions.GetTypeInfo(type));
        }
        catch (Exception cause) when (cause is JsonException or NotSupportedException or InvalidOperationException)
        {
            throw CannotSerialize(type, eventType, cause);
        }
    }

    private static WebhookValidationException CannotSerialize(Type type, string eventType, Exception cause) => new(
        nameof(WebhookEvent.Data),
        $"The data of event type '{eventType}' is a {type} that cannot be serialized: {cause.Message} Publish data that System.Text.Json can "
            + "write, or, in a trimmed host, add its type to the JsonSerializerContext of WebhookOptions.SerializerOptions.",
        cause);
}
