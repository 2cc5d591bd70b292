using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using WebhookKit.Matching;

namespace WebhookKit.AspNetCore.Receiving;

/// <summary>What a host does with events of some types.</summary>
internal abstract class EventTaker(string pattern)
{
    /// <summary>Says what is wrong with its pattern; <see langword="null"/> when nothing is.</summary>
    public string? FindFault() => EventTypePattern.FaultOf(pattern);

    public virtual bool Takes(string type) => EventTypePattern.TryParse(pattern, out var parsed) && parsed.Matches(type);

    /// <summary>Makes ready to read data.</summary>
    public virtual void Prepare(JsonSerializerOptions options)
    {
    }

    public abstract Task HandleAsync(ReceivedWebhook received, CancellationToken cancellationToken);
}

/// <summary>A handler that does not look at the type, which not every dialect tells.</summary>
internal sealed class AnyEventTaker(Func<ReceivedWebhook, CancellationToken, Task> handle) : EventTaker("*")
{
    public override bool Takes(string type) => true;

    public override Task HandleAsync(ReceivedWebhook received, CancellationToken cancellationToken) => handle(received, cancellationToken);
}

/// <summary>A handler that gets the data as an object.</summary>
internal sealed class EventTaker<T>(string pattern, JsonTypeInfo<T>? typeInfo, Func<ReceivedWebhook, T, CancellationToken, Task> handle) : EventTaker(pattern)
{
    private JsonTypeInfo<T>? _typeInfo = typeInfo;

    public override void Prepare(JsonSerializerOptions options) => _typeInfo ??= (JsonTypeInfo<T>)options.GetTypeInfo(typeof(T));

    public override Task HandleAsync(ReceivedWebhook received, CancellationToken cancellationToken) => handle(received, Read(received.Event), cancellationToken);

    private T Read(WebhookEvent webhookEvent)
    {
        try
        {
            var data = webhookEvent.Data.Span;
            return JsonSerializer.Deserialize(data.IsEmpty ? "null"u8 : data, _typeInfo!)!;
        }
        catch (JsonException cause)
        {
            throw new UnreadableDataException($"The data cannot be read as {typeof(T).Name}: {cause.Message}", cause);
        }
    }
}
