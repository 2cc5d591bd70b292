namespace WebhookKit.PostgreSql.Runs;

/// <summary>Which run: deliveries of one subscription whose events were stored by one statement.</summary>
internal readonly record struct RunKey(short Partition, string SubscriptionId, long EventGroup);
