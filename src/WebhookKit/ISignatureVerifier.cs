namespace WebhookKit;

/// <summary>
/// Checks the headers that an <see cref="ISigner"/> gives. A signer that implements it too makes its profile usable with
/// <see cref="WebhookVerifier"/>. Without state of its own; used by many threads at once.
/// </summary>
public interface ISignatureVerifier
{
    /// <summary>Checks one received request. What is wrong with the request is returned, never thrown.</summary>
    /// <param name="context">What was received, and what to check it with.</param>
    /// <returns>Whether the request is proved, and if not, which check it failed.</returns>
    WebhookVerification Verify(in VerificationContext context);
}
