using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Text;

namespace WebhookKit.Testing;

/// <summary>Compares snapshots member by member, where the equality of records would compare collections by reference.</summary>
internal static class Members
{
    private const int MaxShown = 20;

    /// <summary>Finds a public member that differs.</summary>
    /// <returns>Its name and both values as text; <see langword="null"/> when all are the same.</returns>
    public static (string Member, string Expected, string Actual)? FindDifference<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicProperties)] T>(
        T expected, T actual)
    {
        foreach (var property in typeof(T).GetProperties(BindingFlags.Public | BindingFlags.Instance))
        {
            object? wanted = property.GetValue(expected), found = property.GetValue(actual);
            if (!AreSame(wanted, found)) return (property.Name, ToText(wanted), ToText(found));
        }

        return null;
    }

    public static string ToText(object? value) => value switch
    {
        null => "null",
        string text => $"'{text}'",
        DateTimeOffset time => time.ToString("O"),
        ReadOnlyMemory<byte> bytes => $"{bytes.Length} bytes ({Convert.ToHexString(bytes.Span[..Math.Min(bytes.Length, MaxShown)])})",
        IReadOnlyDictionary<string, string> pairs => ToText(pairs.Select(p => $"{p.Key}={p.Value}")),
        IEnumerable items => ToText(items),
        _ => value.ToString() ?? "",
    };

    private static bool AreSame(object? expected, object? actual) => (expected, actual) switch
    {
        // Two URIs are equal although their user info, their fragment or how they were written differs.
        (Uri left, Uri right) => left.OriginalString == right.OriginalString && left.AbsoluteUri == right.AbsoluteUri,
        (ReadOnlyMemory<byte> left, ReadOnlyMemory<byte> right) => left.Span.SequenceEqual(right.Span),
        (IReadOnlyDictionary<string, string> left, IReadOnlyDictionary<string, string> right) =>
            left.Count == right.Count && left.All(p => right.TryGetValue(p.Key, out var value) && value == p.Value),
        (string, string) => Equals(expected, actual),
        (IEnumerable left, IEnumerable right) => left.Cast<object>().SequenceEqual(right.Cast<object>()),
        _ => Equals(expected, actual),
    };

    private static string ToText(IEnumerable items)
    {
        var text = new StringBuilder("[");
        var count = 0;
        foreach (var item in items)
        {
            if (count < MaxShown) text.Append(count == 0 ? "" : ", ").Append(ToText(item));
            count++;
        }

        return text.Append(count > MaxShown ? $", … {count} in all]" : "]").ToString();
    }
}
