using System.Buffers;
using System.Text;
using System.Text.Json;

namespace WebhookKit.Stored;

/// <summary>Lists and dictionaries as JSON text in one column. The order of what they hold is kept.</summary>
internal static class StoredJson
{
    private const string ValueName = "value";
    private const string ExpiresName = "expires_at";

    public static string OfList(IReadOnlyList<string> items) => Write(items, static (writer, list) =>
    {
        writer.WriteStartArray();
        foreach (var item in list) writer.WriteStringValue(item);
        writer.WriteEndArray();
    });

    public static string[] ToList(string json)
    {
        using var document = JsonDocument.Parse(json);
        return [.. document.RootElement.EnumerateArray().Select(e => e.GetString()!)];
    }

    public static string OfMap(IReadOnlyDictionary<string, string> map) => map.Count == 0 ? "{}" : Write(map, static (writer, items) =>
    {
        writer.WriteStartObject();
        foreach (var (name, value) in items) writer.WriteString(name, value);
        writer.WriteEndObject();
    });

    public static Dictionary<string, string> ToMap(string json)
    {
        var map = new Dictionary<string, string>(StringComparer.Ordinal);
        using var document = JsonDocument.Parse(json);
        foreach (var property in document.RootElement.EnumerateObject()) map[property.Name] = property.Value.GetString()!;
        return map;
    }

    public static string OfSecrets(IReadOnlyList<WebhookSecret> secrets) => Write(secrets, static (writer, list) =>
    {
        writer.WriteStartArray();
        foreach (var secret in list)
        {
            writer.WriteStartObject();
            writer.WriteString(ValueName, secret.Value);
            if (secret.ExpiresAt is { } end) writer.WriteNumber(ExpiresName, Columns.OfTime(end));
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    });

    public static WebhookSecret[] ToSecrets(string json)
    {
        using var document = JsonDocument.Parse(json);
        return [.. document.RootElement.EnumerateArray().Select(static e => new WebhookSecret
        {
            Value = e.GetProperty(ValueName).GetString()!,
            ExpiresAt = e.TryGetProperty(ExpiresName, out var end) ? Columns.ToTime(end.GetInt64()) : null,
        })];
    }

    private static string Write<T>(T value, Action<Utf8JsonWriter, T> write)
    {
        var buffer = new ArrayBufferWriter<byte>(128);
        using (var writer = new Utf8JsonWriter(buffer)) write(writer, value);
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
