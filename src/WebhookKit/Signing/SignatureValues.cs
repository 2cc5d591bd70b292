using System.Diagnostics.CodeAnalysis;

namespace WebhookKit.Signing;

/// <summary>Reads headers that are dictionaries of byte sequences: <c>Signature</c> (RFC 9421, section 4.2) and <c>Content-Digest</c> (RFC 9530, section 2).</summary>
internal static class SignatureValues
{
    /// <param name="text">The header's value, of bounded length; the sender's own, it may be anything.</param>
    /// <param name="values">The bytes by key.</param>
    /// <param name="fault">What is wrong with it.</param>
    public static bool TryParse(string text, out Dictionary<string, byte[]> values, [NotNullWhen(false)] out string? fault)
    {
        values = [];
        var reader = new StructuredFieldReader(text);
        while (reader.TryReadMember(out var key))
        {
            byte[]? bytes = null;
            fault = values.Count == SignatureInputParser.MaxLabels ? $"has more than {SignatureInputParser.MaxLabels} members"
                : values.ContainsKey(key) ? "has a member twice"
                : !reader.TrySkip('=') || !reader.TryReadBytes(out bytes) ? Broken(reader)
                : null;
            if (fault is not null) return false;
            values.Add(key, bytes!);
        }

        fault = reader.HasFailed ? Broken(reader) : values.Count == 0 ? "is empty" : null;
        return fault is null;
    }

    private static string Broken(in StructuredFieldReader reader) =>
        $"is not a dictionary of base64 between colons: it breaks off at character {reader.Position + 1}";
}
