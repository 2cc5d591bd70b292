using System.Security.Cryptography;

namespace WebhookKit.Signing;

/// <summary><c>hmac-sha256</c> (RFC 9421, section 3.3.3) with the text of the subscription's secrets as keys.</summary>
internal sealed class HmacMessageAlgorithm : IMessageAlgorithm
{
    private readonly KeyedHashes _hashes = TextSecret.HashesOf(HashAlgorithmName.SHA256);

    public string Name => "hmac-sha256";

    public SecretUse SecretUse => SecretUse.Required;

    public IReadOnlyList<byte[]> Sign(byte[] content, in SigningContext context)
    {
        SigningSecrets.EnsureAny(context);
        return [.. context.Secrets.Select(secret => Hash(content, secret.Value))];
    }

    public bool Verify(byte[] content, byte[] signature, IReadOnlyList<string> secrets)
    {
        // Every secret, whatever matched before: the time taken tells nothing of which one did.
        var matches = false;
        foreach (var secret in secrets) matches |= CryptographicOperations.FixedTimeEquals(Hash(content, secret), signature);
        return matches;
    }

    private byte[] Hash(byte[] content, string secret)
    {
        var hash = new byte[HMACSHA256.HashSizeInBytes];
        _hashes.Hash(secret, content, hash);
        return hash;
    }
}
