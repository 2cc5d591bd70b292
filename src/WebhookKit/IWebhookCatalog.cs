namespace WebhookKit;

/// <summary>What subscriptions can choose from: the event types and the profiles that the host has registered.</summary>
public interface IWebhookCatalog
{
    /// <summary>The event types, by name.</summary>
    IReadOnlyList<WebhookEventType> EventTypes { get; }

    /// <summary>The profiles, by name; the built-in ones are always among them.</summary>
    IReadOnlyList<WebhookProfile> Profiles { get; }

    /// <summary>The name of the profile of subscriptions that name none.</summary>
    string DefaultProfile { get; }
}
