using System.Security.Cryptography;

namespace WebhookKit.Signing;

/// <summary><c>ecdsa-p256-sha256</c> (RFC 9421, section 3.3.4). The signature is r and s, 32 bytes each (IEEE P1363), not DER.</summary>
internal sealed class EcdsaMessageAlgorithm(string pem) : IMessageAlgorithm
{
    private const string Oid = "1.2.840.10045.3.1.7";
    private const DSASignatureFormat Format = DSASignatureFormat.IeeeP1363FixedFieldConcatenation;
    private readonly AsymmetricKeys<ECDsa> _keys = new(pem, ECDsa.Create, FindFault);

    public string Name => "ecdsa-p256-sha256";

    public SecretUse SecretUse => SecretUse.None;

    public IReadOnlyList<byte[]> Sign(byte[] content, in SigningContext context)
    {
        _keys.EnsurePrivate();
        var key = _keys.Rent();
        var signature = key.SignData(content, HashAlgorithmName.SHA256, Format);
        _keys.Return(key);
        return [signature];
    }

    public bool Verify(byte[] content, byte[] signature, IReadOnlyList<string> secrets)
    {
        var key = _keys.Rent();
        var matches = key.VerifyData(content, signature, HashAlgorithmName.SHA256, Format);
        _keys.Return(key);
        return matches;
    }

    /// <summary>Other curves have 256 bits too. Windows names the curve, elsewhere it has its OID.</summary>
    private static string? FindFault(ECDsa key)
    {
        var curve = key.ExportParameters(includePrivateParameters: false).Curve;
        return curve.IsNamed && (curve.Oid.Value == Oid || curve.Oid.FriendlyName is "nistP256" or "ECDSA_P256") ? null : "is not on the curve P-256";
    }
}
