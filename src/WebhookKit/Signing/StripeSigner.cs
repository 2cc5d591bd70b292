using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace WebhookKit.Signing;

/// <summary>
/// Stripe: <c>t={timestamp},v1={hex}</c> over <c>{timestamp}.{body}</c>, with one <c>v1</c> for each active secret. The key is the
/// secret's whole text, <c>whsec_</c> included.
/// </summary>
internal sealed class StripeSigner : ISigner, ISignatureVerifier
{
    private const string Header = "Stripe-Signature";
    private const int MaxSignatures = 32;
    private const int HashLength = HMACSHA256.HashSizeInBytes;

    private readonly KeyedHashes _hashes = TextSecret.HashesOf(HashAlgorithmName.SHA256);

    public void Sign(in SigningContext context, WebhookHeaders headers)
    {
        SigningSecrets.EnsureAny(context);
        var timestamp = context.Timestamp.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        var value = new StringBuilder("t=", 96).Append(timestamp);
        Span<byte> hash = stackalloc byte[HashLength];
        using var content = new SignedContent([timestamp, "."], context.Body.Span);
        foreach (var secret in context.Secrets)
        {
            content.Hash(_hashes, secret.Value, hash);
            value.Append(",v1=").Append(SignatureEncoding.Hex.Encode(hash));
        }

        headers.Add(Header, value.ToString());
    }

    public WebhookVerification Verify(in VerificationContext context)
    {
        if (!context.TryGetHeader(Header, out var value, out var failure)) return failure;
        if (value.AsSpan().Count(',') > MaxSignatures) return Malformed($"has more than {MaxSignatures} signatures.");

        string? timestamp = null;
        var count = 0;
        Span<byte> candidates = stackalloc byte[(MaxSignatures + 1) * HashLength];
        foreach (var range in value.AsSpan().Split(','))
        {
            var item = value.AsSpan()[range];
            if (item.StartsWith("t=", StringComparison.Ordinal))
            {
                if (timestamp is not null) return Malformed("has more than one 't'.");
                timestamp = item[2..].ToString();
            }
            else if (item.StartsWith("v1=", StringComparison.Ordinal))
            {
                if (!SignatureEncoding.Hex.TryDecode(item[3..], candidates.Slice(count * HashLength, HashLength)))
                    return Malformed("has a 'v1' that is not the lower-case hex of 32 bytes.");
                count++;
            }
            else if (!item.Contains('='))
            {
                // Other schemes (v0, later ones) are somebody else's to check.
                return Malformed("is not of the form 't=<seconds>,v1=<hex>'.");
            }
        }

        if (timestamp is null) return Malformed("has no 't', the time of signing.");
        if (!SignatureTimestamp.TryCheck(Header, timestamp, context.Now, context.Tolerance, out var signedAt, out failure)) return failure;
        if (count == 0) return WebhookVerification.Invalid(VerificationFailure.NoMatchingSignature, $"The header '{Header}' has no signature of the scheme 'v1'.");
        return SecretCheck.AnyMatches(context, [timestamp, "."], _hashes, candidates[..(count * HashLength)], HashLength)
            ? WebhookVerification.Valid(timestamp: signedAt)
            : SecretCheck.NoMatch(Header);
    }

    public string? FindSecretFault(string secret) => TextSecret.FindFault(secret);

    public string GenerateSecret() => "whsec_" + TextSecret.Generate();

    private static WebhookVerification Malformed(string what) => WebhookVerification.Invalid(VerificationFailure.MalformedHeader, $"The header '{Header}' {what}");
}
