using System.Net.Http.Headers;
using System.Text.Json;
using WebhookKit.Matching;

namespace WebhookKit.Formats;

/// <summary>An event's data as the dialects need it: JSON, or a JSON object whose members go out as they are.</summary>
internal static class EventData
{
    /// <summary>The data of an event whose dialect carries nothing but JSON.</summary>
    /// <exception cref="UnsendableEventException">It is not JSON.</exception>
    public static ReadOnlySpan<byte> Json(WebhookEvent webhookEvent) =>
        webhookEvent.Data.IsEmpty ? "null"u8
        : EventEnvelope.IsJson(webhookEvent.ContentType) ? webhookEvent.Data.Span
        : throw new UnsendableEventException($"Event '{webhookEvent.Id}' has data of the type '{webhookEvent.ContentType}'. This profile sends JSON only: publish JSON data, or use another profile.");

    /// <summary>The media type of an event whose dialect sends the data as the body.</summary>
    /// <exception cref="UnsendableEventException">It is none, which no request can carry.</exception>
    public static string MediaType(WebhookEvent webhookEvent) =>
        webhookEvent.ContentType == WebhookEvent.JsonContentType || MediaTypeHeaderValue.TryParse(webhookEvent.ContentType, out _)
            ? webhookEvent.ContentType
            : throw new UnsendableEventException($"Event '{webhookEvent.Id}' has the content type {Quote.Of(webhookEvent.ContentType)}, which is no media type. Publish it again with one such as 'text/plain'.");

    /// <summary>
    /// Writes an event as a flat object: the member that tells its type, a time if the data has none, and the members of the data, as
    /// they are. Data that tells the same type itself goes out unchanged.
    /// </summary>
    /// <param name="body">Where it goes.</param>
    /// <param name="webhookEvent">The event.</param>
    /// <param name="typeName">The name of the member that tells the type.</param>
    /// <param name="timeName">The name of the member for the time in unix seconds; <see langword="null"/> for none.</param>
    /// <exception cref="UnsendableEventException">The data is no JSON object, or has a member of its own where the type belongs.</exception>
    public static void WriteFlat(JsonBody body, WebhookEvent webhookEvent, string typeName, string? timeName = null)
    {
        var members = Members(webhookEvent, typeName, timeName, out var hasType, out var hasTime);
        body.Raw("{"u8);
        var isFirst = true;
        if (!hasType) Name(typeName).Text(webhookEvent.Type);
        if (timeName is not null && !hasTime) Name(timeName).Number(webhookEvent.OccurredAt.ToUnixTimeSeconds());
        if (members.Length > 0) body.Raw(isFirst ? ""u8 : ","u8).Raw(members);
        body.Raw("}"u8);

        JsonBody Name(string name)
        {
            body.Raw(isFirst ? ""u8 : ","u8).Text(name).Raw(":"u8);
            isFirst = false;
            return body;
        }
    }

    /// <summary>What stands between the braces.</summary>
    private static ReadOnlySpan<byte> Members(WebhookEvent webhookEvent, string typeName, string? timeName, out bool hasType, out bool hasTime)
    {
        try
        {
            return ReadMembers(webhookEvent, typeName, timeName, out hasType, out hasTime);
        }
        catch (JsonException)
        {
            // A host's own converter can write what is no JSON; trying it again would change nothing.
            throw new UnsendableEventException($"The data of event '{webhookEvent.Id}' is not JSON, or is nested too deeply. Publish other data.");
        }
    }

    private static ReadOnlySpan<byte> ReadMembers(WebhookEvent webhookEvent, string typeName, string? timeName, out bool hasType, out bool hasTime)
    {
        hasType = hasTime = false;
        var reader = new Utf8JsonReader(Json(webhookEvent), JsonSlices.Options);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            throw new UnsendableEventException($"The data of event '{webhookEvent.Id}' is no JSON object, and this profile sends its members side by side with the event's type. Publish an object, or use another profile.");

        var from = (int)reader.BytesConsumed;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isType = reader.ValueTextEquals(typeName);
            hasTime |= timeName is not null && reader.ValueTextEquals(timeName);
            reader.Read();
            if (isType && !(reader.TokenType == JsonTokenType.String && reader.ValueTextEquals(webhookEvent.Type)))
                throw new UnsendableEventException($"The data of event '{webhookEvent.Id}' has a member '{typeName}' of its own, where this profile tells the event's type. Rename it, or make a profile with another name for the type.");
            hasType |= isType;
            reader.Skip();
        }

        var to = (int)reader.TokenStartIndex;
        return webhookEvent.Data.Span[from..to].Trim(" \t\r\n"u8);
    }
}
