namespace WebhookKit;

/// <summary>Where a webhook can be copied to: another tenant whose webhooks the user may manage.</summary>
/// <param name="Id">The tenant's id.</param>
/// <param name="Name">What people call it.</param>
public sealed record WebhookScope(string Id, string Name);
