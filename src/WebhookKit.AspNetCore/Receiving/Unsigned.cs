namespace WebhookKit.AspNetCore.Receiving;

/// <summary>Stands in for a signer where requests are not proved by a signature.</summary>
internal sealed class Unsigned : ISigner, ISignatureVerifier
{
    public SecretUse SecretUse => SecretUse.None;

    public void Sign(in SigningContext context, WebhookHeaders headers)
    {
    }

    public string? FindSecretFault(string secret) => null;

    public string GenerateSecret() => throw new NotSupportedException("Nothing is signed, and so there is no secret.");

    public WebhookVerification Verify(in VerificationContext context) => WebhookVerification.Valid();
}
