using System.Buffers;

namespace WebhookKit.Formats.CloudEvents;

/// <summary>The context attributes of an event (CloudEvents 1.0, "Context Attributes"), in both directions.</summary>
internal static class CloudEventAttributes
{
    public const string SpecVersion = "1.0";
    private const int MaxNameLength = 20;
    private static readonly SearchValues<char> NameChars = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789");
    private static readonly string[] Own = ["specversion", "id", "source", "type", "time", "datacontenttype", "data", "partitionkey"];

    /// <summary>
    /// Those of an event in the order in which they are written. Its own attributes follow as extensions (<c>subject</c> and
    /// <c>dataschema</c> among them), as far as their names are allowed; the ordering key is the extension <c>partitionkey</c>.
    /// </summary>
    /// <exception cref="UnsendableEventException">An attribute has a value that CloudEvents does not allow.</exception>
    public static IReadOnlyList<KeyValuePair<string, string>> Of(WebhookEvent webhookEvent, string source)
    {
        KeyValuePair<string, string>[] attributes = [.. List(webhookEvent, source)];
        foreach (var (name, value) in attributes)
        {
            if (FindFault(name, value) is { } fault)
                throw new UnsendableEventException($"The attribute '{name}' of event '{webhookEvent.Id}' {fault}. Publish it again with another value, or without the attribute.");
        }

        return attributes;
    }

    private static string? FindFault(string name, string value) =>
        value.Any(char.IsControl) ? "has a control character, which CloudEvents do not allow"
        : name == "source" && !Uri.IsWellFormedUriString(value, UriKind.RelativeOrAbsolute) ? "is no URI reference"
        : name == "dataschema" && !Uri.IsWellFormedUriString(value, UriKind.Absolute) ? "is no absolute URI"
        : null;

    private static IEnumerable<KeyValuePair<string, string>> List(WebhookEvent webhookEvent, string source)
    {
        yield return new("specversion", SpecVersion);
        yield return new("id", webhookEvent.Id);
        yield return new("source", webhookEvent.Attributes.GetValueOrDefault("source") is { Length: > 0 } own ? own : source);
        yield return new("type", webhookEvent.Type);
        yield return new("time", IsoTime.Format(webhookEvent.OccurredAt));
        if (webhookEvent.OrderingKey is { Length: > 0 } key) yield return new("partitionkey", key);
        foreach (var (name, value) in webhookEvent.Attributes.OrderBy(a => a.Key, StringComparer.Ordinal))
        {
            if (IsExtension(name) && value.Length > 0) yield return new(name, value);
        }
    }

    /// <summary>Makes the event of received attributes.</summary>
    /// <returns>The event, or <see langword="null"/> if an attribute that every CloudEvent has is missing.</returns>
    public static WebhookEvent? Read(IReadOnlyDictionary<string, string> attributes, string contentType, ReadOnlyMemory<byte> data)
    {
        if (attributes.GetValueOrDefault("specversion") != SpecVersion
            || attributes.GetValueOrDefault("id") is not { Length: > 0 } id
            || attributes.GetValueOrDefault("type") is not { Length: > 0 } type
            || attributes.GetValueOrDefault("source") is not { Length: > 0 })
            return null;

        return new WebhookEvent
        {
            Id = id,
            Type = type,
            OccurredAt = IsoTime.Parse(attributes.GetValueOrDefault("time")),
            OrderingKey = attributes.GetValueOrDefault("partitionkey"),
            ContentType = contentType,
            Data = data,
            Attributes = attributes.Where(a => a.Key == "source" || IsExtension(a.Key)).ToDictionary(StringComparer.Ordinal),
        };
    }

    /// <summary>Whether an attribute is a text by the specification, and so a string in JSON.</summary>
    public static bool IsText(string name) => name is "specversion" or "id" or "source" or "type" or "time" or "datacontenttype" or "dataschema" or "subject";

    private static bool IsExtension(string name) =>
        name.Length is > 0 and <= MaxNameLength && !name.AsSpan().ContainsAnyExcept(NameChars) && !Own.Contains(name, StringComparer.Ordinal);
}
