namespace WebhookKit.Signing;

/// <summary>Several signers on one request, for receivers on the way from one header to another. Each signs with the secrets that suit it.</summary>
internal sealed class CombinedSigner(ISigner[] signers) : ISigner, ISignatureVerifier
{
    public SecretUse SecretUse => signers.Min(s => s.SecretUse);

    public void Sign(in SigningContext context, WebhookHeaders headers)
    {
        foreach (var signer in signers)
        {
            WebhookSecret[] suitable = [.. context.Secrets.Where(s => signer.FindSecretFault(s.Value) is null)];
            // While the secrets change with the headers, one header can be without.
            if (suitable.Length == 0 && signer.SecretUse == SecretUse.Required && context.Secrets.Count > 0) continue;
            signer.Sign(context with { Secrets = suitable }, headers);
        }
    }

    /// <summary>One proof is enough: that is what the receiver had before, or has now.</summary>
    public WebhookVerification Verify(in VerificationContext context)
    {
        WebhookVerification? first = null;
        foreach (var signer in signers)
        {
            if (signer is not ISignatureVerifier verifier) continue;
            string[] suitable = [.. context.Secrets.Where(s => signer.FindSecretFault(s) is null)];
            if (suitable.Length == 0 && signer.SecretUse != SecretUse.None) continue;
            var result = verifier.Verify(context with { Secrets = suitable });
            if (result.IsValid) return result;
            first ??= result;
        }

        return first ?? WebhookVerification.Invalid(VerificationFailure.NoMatchingSignature, "None of the profile's signers can verify with the secrets given.");
    }

    /// <summary>A secret is good when one of the signers can use it.</summary>
    public string? FindSecretFault(string secret)
    {
        string? first = null;
        foreach (var signer in signers)
        {
            if (signer.SecretUse == SecretUse.None) continue;
            if (signer.FindSecretFault(secret) is not { } fault) return null;
            first ??= fault;
        }

        return first;
    }

    /// <summary>One that suits as many as can be: each maker's own is offered to all.</summary>
    public string GenerateSecret() => signers
        .Where(s => s.SecretUse != SecretUse.None)
        .Select(s => s.GenerateSecret())
        .MaxBy(secret => signers.Count(s => s.FindSecretFault(secret) is null)) ?? throw new InvalidOperationException("None of the combined signers uses secrets.");
}
