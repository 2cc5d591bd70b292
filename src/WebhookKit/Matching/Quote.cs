namespace WebhookKit.Matching;

/// <summary>Refused values as error messages show them: short, and without line breaks that would forge a log line.</summary>
internal static class Quote
{
    private const int MaxLength = 100;

    public static string Of(string? text)
    {
        if (text is null) return "null";
        var shown = text.Length > MaxLength ? string.Concat(text.AsSpan(0, MaxLength), "…") : text;
        return "'" + string.Create(shown.Length, shown, static (span, source) =>
        {
            for (var i = 0; i < span.Length; i++) span[i] = char.IsControl(source[i]) || char.IsSurrogate(source[i]) ? '\uFFFD' : source[i];
        }) + "'";
    }
}
