namespace WebhookKit.Stored;

/// <summary>Where a delivery stands: the number of its event, and its subscription.</summary>
internal readonly record struct DeliveryKey(long EventSeq, string SubscriptionId);
