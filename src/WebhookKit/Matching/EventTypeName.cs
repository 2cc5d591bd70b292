using System.Buffers;

namespace WebhookKit.Matching;

/// <summary>The grammar of event type names: parts of letters, digits, <c>_</c> and <c>-</c>, joined by dots.</summary>
internal static class EventTypeName
{
    public const int MaxLength = 128;

    private static readonly SearchValues<char> NameChars =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-.");

    /// <summary>Says what is wrong with a name; null when nothing is.</summary>
    public static string? FaultOf(string? name) => FaultOf(name, name, "event type");

    /// <summary>The same for a part of a text, naming the whole.</summary>
    public static string? FaultOf(string? name, string? whole, string what)
    {
        if (string.IsNullOrEmpty(name)) return $"The {what} is empty. Name one, such as 'subscriber.created'.";
        if (name.Length > MaxLength)
            return $"The {what} {Quote.Of(whole)} has {name.Length} characters; {MaxLength} is the most. Shorten it.";
        var bad = name.AsSpan().IndexOfAnyExcept(NameChars);
        if (bad >= 0)
        {
            return $"The {what} {Quote.Of(whole)} has {Quote.Of(name[bad].ToString())} at character {bad + 1}. "
                + "Use letters, digits, '_' and '-', in parts joined by dots.";
        }

        return name[0] == '.' || name[^1] == '.' || name.Contains("..", StringComparison.Ordinal)
            ? $"The {what} {Quote.Of(whole)} has an empty part. Join non-empty parts by single dots, as in 'subscriber.created'."
            : null;
    }
}
