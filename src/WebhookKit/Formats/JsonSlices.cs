using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;
using System.Text.Unicode;

namespace WebhookKit.Formats;

/// <summary>Takes received JSON apart into slices of its own bytes, so that every digit and escape stays as it came.</summary>
internal static class JsonSlices
{
    /// <summary>More than any sender's batch has; a small body cannot make a receiver hold millions of slices.</summary>
    private const int MaxItems = 10_000;

    /// <summary>Deeper than any host sets its serializer.</summary>
    public static readonly JsonReaderOptions Options = new() { MaxDepth = 1000 };

    /// <summary>Takes an object apart. Of members with one name the last counts.</summary>
    /// <returns>Whether it is a JSON object in valid UTF-8 with a bearable number of members.</returns>
    public static bool TryReadObject(ReadOnlyMemory<byte> json, [NotNullWhen(true)] out IReadOnlyDictionary<string, ReadOnlyMemory<byte>>? members)
    {
        var found = new Dictionary<string, ReadOnlyMemory<byte>>(StringComparer.Ordinal);
        members = null;
        if (!TryRead(json, JsonTokenType.StartObject, (name, value) => found[name] = value)) return false;
        members = found;
        return true;
    }

    /// <summary>Finds some members of an object, without taking the rest apart. Of members with one name the last counts.</summary>
    /// <param name="json">The object.</param>
    /// <param name="names">The names of the members, in UTF-8.</param>
    /// <param name="found">Where the value of each stands; empty for one that is not there.</param>
    /// <returns>As the other overload does.</returns>
    public static bool TryReadObject(ReadOnlyMemory<byte> json, ReadOnlySpan<byte[]> names, Span<Range> found)
    {
        found.Fill(..0);
        if (!Utf8.IsValid(json.Span)) return false;
        try
        {
            var reader = new Utf8JsonReader(json.Span, Options);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return false;
            for (var count = 0; reader.Read() && reader.CurrentDepth > 0; count++)
            {
                if (count == MaxItems || (reader.ValueIsEscaped && !TryGetString(ref reader, out _))) return false;
                var member = names.Length - 1;
                while (member >= 0 && !reader.ValueTextEquals(names[member])) member--;
                if (!reader.Read()) return false;
                var from = (int)reader.TokenStartIndex;
                reader.Skip();
                if (member >= 0) found[member] = from..(int)reader.BytesConsumed;
            }

            return !reader.Read();
        }
        catch (JsonException)
        {
            return false;
        }
    }

    /// <summary>Takes an array apart.</summary>
    /// <returns>Whether it is a JSON array in valid UTF-8 with a bearable number of items.</returns>
    public static bool TryReadArray(ReadOnlyMemory<byte> json, [NotNullWhen(true)] out IReadOnlyList<ReadOnlyMemory<byte>>? items)
    {
        List<ReadOnlyMemory<byte>> found = [];
        items = null;
        if (!TryRead(json, JsonTokenType.StartArray, (_, value) => found.Add(value))) return false;
        items = found;
        return true;
    }

    /// <summary>A member's text; <see langword="null"/> when there is none or when it is no string.</summary>
    public static string? GetText(this IReadOnlyDictionary<string, ReadOnlyMemory<byte>> members, string name)
    {
        return members.TryGetValue(name, out var value) ? GetText(value.Span) : null;
    }

    /// <summary>The text of a JSON value; <see langword="null"/> when it is none, or no string.</summary>
    public static string? GetText(ReadOnlySpan<byte> json)
    {
        if (json.IsEmpty) return null;
        var reader = new Utf8JsonReader(json);
        return reader.Read() && reader.TokenType == JsonTokenType.String && TryGetString(ref reader, out var text) ? text : null;
    }

    /// <summary>A member's time in whole unix seconds; <see langword="default"/> when there is none.</summary>
    public static DateTimeOffset GetUnixTime(this IReadOnlyDictionary<string, ReadOnlyMemory<byte>> members, string name) =>
        members.TryGetValue(name, out var value)
        && long.TryParse(value.Span, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
        && seconds <= DateTimeOffset.MaxValue.ToUnixTimeSeconds()
            ? DateTimeOffset.FromUnixTimeSeconds(seconds)
            : default;

    private static bool TryRead(ReadOnlyMemory<byte> json, JsonTokenType start, Action<string, ReadOnlyMemory<byte>> found)
    {
        if (!Utf8.IsValid(json.Span)) return false;
        try
        {
            var reader = new Utf8JsonReader(json.Span, Options);
            if (!reader.Read() || reader.TokenType != start) return false;
            var name = "";
            for (var count = 0; reader.Read() && reader.CurrentDepth > 0; count++)
            {
                if (count == MaxItems) return false;
                if (reader.TokenType == JsonTokenType.PropertyName)
                {
                    if (!TryGetString(ref reader, out name) || !reader.Read()) return false;
                }

                var from = (int)reader.TokenStartIndex;
                reader.Skip();
                found(name, json[from..(int)reader.BytesConsumed]);
            }

            // Nothing but white space may follow.
            return !reader.Read();
        }
        catch (JsonException)
        {
            return false;
        }
    }

    /// <summary>An escape can name half a character, which is no text.</summary>
    private static bool TryGetString(ref Utf8JsonReader reader, [NotNullWhen(true)] out string? text)
    {
        try
        {
            text = reader.GetString();
            return text is not null;
        }
        catch (InvalidOperationException)
        {
            text = null;
            return false;
        }
    }
}
