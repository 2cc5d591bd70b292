namespace WebhookKit.Tests.Storage.InMemory;

/// <summary>A clock that stands still until it is moved; the time of day can be moved by itself, as an operator might.</summary>
internal sealed class StoreClock : TimeProvider
{
    private TimeSpan _elapsed;
    private DateTimeOffset _timeOfDay = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public void Advance(TimeSpan by)
    {
        _elapsed += by;
        _timeOfDay += by;
    }

    public void SetTimeOfDay(DateTimeOffset time) => _timeOfDay = time;

    public override DateTimeOffset GetUtcNow() => _timeOfDay;

    public override long GetTimestamp() => _elapsed.Ticks;
}
