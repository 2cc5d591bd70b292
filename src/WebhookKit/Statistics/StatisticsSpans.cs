namespace WebhookKit.Statistics;

/// <summary>
/// The spans that the rows cover. Whatever happens is counted in a row of each, so that a long range is read from few long rows; each is a
/// multiple of the one before, and divides the days of UTC evenly.
/// </summary>
internal static class StatisticsSpans
{
    public static readonly TimeSpan Shortest = TimeSpan.FromMinutes(5);
    public static readonly TimeSpan Hour = TimeSpan.FromHours(1);
    public static readonly TimeSpan Day = TimeSpan.FromDays(1);
    public static readonly TimeSpan[] All = [Shortest, Hour, Day];

    /// <summary>The longest span of which a step is a multiple.</summary>
    public static TimeSpan For(TimeSpan step) => step.Ticks % Day.Ticks == 0 ? Day : step.Ticks % Hour.Ticks == 0 ? Hour : Shortest;

    /// <summary>When the span or step that a time lies in begins.</summary>
    public static DateTimeOffset Floor(DateTimeOffset time, TimeSpan span) => new(time.UtcTicks - (time.UtcTicks % span.Ticks), TimeSpan.Zero);

    /// <summary>When the span or step that ends at a time, or that it lies in, ends; near the end of all time, when it begins.</summary>
    public static DateTimeOffset Ceiling(DateTimeOffset time, TimeSpan span)
    {
        var begin = Floor(time, span);
        return begin == time || begin > DateTimeOffset.MaxValue - span ? begin : begin + span;
    }
}
