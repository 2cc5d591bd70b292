using System.Net;
using Microsoft.Extensions.DependencyInjection;
using WebhookKit.Sending;
using WebhookKit.Sending.Guarding;

namespace WebhookKit.DependencyInjection;

/// <summary>The HTTP client that sends all requests.</summary>
internal static class HttpClientSetup
{
    private const int MaxResponseHeadersKiB = 32;
    private static readonly TimeSpan ConnectionLifetime = TimeSpan.FromMinutes(5);

    /// <summary>The longest deadline that an attempt can have: a connection that nobody waits for any more is given up then.</summary>
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromMinutes(5);

    public static IHttpClientBuilder Add(IServiceCollection services)
    {
        var builder = services.AddHttpClient(HttpSender.ClientName);
        if (services.Any(d => d.ServiceType == typeof(Marker))) return builder;
        services.AddSingleton<Marker>();
        return Configure(builder);
    }

    /// <summary>Makes a client one that may send webhooks.</summary>
    public static IHttpClientBuilder Configure(IHttpClientBuilder builder)
    {
        // The engine logs every attempt in one line and keeps its own deadline. One handler serves for ever: connections are
        // renewed by their lifetime, so that changes of DNS are seen.
        return builder
            .RemoveAllLoggers()

            // What a host adds to all its clients, such as retries of its own, is not for these: an attempt is one request.
            .ConfigureAdditionalHttpMessageHandlers(static (handlers, _) => handlers.Clear())
            .SetHandlerLifetime(Timeout.InfiniteTimeSpan)
            .ConfigureHttpClient(static client =>
            {
                client.Timeout = Timeout.InfiniteTimeSpan;
                client.DefaultRequestHeaders.UserAgent.ParseAdd("WebhookKit");
            })
            .ConfigurePrimaryHttpMessageHandler(static services => services.GetRequiredService<OpenHandlers>().Add(CreateHandler(
                services.GetRequiredService<WebhookOptions>().Guard.Proxy, services.GetRequiredService<GuardedConnector>())));
    }

    private static SocketsHttpHandler CreateHandler(Uri? proxy, GuardedConnector connector)
    {
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = proxy is not null,
            Proxy = proxy is null ? null : new WebProxy(proxy),
            ConnectTimeout = ConnectTimeout,
            PooledConnectionLifetime = ConnectionLifetime,
            MaxResponseHeadersLength = MaxResponseHeadersKiB,
            MaxResponseDrainSize = 0,

            // The default one would send the publisher's baggage, which may hold secrets, to strangers.
            ActivityHeadersPropagator = null,
        };

        // Through a proxy, the connections are to the proxy, which the host has named; it has to guard what lies behind.
        if (proxy is null) handler.ConnectCallback = connector.ConnectAsync;
        return handler;
    }

    private sealed class Marker;
}
