namespace WebhookKit;

/// <summary>How the bytes of a signature become text.</summary>
public enum SignatureEncoding
{
    /// <summary>Two lower-case hexadecimal digits a byte.</summary>
    Hex,

    /// <summary>Base64 with padding (RFC 4648, section 4).</summary>
    Base64,
}
