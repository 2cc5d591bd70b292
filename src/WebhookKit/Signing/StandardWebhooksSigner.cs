using System.Globalization;
using System.Security.Cryptography;

namespace WebhookKit.Signing;

/// <summary>
/// The symmetric scheme (<c>v1</c>) of Standard Webhooks 1.0: <c>webhook-id</c>, <c>webhook-timestamp</c> and
/// <c>webhook-signature</c>, with one signature for each active secret.
/// </summary>
internal sealed class StandardWebhooksSigner : ISigner, ISignatureVerifier
{
    private const string Version = "v1,";
    private const int HashLength = HMACSHA256.HashSizeInBytes;
    private const int SignatureLength = 3 + (HashLength + 2) / 3 * 4; // Version and the base64 of the hash
    private const int StackSecrets = 4;

    private readonly KeyedHashes _hashes = new(HashAlgorithmName.SHA256, StandardWebhooksSecret.Decode);
    private readonly string _idHeader;
    private readonly string _timestampHeader;
    private readonly string _signatureHeader;
    private readonly StandardWebhooksVerifier _verifier;

    /// <param name="headerPrefix">What the three headers begin with: <c>webhook</c>, or <c>svix</c> for receivers older than the standard.</param>
    public StandardWebhooksSigner(string headerPrefix = "webhook")
    {
        _idHeader = headerPrefix + "-id";
        _timestampHeader = headerPrefix + "-timestamp";
        _signatureHeader = headerPrefix + "-signature";
        _verifier = new StandardWebhooksVerifier(_idHeader, _timestampHeader, _signatureHeader, _hashes);
    }

    public void Sign(in SigningContext context, WebhookHeaders headers)
    {
        SigningSecrets.EnsureAny(context);
        var timestamp = context.Timestamp.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        headers.Add(_idHeader, context.MessageId);
        headers.Add(_timestampHeader, timestamp);
        headers.Add(_signatureHeader, CreateSignatures(context.MessageId, timestamp, context.Body.Span, context.Secrets));
    }

    public WebhookVerification Verify(in VerificationContext context) => _verifier.Verify(context);

    public string? FindSecretFault(string secret) => StandardWebhooksSecret.FindFault(secret);

    public string GenerateSecret() => StandardWebhooksSecret.Generate();

    private string CreateSignatures(string id, string timestamp, ReadOnlySpan<byte> body, IReadOnlyList<WebhookSecret> secrets)
    {
        Span<byte> hash = stackalloc byte[HashLength];
        var length = secrets.Count * (SignatureLength + 1) - 1;
        var text = secrets.Count <= StackSecrets ? stackalloc char[length] : new char[length];

        using var content = new SignedContent([id, ".", timestamp, "."], body);
        for (var i = 0; i < secrets.Count; i++)
        {
            var rest = text[(i * (SignatureLength + 1))..];
            content.Hash(_hashes, secrets[i].Value, hash);
            Version.CopyTo(rest);
            Convert.TryToBase64Chars(hash, rest[Version.Length..], out _);
            if (i + 1 < secrets.Count) rest[SignatureLength] = ' ';
        }

        return new string(text);
    }
}
