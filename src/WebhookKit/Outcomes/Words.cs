using System.Globalization;

namespace WebhookKit.Outcomes;

/// <summary>Times and foreign error messages, as people read them.</summary>
internal static class Words
{
    private const int MaxReasonLength = 300;

    /// <summary>A duration in its largest fitting unit: 500 ms, 15 s, 30 min, 5 h, 5 days.</summary>
    public static string Duration(TimeSpan time) => time switch
    {
        { TotalSeconds: < 1 } => Number(time.TotalMilliseconds, "ms"),
        { TotalMinutes: < 2 } => Number(time.TotalSeconds, "s"),
        { TotalHours: < 2 } => Number(time.TotalMinutes, "min"),
        { TotalDays: < 2 } => Number(time.TotalHours, "h"),
        _ => Number(time.TotalDays, "days"),
    };

    /// <summary>A time in UTC, to the second.</summary>
    public static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);

    /// <summary>The innermost message of an exception as one bounded line that ends a sentence.</summary>
    public static string Reason(Exception exception)
    {
        var cause = exception.GetBaseException();
        var text = cause.Message.AsSpan().Trim();

        // The framework's own code at its end tells people nothing.
        if (cause is HttpIOException http && text.EndsWith($" ({http.HttpRequestError})", StringComparison.Ordinal)) text = text[..text.LastIndexOf(" (")];
        var line = Line(text);
        return line is "" ? cause.GetType().Name + "." : line.TrimEnd('.', ' ') + ".";
    }

    /// <summary>A foreign text as one bounded line that every store takes: without control characters, and without half of one.</summary>
    public static string Line(ReadOnlySpan<char> text)
    {
        if (text.Length > MaxReasonLength) text = text[..MaxReasonLength];
        return string.Create(text.Length, text, static (line, text) =>
        {
            text.CopyTo(line);
            for (var i = 0; i < line.Length; i++)
            {
                if (char.IsControl(line[i])) line[i] = ' ';
                else if (char.IsHighSurrogate(line[i]) && i + 1 < line.Length && char.IsLowSurrogate(line[i + 1])) i++;
                else if (char.IsSurrogate(line[i])) line[i] = '\uFFFD';
            }
        });
    }

    private static string Number(double value, string unit) => string.Create(CultureInfo.InvariantCulture, $"{value:0.#} {unit}");
}
