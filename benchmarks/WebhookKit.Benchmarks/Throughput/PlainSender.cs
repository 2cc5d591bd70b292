namespace WebhookKit.Benchmarks.Throughput;

/// <summary>Signs a body and sends it, over connections set as the engine sets its own, and with nothing else of it.</summary>
internal sealed class PlainSender : IDisposable
{
    private static readonly ISigner Signer = WebhookProfiles.StandardWebhooks.Signer!;

    private readonly WebhookSecret[] _secrets = [new() { Value = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo=" }];
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

    private HttpRequestMessage CreateMessage(string messageId, Uri url, ReadOnlyMemory<byte> body)
    {
        var content = new ReadOnlyMemoryContent(body);
        content.Headers.TryAddWithoutValidation("Content-Type", "application/json");
        var message = new HttpRequestMessage(HttpMethod.Post, url) { Content = content };
        var headers = new WebhookHeaders();
        Signer.Sign(
            new SigningContext
            {
                MessageId = messageId,
                Timestamp = DateTimeOffset.UtcNow,
                AttemptNumber = 1,
                Method = message.Method,
                Uri = url,
                Body = body,
                Secrets = _secrets,
            },
            headers);
        for (var i = 0; i < headers.Count; i++) message.Headers.TryAddWithoutValidation(headers[i].Key, headers[i].Value);
        return message;
    }
}
