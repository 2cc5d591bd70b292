using System.Buffers;
using System.Security.Cryptography;
using System.Text;

namespace WebhookKit.Signing;

/// <summary>
/// The bytes <c>{id}.{timestamp}.{body}</c> in a rented buffer, put together once however many secrets hash them: one call of the
/// platform's one-shot HMAC is faster than feeding it in pieces, and allocates nothing.
/// </summary>
internal readonly ref struct SignedContent : IDisposable
{
    private readonly byte[] _buffer;
    private readonly int _length;

    public SignedContent(string id, string timestamp, ReadOnlySpan<byte> body)
    {
        _buffer = ArrayPool<byte>.Shared.Rent(checked(Encoding.UTF8.GetMaxByteCount(id.Length) + timestamp.Length + body.Length + 2));
        var at = Encoding.UTF8.GetBytes(id, _buffer);
        _buffer[at++] = (byte)'.';
        at += Encoding.ASCII.GetBytes(timestamp, _buffer.AsSpan(at));
        _buffer[at++] = (byte)'.';
        body.CopyTo(_buffer.AsSpan(at));
        _length = at + body.Length;
    }

    public void Hash(ReadOnlySpan<byte> key, Span<byte> hash) => HMACSHA256.HashData(key, _buffer.AsSpan(0, _length), hash);

    public void Dispose() => ArrayPool<byte>.Shared.Return(_buffer);
}
