using System.Diagnostics.CodeAnalysis;

namespace WebhookKit.Signing;

/// <summary>Reads <c>Signature-Input</c> (RFC 9421, section 4.1): a dictionary of inner lists, one for each label.</summary>
internal static class SignatureInputParser
{
    /// <summary>A signer makes 10 at most, one for each active secret; proxies on the way may add theirs.</summary>
    public const int MaxLabels = 16;

    /// <param name="text">The header's value, of bounded length; the sender's own, it may be anything.</param>
    /// <param name="inputs">What it says, by label, in its order.</param>
    /// <param name="fault">What is wrong with the header as a whole.</param>
    public static bool TryParse(string text, out OrderedDictionary<string, SignatureInput> inputs, [NotNullWhen(false)] out string? fault)
    {
        inputs = [];
        var reader = new StructuredFieldReader(text);
        while (reader.TryReadMember(out var label))
        {
            SignatureInput? input = null;
            fault = inputs.Count == MaxLabels ? $"has more than {MaxLabels} labels"
                : inputs.ContainsKey(label) ? "has a label twice"
                : !TryReadInput(ref reader, out input) ? Broken(reader)
                : null;
            if (fault is not null) return false;
            inputs.Add(label, input!);
        }

        fault = reader.HasFailed ? Broken(reader) : inputs.Count == 0 ? "has no label" : null;
        return fault is null;
    }

    private static string Broken(in StructuredFieldReader reader) =>
        $"is not a dictionary of inner lists of strings: it breaks off at character {reader.Position + 1}";

    private static bool TryReadInput(ref StructuredFieldReader reader, out SignatureInput input)
    {
        input = new SignatureInput();
        if (!reader.TrySkip('=') || !reader.TrySkip('(')) return false;
        while (true)
        {
            reader.SkipSpaces();
            if (reader.TrySkip(')')) break;
            if (!reader.TryReadString(out var name)) return false;
            var parameters = 0;
            while (TryReadParameter(ref reader, out _, out _)) parameters++;
            input.AddComponent(name, parameters > 0);
            if (reader.HasFailed || !(reader.IsNext(' ') || reader.IsNext(')'))) return false;
        }

        while (TryReadParameter(ref reader, out var key, out var value)) input.AddParameter(key, value);
        return !reader.HasFailed;
    }

    private static bool TryReadParameter(ref StructuredFieldReader reader, out string key, out StructuredFieldItem value)
    {
        key = "";
        value = default;
        if (!reader.TrySkip(';')) return false;
        reader.SkipSpaces();
        // Without a value it is the boolean 'true', which no parameter of a signature is.
        return reader.TryReadKey(out key) && (!reader.TrySkip('=') || reader.TryReadItem(out value));
    }
}
