using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;

namespace WebhookKit.AspNetCore.Inspecting;

/// <summary>A body as people read it: JSON with indentation and every digit as it came, text, or a dump in hexadecimal.</summary>
internal static class BodyText
{
    private const int MaxDepth = 200;
    private const int BytesPerLine = 16;
    private static readonly JsonWriterOptions Indented = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, MaxDepth = MaxDepth, SkipValidation = true };

    /// <summary>Shows it.</summary>
    /// <returns>What it is (<c>empty</c>, <c>json</c>, <c>text</c> or <c>binary</c>), and its text.</returns>
    public static (string Kind, string Text) Show(ReadOnlyMemory<byte> body)
    {
        if (body.IsEmpty) return ("empty", "");
        if (!Utf8.IsValid(body.Span)) return ("binary", Dump(body.Span));
        return TryIndent(body.Span) is { } json ? ("json", json) : ("text", Encoding.UTF8.GetString(body.Span));
    }

    private static string? TryIndent(ReadOnlySpan<byte> body)
    {
        try
        {
            var reader = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = MaxDepth });
            var buffer = new ArrayBufferWriter<byte>(body.Length * 2);
            using (var json = new Utf8JsonWriter(buffer, Indented))
            {
                while (reader.Read()) Copy(ref reader, json);
            }

            return Encoding.UTF8.GetString(buffer.WrittenSpan);
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            // No JSON, or a string in it that is no text.
            return null;
        }
    }

    private static void Copy(ref Utf8JsonReader reader, Utf8JsonWriter json)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject: json.WriteStartObject(); break;
            case JsonTokenType.EndObject: json.WriteEndObject(); break;
            case JsonTokenType.StartArray: json.WriteStartArray(); break;
            case JsonTokenType.EndArray: json.WriteEndArray(); break;
            case JsonTokenType.PropertyName: json.WritePropertyName(reader.GetString()!); break;
            case JsonTokenType.String: json.WriteStringValue(reader.GetString()); break;
            default: json.WriteRawValue(reader.ValueSpan, skipInputValidation: true); break;
        }
    }

    private static string Dump(ReadOnlySpan<byte> body)
    {
        var text = new StringBuilder(body.Length * 5);
        for (var at = 0; at < body.Length; at += BytesPerLine)
        {
            var line = body.Slice(at, Math.Min(BytesPerLine, body.Length - at));
            text.Append(CultureInfo.InvariantCulture, $"{at:x8} ");
            foreach (var b in line) text.Append(CultureInfo.InvariantCulture, $" {b:x2}");
            text.Append(' ', (BytesPerLine - line.Length) * 3 + 2);
            foreach (var b in line) text.Append(b is >= 0x20 and < 0x7f ? (char)b : '.');
            text.Append('\n');
        }

        return text.ToString();
    }
}
