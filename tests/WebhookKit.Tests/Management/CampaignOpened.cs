namespace WebhookKit.Tests.Management;

/// <summary>A typed event.</summary>
internal sealed record CampaignOpened(string CampaignId, long SubscriberId);
