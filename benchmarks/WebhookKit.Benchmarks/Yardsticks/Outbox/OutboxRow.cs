namespace WebhookKit.Benchmarks.Yardsticks.Outbox;

/// <summary>A request that is owed.</summary>
internal readonly record struct OutboxRow(long Id, string Url, byte[] Payload);
