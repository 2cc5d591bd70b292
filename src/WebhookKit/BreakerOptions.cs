namespace WebhookKit;

/// <summary>
/// When the circuit breaker of an endpoint opens. While it is open nothing is sent and no attempt is used up; then one probe
/// goes out, and its outcome closes or reopens it.
/// </summary>
public sealed record BreakerOptions
{
    /// <summary>How many failures in a row, all within <see cref="Window"/>, open it. 1 to 1,000. Default: 10.</summary>
    public int Failures { get; set; } = 10;

    /// <summary>The time within which those failures must lie, so that a lone delivery's slow retries open nothing. 1 ms to 1 day. Default: 5 minutes.</summary>
    public TimeSpan Window { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>How long it stays open the first time; doubled each time the probe fails. 1 ms to 1 day. Default: 10 seconds.</summary>
    public TimeSpan OpenFor { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>The longest that it stays open at a time. <see cref="OpenFor"/> to 1 day. Default: 2 minutes.</summary>
    public TimeSpan MaxOpenFor { get; set; } = TimeSpan.FromMinutes(2);
}
