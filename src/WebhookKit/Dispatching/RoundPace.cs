namespace WebhookKit.Dispatching;

/// <summary>
/// How long to wait between two rounds of what is done again and again: the interval that the host has set and, where there is so much of it that a
/// round takes long, up to four times that, so that it takes a twentieth of the time.
/// </summary>
internal sealed class RoundPace(TimeSpan least)
{
    private const int LeastPart = 20;
    private const int MostTimes = 4;

    private TimeSpan _took;

    public TimeSpan Interval => TimeSpan.FromTicks(Math.Clamp(_took.Ticks * LeastPart, least.Ticks, least.Ticks * MostTimes));

    /// <summary>A round has ended.</summary>
    public void Note(TimeSpan took) => _took = took;
}
