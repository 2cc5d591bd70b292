using System.Security.Cryptography;

namespace WebhookKit.Signing;

/// <summary>Checks what <see cref="StandardWebhooksSigner"/> signs: all that is cheap first, so that junk costs no cryptography.</summary>
internal sealed class StandardWebhooksVerifier(string idHeader, string timestampHeader, string signatureHeader, KeyedHashes hashes)
{
    private const string Version = "v1,";
    private const int MaxSignatures = 32;
    private const int HashLength = HMACSHA256.HashSizeInBytes;

    public WebhookVerification Verify(in VerificationContext context)
    {
        if (!context.TryGetHeader(idHeader, out var id, out var failure)
            || !context.TryGetHeader(timestampHeader, out var timestamp, out failure)
            || !context.TryGetHeader(signatureHeader, out var signatures, out failure)
            || !SignatureTimestamp.TryCheck(timestampHeader, timestamp, context.Now, context.Tolerance, out var signedAt, out failure))
            return failure;

        // With a point in it, another split of the same signed bytes into id, timestamp and body would hold too.
        if (id.Contains('.'))
            return Invalid(VerificationFailure.MalformedHeader, $"The header '{idHeader}' has a '.', which parts the fields of the signed content.");
        if (signatures.AsSpan().Count(' ') >= MaxSignatures)
            return Invalid(VerificationFailure.MalformedHeader, $"The header '{signatureHeader}' has more than {MaxSignatures} signatures.");

        Span<byte> candidates = stackalloc byte[MaxSignatures * HashLength];
        var count = ReadCandidates(signatures, candidates, out var malformed);
        if (count == 0)
        {
            return malformed
                ? Invalid(VerificationFailure.MalformedHeader, $"The header '{signatureHeader}' has no signature of the form 'v1,<base64 of {HashLength} bytes>'.")
                : Invalid(VerificationFailure.NoMatchingSignature, $"The header '{signatureHeader}' has signatures of other versions only; this verifier knows 'v1'.");
        }

        return SecretCheck.AnyMatches(context, [id, ".", timestamp, "."], hashes, candidates[..(count * HashLength)], HashLength)
            ? WebhookVerification.Valid(id, signedAt)
            : SecretCheck.NoMatch(signatureHeader);
    }

    /// <summary>Decodes the <c>v1</c> signatures; other versions (<c>v1a</c>, later ones) are somebody else's to check.</summary>
    private static int ReadCandidates(ReadOnlySpan<char> signatures, Span<byte> candidates, out bool malformed)
    {
        malformed = false;
        var count = 0;
        foreach (var range in signatures.Split(' '))
        {
            var signature = signatures[range];
            if (!signature.StartsWith(Version, StringComparison.Ordinal))
                malformed |= signature.IndexOf(',') < 1;
            else if (SignatureEncoding.Base64.TryDecode(signature[Version.Length..], candidates.Slice(count * HashLength, HashLength)))
                count++;
            else
                malformed = true;
        }

        return count;
    }

    private static WebhookVerification Invalid(VerificationFailure failure, string message) => WebhookVerification.Invalid(failure, message);
}
