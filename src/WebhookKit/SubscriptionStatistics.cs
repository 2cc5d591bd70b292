namespace WebhookKit;

/// <summary>What became of the deliveries of one subscription.</summary>
/// <param name="SubscriptionId">The subscription.</param>
/// <param name="Totals">What was counted.</param>
public sealed record SubscriptionStatistics(string SubscriptionId, DeliveryTotals Totals);
