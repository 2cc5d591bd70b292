namespace WebhookKit.Signing;

/// <summary>An algorithm of HTTP Message Signatures (RFC 9421, section 3.3) with its key. Used by many threads at once.</summary>
internal interface IMessageAlgorithm
{
    /// <summary>Its registered name (section 6.2.2).</summary>
    string Name { get; }

    SecretUse SecretUse { get; }

    /// <summary>Signs: once for each secret, or once with the key that it has.</summary>
    /// <exception cref="InvalidOperationException">There is nothing to sign with.</exception>
    IReadOnlyList<byte[]> Sign(byte[] content, in SigningContext context);

    /// <summary>Checks a signature that may be anything.</summary>
    bool Verify(byte[] content, byte[] signature, IReadOnlyList<string> secrets);
}
