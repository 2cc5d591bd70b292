namespace WebhookKit.Dispatching;

/// <summary>A time by both clocks of a machine.</summary>
/// <param name="Timestamp">By the monotonic one, in its own units.</param>
/// <param name="UtcTime">By the one on the wall.</param>
internal readonly record struct Moment(long Timestamp, DateTimeOffset UtcTime)
{
    public static Moment Now(TimeProvider time) => new(time.GetTimestamp(), time.GetUtcNow());

    public Moment Plus(TimeSpan span, TimeProvider time) => new(Timestamp + (long)(span.TotalSeconds * time.TimestampFrequency), UtcTime + span);

    /// <summary>How long until then, by the clock that gets there first; zero when one is there.</summary>
    public TimeSpan Remaining(TimeProvider time)
    {
        var now = Now(time);
        if (now.Timestamp >= Timestamp || now.UtcTime >= UtcTime) return TimeSpan.Zero;
        var byTimestamp = time.GetElapsedTime(now.Timestamp, Timestamp);
        var byUtcTime = UtcTime - now.UtcTime;
        return byTimestamp < byUtcTime ? byTimestamp : byUtcTime;
    }
}
