using WebhookKit.Profiles;
using WebhookKit.Publishing;

namespace WebhookKit.Management;

/// <summary>Shows what is registered.</summary>
internal sealed class WebhookCatalog(EventTypeCatalog eventTypes, ProfileRegistry profiles, WebhookOptions options) : IWebhookCatalog
{
    public IReadOnlyList<WebhookEventType> EventTypes { get; } = [.. eventTypes.All.OrderBy(t => t.Name, StringComparer.Ordinal)];

    public IReadOnlyList<WebhookProfile> Profiles { get; } = [.. profiles.All.Where(p => !p.IsHidden).OrderBy(p => p.Name, StringComparer.Ordinal)];

    public string DefaultProfile => options.DefaultProfile;
}
