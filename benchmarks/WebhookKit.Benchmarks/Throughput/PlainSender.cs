using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Unicode;

namespace WebhookKit.Benchmarks.Throughput;

/// <summary>
/// Signs a body and sends it, over connections set as the engine sets its own, and with nothing of the library: a yardstick must not
/// change with what is measured.
/// </summary>
internal sealed class PlainSender : IDisposable
{
    private static readonly byte[] Key = Convert.FromBase64String("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo=");

    private readonly HttpClient _client;

    public PlainSender()
    {
        // The engine's settings, its deadline included.
        _client = new HttpClient(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            ActivityHeadersPropagator = null,
        })
        { Timeout = TimeSpan.FromSeconds(15) };
        _client.DefaultRequestHeaders.UserAgent.ParseAdd("WebhookKit");
    }

    /// <summary>Sends it once.</summary>
    /// <exception cref="HttpRequestException">It was not accepted.</exception>
    public async Task SendAsync(string messageId, Uri url, ReadOnlyMemory<byte> body)
    {
        using var message = CreateMessage(messageId, url, body);
        using var response = await _client.SendAsync(message, HttpCompletionOption.ResponseHeadersRead);
        response.EnsureSuccessStatusCode();
    }

    public void Dispose() => _client.Dispose();

    private static HttpRequestMessage CreateMessage(string messageId, Uri url, ReadOnlyMemory<byte> body)
    {
        var content = new ReadOnlyMemoryContent(body);
        content.Headers.TryAddWithoutValidation("Content-Type", "application/json");
        var message = new HttpRequestMessage(HttpMethod.Post, url) { Content = content };
        var timestamp = DateTimeOffset.UtcNow.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        message.Headers.TryAddWithoutValidation("webhook-id", messageId);
        message.Headers.TryAddWithoutValidation("webhook-timestamp", timestamp);
        message.Headers.TryAddWithoutValidation("webhook-signature", Sign(messageId, timestamp, body.Span));
        return message;
    }

    /// <summary>Signs by Standard Webhooks, without more copies and allocations than it takes.</summary>
    private static string Sign(string messageId, string timestamp, ReadOnlySpan<byte> body)
    {
        var length = messageId.Length + timestamp.Length + 2 + body.Length;
        var content = ArrayPool<byte>.Shared.Rent(length);
        Utf8.TryWrite(content, $"{messageId}.{timestamp}.", out var written);
        body.CopyTo(content.AsSpan(written));
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(Key, content.AsSpan(0, length), hash);
        ArrayPool<byte>.Shared.Return(content);
        Span<char> signature = stackalloc char[3 + (HMACSHA256.HashSizeInBytes + 2) / 3 * 4];
        "v1,".CopyTo(signature);
        Convert.TryToBase64Chars(hash, signature[3..], out _);
        return new string(signature);
    }
}
