using System.Globalization;
using System.Text.Json;

namespace WebhookKit.Formats.MailUp;

/// <summary>What the placeholders stand for in one event: its own facts, its attributes, or else the members of its data.</summary>
internal sealed class MailUpValues(WebhookEvent webhookEvent)
{
    private readonly IReadOnlyDictionary<string, ReadOnlyMemory<byte>> _members =
        EventEnvelope.IsJson(webhookEvent.ContentType) && JsonSlices.TryReadObject(webhookEvent.Data, out var members)
            ? members
            : throw new UnsendableEventException($"The data of event '{webhookEvent.Id}' is no JSON object, from whose members this profile fills its parameters. Publish an object, or use another profile.");

    /// <summary>The value of a placeholder; empty when the event says nothing of it.</summary>
    public string Get(string placeholder) => placeholder switch
    {
        "EventType" => webhookEvent.Type,
        // Always in UTC: a retry that read its event from a store must send the same.
        "EventDate" => webhookEvent.OccurredAt.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'+00'", CultureInfo.InvariantCulture),
        "Channel" => Find(placeholder) is { Length: > 0 } channel ? channel : "-1",
        _ => Find(placeholder) ?? "",
    };

    private string? Find(string name) =>
        webhookEvent.Attributes.TryGetValue(name, out var attribute) ? attribute
        : _members.TryGetValue(name, out var json) || TryFindInOtherCase(name, out json) ? Text(json)
        : null;

    /// <summary>What hosts publish as objects has its names in camel case.</summary>
    private bool TryFindInOtherCase(string name, out ReadOnlyMemory<byte> json)
    {
        foreach (var (found, value) in _members)
        {
            json = value;
            if (string.Equals(found, name, StringComparison.OrdinalIgnoreCase)) return true;
        }

        json = default;
        return false;
    }

    /// <summary>Numbers keep their digits; a list becomes its items with commas between.</summary>
    private static string Text(ReadOnlyMemory<byte> json)
    {
        using var value = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = JsonSlices.Options.MaxDepth });
        return Text(value.RootElement);
    }

    private static string Text(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null => "",
        JsonValueKind.String => value.GetString()!,
        JsonValueKind.Array => string.Join(',', value.EnumerateArray().Select(Text)),
        _ => value.GetRawText(),
    };
}
