using System.Buffers;
using System.Text;

namespace WebhookKit.Signing;

/// <summary>
/// The bytes that a signature is over, such as <c>{id}.{timestamp}.{body}</c>, in a rented buffer, put together once however many
/// secrets hash them: one call of the platform's HMAC is faster than feeding it in pieces.
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

    /// <summary>Hashes it with a secret as the key.</summary>
    /// <returns>The hash's length.</returns>
    public int Hash(KeyedHashes hashes, string secret, Span<byte> hash) => hashes.Hash(secret, _content, hash);

    public void Dispose()
    {
        if (_rented is not null) ArrayPool<byte>.Shared.Return(_rented);
    }
}
