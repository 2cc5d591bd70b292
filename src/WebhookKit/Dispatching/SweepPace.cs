namespace WebhookKit.Dispatching;

/// <summary>
/// How long to wait between two sweeps: the interval that the host has set and, where there are so many lanes that a sweep takes long, up to four
/// times that, so that sweeping takes a twentieth of the time.
/// </summary>
internal sealed class SweepPace(TimeSpan least)
{
    private const int LeastPart = 20;
    private const int MostTimes = 4;

    private TimeSpan _took;

    public TimeSpan Interval => TimeSpan.FromTicks(Math.Clamp(_took.Ticks * LeastPart, least.Ticks, least.Ticks * MostTimes));

    /// <summary>A sweep has ended.</summary>
    public void Note(TimeSpan took) => _took = took;
}
