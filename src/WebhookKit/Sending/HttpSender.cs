using System.Collections.Concurrent;

namespace WebhookKit.Sending;

/// <summary>
/// Sends through the named HTTP clients' handlers, with their default headers and version. It does without a client's own time limit
/// and buffering, which would cost a linked token and a timer a request: an attempt has a deadline of its own.
/// </summary>
internal sealed class HttpSender(IHttpClientFactory clients, IHttpMessageHandlerFactory handlers, ClientNames names) : IDisposable
{
    /// <summary>The name of the HTTP client that sends all requests, unless a subscription or its profile names another.</summary>
    public const string ClientName = "WebhookKit";

    private readonly Lazy<Client> _usual = new(() => Create(clients, handlers, ClientName));
    private readonly ConcurrentDictionary<string, Client> _others = new(StringComparer.Ordinal);

    /// <summary>The name under which the framework knows a client that the host has added.</summary>
    public static string NameOf(string added) => $"{ClientName}.{added}";

    /// <summary>Finds a client, and makes it if it is asked for for the first time: what fails then is the host's fault.</summary>
    /// <exception cref="InvalidOperationException">The host has no such client (any more): the factory would make one without the guard.</exception>
    public Client Find(string? clientName)
    {
        if (clientName is null) return _usual.Value;
        return names.FindFault(clientName) is { } fault
            ? throw new InvalidOperationException(fault)
            : _others.GetOrAdd(clientName, name => Create(clients, handlers, NameOf(name)));
    }

    public void Dispose()
    {
        if (_usual.IsValueCreated) _usual.Value.Dispose();
        foreach (var client in _others.Values) client.Dispose();
    }

    private static Client Create(IHttpClientFactory clients, IHttpMessageHandlerFactory handlers, string name) => new(
        HttpClientDefaults.Of(clients.CreateClient(name)), new HttpMessageInvoker(handlers.CreateHandler(name), disposeHandler: false));

    /// <summary>A client that sends requests.</summary>
    internal sealed class Client(HttpClientDefaults defaults, HttpMessageInvoker handlers) : IDisposable
    {
        /// <summary>Sends a request; the answer's body is left to be read.</summary>
        public Task<HttpResponseMessage> SendAsync(HttpRequestMessage message, CancellationToken cancellationToken)
        {
            defaults.Apply(message);
            return handlers.SendAsync(message, cancellationToken);
        }

        public void Dispose() => handlers.Dispose();
    }
}
