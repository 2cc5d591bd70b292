namespace WebhookKit;

/// <summary>A lane with pending deliveries.</summary>
/// <param name="SubscriptionId">The lane's subscription.</param>
/// <param name="DueAt">When its earliest pending delivery is due.</param>
public readonly record struct LaneDue(string SubscriptionId, DateTimeOffset DueAt);
