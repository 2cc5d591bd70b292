using System.Globalization;
using System.Security.Cryptography;

namespace WebhookKit.Signing;

/// <summary>Slack: <c>v0=</c> and the hex HMAC of <c>v0:{timestamp}:{body}</c>; retries say so in headers of their own.</summary>
internal sealed class SlackSigner : ISigner, ISignatureVerifier
{
    private const string TimestampHeader = "X-Slack-Request-Timestamp";
    private const string SignatureHeader = "X-Slack-Signature";
    private const string Version = "v0";

    private readonly KeyedHashes _hashes = TextSecret.HashesOf(HashAlgorithmName.SHA256);

    public void Sign(in SigningContext context, WebhookHeaders headers)
    {
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        var timestamp = context.Timestamp.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        using var content = new SignedContent([Version, ":", timestamp, ":"], context.Body.Span);
        content.Hash(_hashes, SigningSecrets.TakeOne(context), hash);
        headers.Add(TimestampHeader, timestamp);
        headers.Add(SignatureHeader, Version + "=" + SignatureEncoding.Hex.Encode(hash));
        if (context.AttemptNumber > 1) headers.Add("X-Slack-Retry-Num", (context.AttemptNumber - 1).ToString(CultureInfo.InvariantCulture));
    }

    public WebhookVerification Verify(in VerificationContext context)
    {
        if (!context.TryGetHeader(TimestampHeader, out var timestamp, out var failure)
            || !context.TryGetHeader(SignatureHeader, out var signature, out failure)
            || !SignatureTimestamp.TryCheck(TimestampHeader, timestamp, context.Now, context.Tolerance, out var signedAt, out failure))
            return failure;

        Span<byte> candidate = stackalloc byte[HMACSHA256.HashSizeInBytes];
        if (!signature.StartsWith(Version + "=", StringComparison.Ordinal) || !SignatureEncoding.Hex.TryDecode(signature.AsSpan(Version.Length + 1), candidate))
            return WebhookVerification.Invalid(VerificationFailure.MalformedHeader, $"The header '{SignatureHeader}' is not of the form 'v0=<lower-case hex of 32 bytes>'.");

        return SecretCheck.AnyMatches(context, [Version, ":", timestamp, ":"], _hashes, candidate, candidate.Length)
            ? WebhookVerification.Valid(timestamp: signedAt)
            : SecretCheck.NoMatch(SignatureHeader);
    }

    public string? FindSecretFault(string secret) => TextSecret.FindFault(secret);

    public string GenerateSecret() => TextSecret.Generate();
}
