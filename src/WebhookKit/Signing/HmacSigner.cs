using System.Security.Cryptography;

namespace WebhookKit.Signing;

/// <summary>One header with one HMAC of the body, as many systems have it: GitHub, Shopify, MailerLite and what hosts wrote by hand.</summary>
internal sealed class HmacSigner : ISigner, ISignatureVerifier
{
    private readonly string _header;
    private readonly string _prefix;
    private readonly SignatureEncoding _encoding;
    private readonly KeyedHashes _hashes;
    private readonly int _length;

    /// <exception cref="ArgumentException">The hash is none of those known, or the header would break requests apart.</exception>
    public HmacSigner(string header, SignatureEncoding encoding, string prefix, HashAlgorithmName algorithm)
    {
        new WebhookHeaders().Add(header, prefix);
        _header = header;
        _encoding = encoding;
        _prefix = prefix;
        _length =
            algorithm == HashAlgorithmName.SHA256 ? HMACSHA256.HashSizeInBytes
            : algorithm == HashAlgorithmName.SHA384 ? HMACSHA384.HashSizeInBytes
            : algorithm == HashAlgorithmName.SHA512 ? HMACSHA512.HashSizeInBytes
            : algorithm == HashAlgorithmName.SHA1 ? HMACSHA1.HashSizeInBytes
            : throw new ArgumentException($"The hash '{algorithm}' is not supported. Use SHA256, SHA384, SHA512 or, where receivers know nothing better, SHA1.", nameof(algorithm));
        _hashes = TextSecret.HashesOf(algorithm);
    }

    public void Sign(in SigningContext context, WebhookHeaders headers)
    {
        Span<byte> hash = stackalloc byte[_length];
        using var content = new SignedContent([], context.Body.Span);
        content.Hash(_hashes, SigningSecrets.TakeOne(context), hash);
        headers.Add(_header, _prefix.Length == 0 ? _encoding.Encode(hash) : _prefix + _encoding.Encode(hash));
    }

    public WebhookVerification Verify(in VerificationContext context)
    {
        if (!context.TryGetHeader(_header, out var value, out var failure)) return failure;
        Span<byte> candidate = stackalloc byte[_length];
        if (!value.StartsWith(_prefix, StringComparison.Ordinal) || !_encoding.TryDecode(value.AsSpan(_prefix.Length), candidate))
        {
            return WebhookVerification.Invalid(
                VerificationFailure.MalformedHeader, $"The header '{_header}' is not of the form '{_prefix}<{Describe()} of {_length} bytes>'.");
        }

        return SecretCheck.AnyMatches(context, [], _hashes, candidate, _length) ? WebhookVerification.Valid() : SecretCheck.NoMatch(_header);
    }

    public string? FindSecretFault(string secret) => TextSecret.FindFault(secret);

    public string GenerateSecret() => TextSecret.Generate();

    private string Describe() => _encoding == SignatureEncoding.Hex ? "lower-case hex" : "base64";
}
