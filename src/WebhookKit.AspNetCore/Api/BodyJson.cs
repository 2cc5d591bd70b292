using System.Text.Json;
using System.Text.Unicode;

namespace WebhookKit.AspNetCore.Api;

/// <summary>The JSON object that is the body of a request.</summary>
internal static class BodyJson
{
    /// <summary>Reads an object; nothing is an empty one.</summary>
    /// <exception cref="ApiException">It is none, or not all of its names are text.</exception>
    public static JsonElement Parse(ReadOnlyMemory<byte> body)
    {
        if (body.IsEmpty) return JsonElement.Parse("{}");
        if (!Utf8.IsValid(body.Span)) throw ApiException.BadRequest("The body is no UTF-8.");
        try
        {
            using var document = JsonDocument.Parse(body);
            if (document.RootElement.ValueKind != JsonValueKind.Object) throw ApiException.BadRequest("The body is no JSON object.");
            ReadNames(body.Span);
            return document.RootElement.Clone();
        }
        catch (JsonException cause)
        {
            throw ApiException.BadRequest($"The body is no JSON: {cause.Message}");
        }
    }

    /// <summary>Reads all names: one that escapes half a character (<c>\ud800</c>) is JSON, and would break whoever looks for a name beside it.</summary>
    private static void ReadNames(ReadOnlySpan<byte> body)
    {
        var reader = new Utf8JsonReader(body);
        try
        {
            while (reader.Read())
            {
                if (reader.TokenType == JsonTokenType.PropertyName && reader.ValueIsEscaped) reader.GetString();
            }
        }
        catch (InvalidOperationException)
        {
            throw ApiException.BadRequest("The body has a name that is no text: it holds half a character.");
        }
    }
}
