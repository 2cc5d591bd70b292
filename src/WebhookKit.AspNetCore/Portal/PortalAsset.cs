namespace WebhookKit.AspNetCore.Portal;

/// <summary>One file of the page.</summary>
/// <param name="Path">Its path below <c>assets</c>, such as <c>vendor/preact.js</c>.</param>
/// <param name="ContentType">Its media type.</param>
/// <param name="Bytes">What is in it.</param>
/// <param name="ETag">The mark of its content.</param>
internal sealed record PortalAsset(string Path, string ContentType, byte[] Bytes, string ETag);
