using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace WebhookKit.AspNetCore.Receiving;

/// <summary>Reads a body of bounded size into an array of its own, which events and their handlers may keep.</summary>
internal static class RequestBody
{
    private const int FirstSize = 4096;

    /// <summary>Reads it.</summary>
    /// <returns>The body; <see langword="null"/> when it is larger than it may be.</returns>
    public static async ValueTask<ReadOnlyMemory<byte>?> ReadAsync(HttpContext context, int maxBytes)
    {
        var request = context.Request;
        if (request.ContentLength > maxBytes) return null;

        // The server has a limit of its own, which may be lower.
        if (maxBytes > ServerLimit && context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit) limit.MaxRequestBodySize = maxBytes;
        return request.ContentLength is { } length
            ? await ReadExactlyAsync(request.Body, (int)length, context.RequestAborted)
            : await ReadToEndAsync(request.Body, maxBytes, context.RequestAborted);
    }

    /// <summary>What servers take unless they are told otherwise, or less.</summary>
    private const int ServerLimit = 16 * 1024 * 1024;

    private static async ValueTask<ReadOnlyMemory<byte>?> ReadExactlyAsync(Stream stream, int length, CancellationToken cancellationToken)
    {
        if (length == 0) return ReadOnlyMemory<byte>.Empty;
        var body = GC.AllocateUninitializedArray<byte>(length);
        var at = 0;
        for (int read; at < length && (read = await stream.ReadAsync(body.AsMemory(at), cancellationToken)) > 0;) at += read;
        return body.AsMemory(0, at);
    }

    private static async ValueTask<ReadOnlyMemory<byte>?> ReadToEndAsync(Stream stream, int maxBytes, CancellationToken cancellationToken)
    {
        var body = new byte[Math.Min(FirstSize, maxBytes + 1)];
        var at = 0;
        for (int read; (read = await stream.ReadAsync(body.AsMemory(at), cancellationToken)) > 0;)
        {
            at += read;
            if (at > maxBytes) return null;
            if (at == body.Length) Array.Resize(ref body, (int)Math.Min(2L * at, maxBytes + 1L));
        }

        return body.AsMemory(0, at);
    }
}
