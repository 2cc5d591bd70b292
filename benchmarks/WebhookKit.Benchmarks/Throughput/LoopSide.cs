namespace WebhookKit.Benchmarks.Throughput;

/// <summary>
/// What somebody would write who needs no more than speed: so many workers, each signing and sending one request after another. It
/// gets its bodies ready made, and nothing of it is stored, matched, retried or noted down.
/// </summary>
internal sealed class LoopSide : ISide, IDisposable
{
    private static readonly ISigner Signer = WebhookProfiles.StandardWebhooks.Signer!;

    private readonly Uri[] _urls;
    private readonly byte[][] _bodies;
    private readonly WebhookSecret[] _secrets = [new() { Value = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo=" }];
    private readonly int _concurrency;
    private readonly HttpClient _client;
    private int _started;

    public LoopSide(Uri[] urls, int concurrency)
    {
        _urls = urls;
        _bodies = [.. urls.Select((_, i) => Payload.BodyOf(EngineSide.EventType(i), Payload.For(EngineSide.EventType(i))))];
        _concurrency = concurrency;

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

    public Task SendAsync(int requests)
    {
        _started = 0;
        return Task.WhenAll(Enumerable.Range(0, _concurrency).Select(_ => Task.Run(() => WorkAsync(requests))));
    }

    public void Dispose() => _client.Dispose();

    private async Task WorkAsync(int requests)
    {
        while (Interlocked.Increment(ref _started) is var number && number <= requests)
        {
            using var message = CreateMessage(number % _urls.Length);
            using var response = await _client.SendAsync(message, HttpCompletionOption.ResponseHeadersRead);
            response.EnsureSuccessStatusCode();
        }
    }

    private HttpRequestMessage CreateMessage(int endpoint)
    {
        var content = new ReadOnlyMemoryContent(_bodies[endpoint]);
        content.Headers.TryAddWithoutValidation("Content-Type", "application/json");
        var message = new HttpRequestMessage(HttpMethod.Post, _urls[endpoint]) { Content = content };
        var headers = new WebhookHeaders();
        Signer.Sign(
            new SigningContext
            {
                MessageId = "msg_" + Guid.CreateVersion7().ToString("N"),
                Timestamp = DateTimeOffset.UtcNow,
                AttemptNumber = 1,
                Method = message.Method,
                Uri = message.RequestUri!,
                Body = _bodies[endpoint],
                Secrets = _secrets,
            },
            headers);
        for (var i = 0; i < headers.Count; i++) message.Headers.TryAddWithoutValidation(headers[i].Key, headers[i].Value);
        return message;
    }
}
