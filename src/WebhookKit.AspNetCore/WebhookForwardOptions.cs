namespace WebhookKit;

/// <summary>How received events are published again; see <see cref="WebhookReceiverOptions.Forward"/>.</summary>
public sealed class WebhookForwardOptions
{
    /// <summary>
    /// Says under which event type an event is published; <see langword="null"/> from it leaves the event out. Default: under its own. Dialects
    /// that tell no type need it.
    /// </summary>
    public Func<WebhookEvent, string?>? EventType { get; set; }

    /// <summary>How long deliveries are attempted before they expire; <see langword="null"/> (the default) leaves that to the retry schedules.</summary>
    public TimeSpan? TimeToLive { get; set; }
}
