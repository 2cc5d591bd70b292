namespace WebhookKit;

/// <summary>What became of an event that was to be stored.</summary>
public enum EventWriteStatus
{
    /// <summary>Stored with its deliveries.</summary>
    Stored,

    /// <summary>An event with this tenant and id was stored before; nothing was stored now.</summary>
    Duplicate,

    /// <summary>Subscriptions have changed since it was matched; nothing was stored.</summary>
    Stale,
}
