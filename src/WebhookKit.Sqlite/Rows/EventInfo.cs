namespace WebhookKit.Sqlite.Rows;

/// <summary>What a delivery says of its event.</summary>
internal readonly record struct EventInfo(string Id, string Type, string? TenantId);
