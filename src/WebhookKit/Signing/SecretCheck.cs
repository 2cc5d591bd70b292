using System.Security.Cryptography;

namespace WebhookKit.Signing;

/// <summary>Compares received signatures with those that the secrets give.</summary>
internal static class SecretCheck
{
    private const int MaxHashLength = 64;

    /// <summary>Compares every candidate with every secret, whatever matched before: the time taken tells nothing of which one did.</summary>
    /// <param name="context">The secrets and the body.</param>
    /// <param name="prefix">What is signed before the body.</param>
    /// <param name="hashes">The hashes.</param>
    /// <param name="candidates">The signatures received, one after another.</param>
    /// <param name="length">The length of one.</param>
    public static bool AnyMatches(
        in VerificationContext context, ReadOnlySpan<string> prefix, KeyedHashes hashes, ReadOnlySpan<byte> candidates, int length)
    {
        Span<byte> hash = stackalloc byte[MaxHashLength];
        using var content = new SignedContent(prefix, context.Body.Span);
        var matches = false;
        foreach (var secret in context.Secrets)
        {
            content.Hash(hashes, secret, hash);
            for (var at = 0; at < candidates.Length; at += length)
                matches |= CryptographicOperations.FixedTimeEquals(hash[..length], candidates.Slice(at, length));
        }

        return matches;
    }

    public static WebhookVerification NoMatch(string header) => WebhookVerification.Invalid(
        VerificationFailure.NoMatchingSignature,
        $"No signature in '{header}' matches. Check the secret, and that the body is checked byte for byte as it was received.");
}
