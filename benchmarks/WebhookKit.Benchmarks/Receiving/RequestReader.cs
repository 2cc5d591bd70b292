using System.Buffers.Text;

namespace WebhookKit.Benchmarks.Receiving;

/// <summary>Finds one HTTP/1.1 request in received bytes. Knows just what an HTTP client of this machine sends.</summary>
internal static class RequestReader
{
    /// <summary>Finds the first request.</summary>
    /// <param name="bytes">What has been received.</param>
    /// <param name="path">Its path, without the first slash.</param>
    /// <param name="body">Its body.</param>
    /// <returns>How many bytes it takes; 0 while it is not whole.</returns>
    public static int TryRead(ReadOnlySpan<byte> bytes, out ReadOnlySpan<byte> path, out ReadOnlySpan<byte> body)
    {
        path = body = default;
        var head = bytes.IndexOf("\r\n\r\n"u8);
        if (head < 0) return 0;

        var length = ContentLengthOf(bytes[..head]);
        var end = head + 4 + length;
        if (bytes.Length < end) return 0;

        var target = bytes[(bytes.IndexOf((byte)' ') + 2)..];
        path = target[..target.IndexOf((byte)' ')];
        body = bytes[(head + 4)..end];
        return end;
    }

    private static int ContentLengthOf(ReadOnlySpan<byte> head)
    {
        var at = head.IndexOf("\r\nContent-Length: "u8);
        return at >= 0 && Utf8Parser.TryParse(head[(at + "\r\nContent-Length: ".Length)..], out int length, out _) ? length : 0;
    }
}
