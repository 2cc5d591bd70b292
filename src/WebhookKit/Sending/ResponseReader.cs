using System.Buffers;
using System.Text;

namespace WebhookKit.Sending;

/// <summary>Reads the first part of an answer's body, and no more.</summary>
internal static class ResponseReader
{
    public static ValueTask<string?> ReadAsync(HttpContent content, int maxBytes, CancellationToken cancellationToken) =>
        maxBytes == 0 || content.Headers.ContentLength == 0 ? ValueTask.FromResult<string?>(null) : ReadBodyAsync(content, maxBytes, cancellationToken);

    private static async ValueTask<string?> ReadBodyAsync(HttpContent content, int maxBytes, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(maxBytes);
        try
        {
            await using var stream = await content.ReadAsStreamAsync(cancellationToken);
            var read = await stream.ReadAtLeastAsync(buffer.AsMemory(0, maxBytes), maxBytes, throwOnEndOfStream: false, cancellationToken);

            // Databases refuse U+0000 in text.
            return read == 0 ? null : Encoding.UTF8.GetString(buffer, 0, read).Replace('\0', '\uFFFD');
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
