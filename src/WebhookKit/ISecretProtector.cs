namespace WebhookKit;

/// <summary>
/// Protects what must not be read in the database: the secrets of subscriptions and the values of their own headers. Used by many threads
/// at once.
/// </summary>
/// <remarks>Without one, secrets are stored as they are. <see cref="IWebhooksBuilder.UseSecretProtector"/> sets it, for every store.</remarks>
public interface ISecretProtector
{
    /// <summary>Protects a text before it is stored.</summary>
    /// <param name="text">The text.</param>
    /// <param name="tenantId">Whose it is, so that one tenant's cannot pass for another's.</param>
    /// <returns>What to store: a text without U+0000.</returns>
    string Protect(string text, string? tenantId);

    /// <summary>Reads a text that was stored.</summary>
    /// <param name="protectedText">What was stored.</param>
    /// <param name="tenantId">Whose it is.</param>
    /// <returns>The text.</returns>
    /// <exception cref="Exception">
    /// It cannot be read, because a key is gone, say. The subscription's deliveries then wait until it can, and the others go on.
    /// </exception>
    string Unprotect(string protectedText, string? tenantId);
}
