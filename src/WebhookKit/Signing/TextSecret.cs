using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace WebhookKit.Signing;

/// <summary>The form of a secret that is used as it is: the key is the UTF-8 bytes of its text.</summary>
internal static class TextSecret
{
    public const int MaxBytes = 256;
    private const int NewBytes = 32;
    private const string Fix = "Use 1 to 256 ASCII characters without a space at either end, or leave the secret out to have one made.";

    /// <summary>43 characters, safe in URLs, shells and configuration files.</summary>
    public static string Generate()
    {
        Span<byte> bytes = stackalloc byte[NewBytes];
        RandomNumberGenerator.Fill(bytes);
        return Base64Url.EncodeToString(bytes);
    }

    /// <summary>Says what is wrong, without any part of the secret.</summary>
    /// <remarks>A short one is let through: in the systems that are reproduced people choose it, and their receivers have it already.</remarks>
    public static string? FindFault(string? secret)
    {
        if (string.IsNullOrEmpty(secret)) return $"The secret is empty. {Fix}";
        if (secret.Length > MaxBytes) return $"The secret has {secret.Length} characters, more than {MaxBytes}. {Fix}";
        // Both sides must read it alike, whatever form or file it passes through: no space that is cut off, no accent in two spellings.
        if (secret[0] == ' ' || secret[^1] == ' ') return $"The secret begins or ends with a space. {Fix}";
        return secret.AsSpan().ContainsAnyExceptInRange(' ', '~') ? $"The secret has a control or a non-ASCII character. {Fix}" : null;
    }

    /// <summary>Hashes with such secrets as keys.</summary>
    public static KeyedHashes HashesOf(HashAlgorithmName algorithm) => new(algorithm, Encode);

    /// <summary>Encodes a secret that was found good when it was saved.</summary>
    /// <param name="secret">The secret.</param>
    /// <param name="key">Where the key goes; at least <see cref="MaxBytes"/> long.</param>
    /// <returns>The key's length.</returns>
    public static int Encode(string secret, Span<byte> key) =>
        Encoding.UTF8.TryGetBytes(secret, key, out var length) && length > 0
            ? length
            : throw new InvalidOperationException(FindFault(secret) ?? $"The secret is malformed. {Fix}");
}
