namespace WebhookKit.Signing;

/// <summary>Signatures as text. Each has one right spelling: what decodes is what would have been encoded, character for character.</summary>
internal static class SignatureText
{
    private const int MaxBytes = 64;

    public static string Encode(this SignatureEncoding encoding, ReadOnlySpan<byte> signature) =>
        encoding == SignatureEncoding.Hex ? Convert.ToHexStringLower(signature) : Convert.ToBase64String(signature);

    /// <summary>Decodes a signature of a known length.</summary>
    /// <param name="encoding">How it was encoded.</param>
    /// <param name="text">The text, which is the sender's own and may be anything.</param>
    /// <param name="signature">Where it goes; as long as it must be, at most 64 bytes.</param>
    public static bool TryDecode(this SignatureEncoding encoding, ReadOnlySpan<char> text, Span<byte> signature) =>
        encoding == SignatureEncoding.Hex ? TryDecodeHex(text, signature) : TryDecodeBase64(text, signature);

    private static bool TryDecodeHex(ReadOnlySpan<char> text, Span<byte> signature) =>
        text.Length == 2 * signature.Length
        && !text.ContainsAnyInRange('A', 'F')
        && Convert.FromHexString(text, signature, out _, out _) == System.Buffers.OperationStatus.Done;

    /// <summary>The framework's decoder passes over white space and stray last bits.</summary>
    private static bool TryDecodeBase64(ReadOnlySpan<char> text, Span<byte> signature)
    {
        Span<char> again = stackalloc char[(MaxBytes + 2) / 3 * 4];
        return text.Length == (signature.Length + 2) / 3 * 4
            && Convert.TryFromBase64Chars(text, signature, out var length)
            && length == signature.Length
            && Convert.TryToBase64Chars(signature, again, out var written)
            && text.SequenceEqual(again[..written]);
    }
}
