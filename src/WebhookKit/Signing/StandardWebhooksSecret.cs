using System.Buffers;
using System.Security.Cryptography;

namespace WebhookKit.Signing;

/// <summary>The form of a Standard Webhooks secret: <c>whsec_</c> and the base64 of 24 to 64 bytes.</summary>
internal static class StandardWebhooksSecret
{
    private const int MaxBytes = 64;
    private const int MinBytes = 24;
    private const int NewBytes = 32;
    private const string Prefix = "whsec_";
    private const string Fix = $"Use '{Prefix}' followed by the base64 of 24 to 64 random bytes, or leave the secret out to have one made.";

    // The framework's decoder skips white space, others refuse it: a secret that both sides do not read alike is no good.
    private static readonly SearchValues<char> Base64Chars =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=");

    public static string Generate()
    {
        Span<byte> bytes = stackalloc byte[NewBytes];
        RandomNumberGenerator.Fill(bytes);
        return Prefix + Convert.ToBase64String(bytes);
    }

    /// <summary>Says what is wrong, without any part of the secret.</summary>
    public static string? FindFault(string? secret)
    {
        if (string.IsNullOrEmpty(secret)) return $"The secret is empty. {Fix}";
        if (!secret.StartsWith(Prefix, StringComparison.Ordinal)) return $"The secret does not begin with '{Prefix}'. {Fix}";
        var encoded = secret.AsSpan(Prefix.Length);
        if (encoded.ContainsAnyExcept(Base64Chars)) return $"The secret has a character after '{Prefix}' that is not base64, such as a space, '-' or '_'. {Fix}";
        if (encoded.Length > EncodedLength(MaxBytes)) return $"The secret has more than {MaxBytes} bytes. {Fix}";
        Span<byte> key = stackalloc byte[MaxBytes + 2];
        if (!Convert.TryFromBase64Chars(encoded, key, out var length)) return $"The part of the secret after '{Prefix}' is not base64 with its padding. {Fix}";
        return length switch
        {
            < MinBytes => $"The secret has {length} bytes, fewer than {MinBytes}. {Fix}",
            > MaxBytes => $"The secret has more than {MaxBytes} bytes. {Fix}",
            _ => null,
        };
    }

    /// <summary>Decodes a secret that was found good when it was saved.</summary>
    /// <param name="secret">The secret.</param>
    /// <param name="key">Where the key goes; at least <see cref="MaxBytes"/> long.</param>
    /// <returns>The key's length.</returns>
    public static int Decode(string secret, Span<byte> key)
    {
        if (secret.StartsWith(Prefix, StringComparison.Ordinal)
            && Convert.TryFromBase64Chars(secret.AsSpan(Prefix.Length), key[..MaxBytes], out var length)
            && length >= MinBytes)
            return length;
        throw new InvalidOperationException(FindFault(secret) ?? $"The secret is malformed. {Fix}");
    }

    private static int EncodedLength(int bytes) => (bytes + 2) / 3 * 4;
}
