namespace WebhookKit.Storage.InMemory;

/// <summary>A tenant as a key, which null alone cannot be.</summary>
internal readonly record struct TenantKey(string? Id);
