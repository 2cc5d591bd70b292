using System.Buffers;
using System.Security.Cryptography;
using System.Text;

namespace WebhookKit.Signing;

/// <summary>
/// The bytes that a signature is over, such as <c>{id}.{timestamp}.{body}</c>, in a rented buffer, put together once however many
/// secrets hash them: one call of the platform's one-shot HMAC is faster than feeding it in pieces, and allocates nothing.
/// </summary>
internal readonly ref struct SignedContent : IDisposable
{
    private readonly byte[]? _rented;
    private readonly ReadOnlySpan<byte> _content;

    /// <param name="prefix">What stands before the body; its pieces are put together without a space.</param>
    /// <param name="body">The body.</param>
    public SignedContent(ReadOnlySpan<string> prefix, ReadOnlySpan<byte> body)
    {
        if (prefix.IsEmpty)
        {
            _content = body;
            return;
        }

        var length = body.Length;
        foreach (var piece in prefix) length = checked(length + Encoding.UTF8.GetByteCount(piece));
        _rented = ArrayPool<byte>.Shared.Rent(length);
        var at = 0;
        foreach (var piece in prefix) at += Encoding.UTF8.GetBytes(piece, _rented.AsSpan(at));
        body.CopyTo(_rented.AsSpan(at));
        _content = _rented.AsSpan(0, length);
    }

    /// <summary>Hashes it with the text of a secret as the key, as most dialects do.</summary>
    /// <returns>The hash's length.</returns>
    public int Hash(HashAlgorithmName algorithm, string secret, Span<byte> hash)
    {
        Span<byte> key = stackalloc byte[TextSecret.MaxBytes];
        return Hash(algorithm, key[..TextSecret.Encode(secret, key)], hash);
    }

    /// <summary>Hashes it with HMAC.</summary>
    /// <returns>The hash's length.</returns>
    public int Hash(HashAlgorithmName algorithm, ReadOnlySpan<byte> key, Span<byte> hash) =>
        // The usual one, without looking it up by its name.
        algorithm == HashAlgorithmName.SHA256 ? HMACSHA256.HashData(key, _content, hash) : CryptographicOperations.HmacData(algorithm, key, _content, hash);

    public void Dispose()
    {
        if (_rented is not null) ArrayPool<byte>.Shared.Return(_rented);
    }
}
