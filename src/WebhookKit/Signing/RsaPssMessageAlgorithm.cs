using System.Security.Cryptography;

namespace WebhookKit.Signing;

/// <summary><c>rsa-pss-sha512</c> (RFC 9421, section 3.3.1). The framework's PSS has the salt that it asks for: as long as the hash, 64 bytes.</summary>
internal sealed class RsaPssMessageAlgorithm(string pem) : IMessageAlgorithm
{
    private const int MinBits = 2048;
    private readonly AsymmetricKeys<RSA> _keys = new(pem, RSA.Create, FindFault);

    public string Name => "rsa-pss-sha512";

    public SecretUse SecretUse => SecretUse.None;

    public IReadOnlyList<byte[]> Sign(byte[] content, in SigningContext context)
    {
        _keys.EnsurePrivate();
        var key = _keys.Rent();
        var signature = key.SignData(content, HashAlgorithmName.SHA512, RSASignaturePadding.Pss);
        _keys.Return(key);
        return [signature];
    }

    public bool Verify(byte[] content, byte[] signature, IReadOnlyList<string> secrets)
    {
        var key = _keys.Rent();
        var matches = signature.Length == key.KeySize / 8 && key.VerifyData(content, signature, HashAlgorithmName.SHA512, RSASignaturePadding.Pss);
        _keys.Return(key);
        return matches;
    }

    private static string? FindFault(RSA key) => key.KeySize < MinBits ? $"has {key.KeySize} bits, fewer than {MinBits}" : null;
}
