namespace WebhookKit;

/// <summary>How long what has happened is kept. What is pending is always kept.</summary>
/// <remarks>Removed in small steps by one node at a time, once a minute and at the end of a drain.</remarks>
public sealed class RetentionOptions
{
    /// <summary>
    /// How long deliveries that succeeded are kept, with their attempts. Zero removes them as they succeed: nothing then shows that they
    /// ever were. Zero to 10 years. Default: 7 days.
    /// </summary>
    public TimeSpan Succeeded { get; set; } = TimeSpan.FromDays(7);

    /// <summary>
    /// How long deliveries that ended without success (exhausted, expired, canceled) are kept, with their attempts: for so long they can be
    /// sent again. Zero to 10 years. Default: 30 days.
    /// </summary>
    public TimeSpan Failed { get; set; } = TimeSpan.FromDays(30);

    /// <summary>
    /// How long attempts are kept at most, but for the last one of each delivery, which is kept with it. Zero to 10 years. Default: 30 days.
    /// </summary>
    public TimeSpan Attempts { get; set; } = TimeSpan.FromDays(30);

    /// <summary>
    /// How long events are kept at least; one with deliveries stays as long as they do. For so long, publishing an event's id again is known
    /// as a duplicate, and a subscription that missed the event can recover it. Zero to 10 years. Default: 7 days.
    /// </summary>
    public TimeSpan Events { get; set; } = TimeSpan.FromDays(7);

    /// <summary>How long statistics are kept. Zero counts nothing at all. Zero to 10 years. Default: 30 days.</summary>
    public TimeSpan Statistics { get; set; } = TimeSpan.FromDays(30);
}
