using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using WebhookKit;

namespace QuickStart;

/// <summary>One line of input: an event, or what is wrong with it.</summary>
internal sealed record EventLine(int Number, WebhookEvent? Event, string? Error = null);

/// <summary>Reads events from JSON lines, one at a time.</summary>
internal static class EventReader
{
    private const string ByteOrderMark = "\u00EF\u00BB\u00BF"; // UTF-8's, read as Latin-1

    /// <summary>Opens a file, standard input (<c>-</c>) or, when none is named, the sample's own events.</summary>
    public static Stream Open(string? file) => file switch
    {
        "-" => Console.OpenStandardInput(),
        null => File.OpenRead(Path.Combine(AppContext.BaseDirectory, "events.jsonl")),
        _ => File.OpenRead(file),
    };

    public static async IAsyncEnumerable<EventLine> ReadAsync(Stream input, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        // Latin-1 keeps every byte as it is, so that a line that is not UTF-8 spoils no other.
        using var reader = new StreamReader(input, Encoding.Latin1, detectEncodingFromByteOrderMarks: false);
        for (var number = 1; await ReadLineAsync(reader, cancellationToken) is { } line; number++)
        {
            if (number == 1 && line.StartsWith(ByteOrderMark, StringComparison.Ordinal)) line = line[ByteOrderMark.Length..];
            if (!string.IsNullOrWhiteSpace(line)) yield return Parse(number, Encoding.Latin1.GetBytes(line));
        }
    }

    // A read of standard input does not hear of the token while nothing comes.
    private static Task<string?> ReadLineAsync(StreamReader reader, CancellationToken cancellationToken) =>
        reader.ReadLineAsync(cancellationToken).AsTask().WaitAsync(cancellationToken);

    private static EventLine Parse(int number, byte[] line)
    {
        try
        {
            if (!Utf8.IsValid(line)) throw new FormatException("It is not UTF-8.");
            using var json = JsonDocument.Parse(line);
            return new EventLine(number, ToEvent(json.RootElement, () => DeriveId(number, line)));
        }
        catch (JsonException cause)
        {
            var reason = cause.Message.Split(" LineNumber:")[0];
            return new EventLine(number, null, $"It is not JSON (byte {cause.BytePositionInLine + 1}): {reason}");
        }
        catch (Exception cause) when (cause is FormatException or InvalidOperationException)
        {
            return new EventLine(number, null, cause.Message);
        }
    }

    private static WebhookEvent ToEvent(JsonElement line, Func<string> deriveId)
    {
        if (line.ValueKind != JsonValueKind.Object) throw new FormatException($"A line must be a JSON object, but this is {Article(line)}.");
        if (!line.TryGetProperty("data", out var data)) throw new FormatException("There is no \"data\".");
        return new WebhookEvent
        {
            Id = Text(line, "id") is { Length: > 0 } id ? id : deriveId(),
            Type = Text(line, "type") ?? throw new FormatException("There is no \"type\"."),
            OccurredAt = Time(line, "occurred_at"),
            Data = JsonMarshal.GetRawUtf8Value(data).ToArray(), // as it stands: every digit of a 64-bit id survives
        };
    }

    /// <summary>The id of an event that has none: the same for the same line, so that a store knows it again.</summary>
    private static string DeriveId(int number, byte[] line) =>
        string.Create(CultureInfo.InvariantCulture, $"line-{number}-{Convert.ToHexStringLower(SHA256.HashData(line).AsSpan(0, 8))}");

    private static string? Text(JsonElement line, string name)
    {
        if (!line.TryGetProperty(name, out var value)) return null;
        return value.ValueKind == JsonValueKind.String ? value.GetString() : throw new FormatException($"\"{name}\" must be a string, but it is {Article(value)}.");
    }

    private static DateTimeOffset Time(JsonElement line, string name)
    {
        if (Text(line, name) is not { } text) return default;
        return line.GetProperty(name).TryGetDateTimeOffset(out var time) ? time : throw new FormatException($"\"{name}\" is '{text}', which is no ISO 8601 time such as 2026-03-02T08:00:00Z.");
    }

    private static string Article(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Array => "an array",
        JsonValueKind.Object => "an object",
        JsonValueKind.Number => "a number",
        JsonValueKind.String => "a string",
        var kind => kind.ToString().ToLowerInvariant(),
    };
}
