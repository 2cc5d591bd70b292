namespace WebhookKit.Sending;

/// <summary>The name of an HTTP client that the host has added.</summary>
internal sealed record ClientName(string Value);
