using System.Security.Cryptography;

namespace WebhookKit.Signing;

/// <summary><c>Content-Digest</c> (RFC 9530, section 2): the hash of the body's bytes, of an empty body's too.</summary>
internal static class ContentDigest
{
    public const string Header = "Content-Digest";
    private const string Sha256 = "sha-256";
    private const string Sha512 = "sha-512";

    public static string Create(ReadOnlySpan<byte> body)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(body, hash);
        return $"{Sha256}=:{Convert.ToBase64String(hash)}:";
    }

    /// <summary>
    /// Compares the header with the body. Every hash in it that is known and not broken must hold, and there must be one; others (such as
    /// <c>md5</c>) prove nothing and are passed over.
    /// </summary>
    /// <returns>What is wrong; <see langword="null"/> when it holds.</returns>
    public static WebhookVerification? FindFault(in VerificationContext context)
    {
        if (!HeaderField.TryJoin(context.Headers, Header, out var text)) return Malformed($"has more than {HeaderField.MaxLength} characters");
        if (text is null) return WebhookVerification.Invalid(VerificationFailure.MissingHeader, $"The request has no header '{Header}'.");
        if (!SignatureValues.TryParse(text, out var values, out var fault)) return Malformed(fault);

        Span<byte> hash = stackalloc byte[SHA512.HashSizeInBytes];
        var known = 0;
        var matches = true;
        if (values.TryGetValue(Sha256, out var received))
        {
            known++;
            matches &= CryptographicOperations.FixedTimeEquals(hash[..SHA256.HashData(context.Body.Span, hash)], received);
        }

        if (values.TryGetValue(Sha512, out received))
        {
            known++;
            matches &= CryptographicOperations.FixedTimeEquals(hash[..SHA512.HashData(context.Body.Span, hash)], received);
        }

        if (known == 0) return Malformed($"has neither '{Sha256}' nor '{Sha512}'");
        return matches ? null : WebhookVerification.Invalid(
            VerificationFailure.NoMatchingSignature, $"The header '{Header}' is not that of the body. Check the body byte for byte as it was received.");
    }

    private static WebhookVerification Malformed(string what) => WebhookVerification.Invalid(VerificationFailure.MalformedHeader, $"The header '{Header}' {what}.");
}
