namespace WebhookKit.Sending;

/// <summary>
/// Sends through the named HTTP client's handlers, with its default headers and version. It does without the client's own time limit
/// and buffering, which would cost a linked token and a timer a request: an attempt has a deadline of its own.
/// </summary>
internal sealed class HttpSender(IHttpClientFactory clients, IHttpMessageHandlerFactory handlers) : IDisposable
{
    /// <summary>The name of the HTTP client that sends all requests.</summary>
    public const string ClientName = "WebhookKit";

    private readonly Lazy<HttpClientDefaults> _defaults = new(() => HttpClientDefaults.Of(clients.CreateClient(ClientName)));
    private readonly Lazy<HttpMessageInvoker> _handlers = new(() => new HttpMessageInvoker(handlers.CreateHandler(ClientName), disposeHandler: false));

    /// <summary>Sends a request; the answer's body is left to be read.</summary>
    public Task<HttpResponseMessage> SendAsync(HttpRequestMessage message, CancellationToken cancellationToken)
    {
        _defaults.Value.Apply(message);
        return _handlers.Value.SendAsync(message, cancellationToken);
    }

    public void Dispose()
    {
        if (_handlers.IsValueCreated) _handlers.Value.Dispose();
    }
}
