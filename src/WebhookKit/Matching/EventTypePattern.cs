namespace WebhookKit.Matching;

/// <summary>
/// A pattern of event types: <c>a.b</c> (just that), <c>a.*</c> (all that begin with <c>a.</c>), <c>*</c> (all). A pattern that
/// ends in <c>*</c> is a prefix: what stands before the star, which is empty or ends with a dot.
/// </summary>
internal readonly record struct EventTypePattern
{
    private EventTypePattern(string text) => Text = text;

    public string Text { get; }

    public bool IsExact => !Text.EndsWith('*');

    /// <summary>The length of the name, or of the prefix, at the beginning of <see cref="Text"/>.</summary>
    public int KeyLength => IsExact ? Text.Length : Text.Length - 1;

    /// <summary>Says what is wrong with a pattern; null when nothing is.</summary>
    public static string? FaultOf(string? pattern)
    {
        if (pattern is "*") return null;
        const string Allowed = " Allowed are 'a.b' (one type), 'a.*' (all that begin with 'a.') and '*' (all).";
        var name = pattern is not null && pattern.EndsWith(".*", StringComparison.Ordinal) ? pattern[..^2] : pattern;
        return EventTypeName.FaultOf(name, pattern, "event type pattern") is { } fault ? fault + Allowed : null;
    }

    public static bool TryParse(string? pattern, out EventTypePattern parsed)
    {
        var isValid = FaultOf(pattern) is null;
        parsed = isValid ? new(pattern!) : default;
        return isValid;
    }

    public bool Matches(string type) => IsExact ? type == Text : type.AsSpan().StartsWith(Text.AsSpan(0, KeyLength));
}
