using System.Globalization;

namespace WebhookKit.Outcomes;

/// <summary>Reads <c>Retry-After</c> (RFC 9110, section 10.2.3): seconds, or an HTTP date in one of its three forms.</summary>
internal static class RetryAfter
{
    // asctime pads a day of one digit with a space.
    private static readonly string[] DateForms =
        ["ddd, dd MMM yyyy HH:mm:ss 'GMT'", "dddd, dd-MMM-yy HH:mm:ss 'GMT'", "ddd MMM dd HH:mm:ss yyyy", "ddd MMM  d HH:mm:ss yyyy"];

    /// <summary>Reads the header's value.</summary>
    /// <param name="headerValue">The value, which is the endpoint's own and may be anything.</param>
    /// <param name="now">The time that a date is counted from.</param>
    /// <returns>
    /// How long to wait, zero for a date in the past; <see langword="null"/> when it says nothing. Not capped: at most about 68
    /// years for seconds.
    /// </returns>
    public static TimeSpan? Parse(string? headerValue, DateTimeOffset now)
    {
        var text = headerValue.AsSpan().Trim(" \t");
        if (text.IsEmpty) return null;
        return text.ContainsAnyExceptInRange('0', '9') ? ParseDate(text, now) : ParseSeconds(text);
    }

    private static TimeSpan ParseSeconds(ReadOnlySpan<char> digits)
    {
        // More digits than fit still say "very long".
        var seconds = int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : int.MaxValue;
        return TimeSpan.FromSeconds(seconds);
    }

    private static TimeSpan? ParseDate(ReadOnlySpan<char> text, DateTimeOffset now)
    {
        // A year of two digits is at most 50 years ahead (RFC 9110, section 5.6.7).
        var format = (DateTimeFormatInfo)DateTimeFormatInfo.InvariantInfo.Clone();
        format.Calendar = new GregorianCalendar { TwoDigitYearMax = Math.Clamp(now.Year + 50, 99, 9999) };
        if (!DateTime.TryParseExact(text, DateForms, format, DateTimeStyles.None, out var date)) return null;
        var wait = date - now.UtcDateTime;
        return wait > TimeSpan.Zero ? wait : TimeSpan.Zero;
    }
}
