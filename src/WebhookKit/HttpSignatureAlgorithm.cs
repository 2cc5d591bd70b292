namespace WebhookKit;

/// <summary>The algorithms of HTTP Message Signatures (RFC 9421, section 3.3) that the library signs and verifies with.</summary>
public enum HttpSignatureAlgorithm
{
    /// <summary><c>hmac-sha256</c> (section 3.3.3): signs with the subscription's secrets; the key is the secret's text in UTF-8.</summary>
    HmacSha256,

    /// <summary><c>ecdsa-p256-sha256</c> (section 3.3.4): signs with the host's own key on the curve P-256; a signature is the 64 bytes r and s.</summary>
    EcdsaP256Sha256,

    /// <summary><c>rsa-pss-sha512</c> (section 3.3.1): signs with the host's own RSA key of 2,048 bits or more, with a salt of 64 bytes.</summary>
    RsaPssSha512,
}
