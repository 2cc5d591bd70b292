namespace WebhookKit.Signing;

/// <summary>Two signers give one header different values.</summary>
internal sealed class HeaderClashException(string name)
    : InvalidOperationException($"Two of the combined signers set the header '{name}', which receivers take once. Combine signers with headers of their own, or move receivers with a second subscription.");
