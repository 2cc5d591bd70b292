using Microsoft.Extensions.DependencyInjection;
using WebhookKit.Sending;

namespace WebhookKit.DependencyInjection;

/// <summary>The HTTP client that sends all requests.</summary>
internal static class HttpClientSetup
{
    private const int MaxResponseHeadersKiB = 32;
    private static readonly TimeSpan ConnectionLifetime = TimeSpan.FromMinutes(5);

    public static IHttpClientBuilder Add(IServiceCollection services)
    {
        var builder = services.AddHttpClient(HttpSender.ClientName);
        if (services.Any(d => d.ServiceType == typeof(Marker))) return builder;
        services.AddSingleton<Marker>();

        // The engine logs every attempt in one line and keeps its own deadline. One handler serves for ever: connections are
        // renewed by their lifetime, so that changes of DNS are seen.
        return builder
            .RemoveAllLoggers()
            .SetHandlerLifetime(Timeout.InfiniteTimeSpan)
            .ConfigureHttpClient(static client =>
            {
                client.Timeout = Timeout.InfiniteTimeSpan;
                client.DefaultRequestHeaders.UserAgent.ParseAdd("WebhookKit");
            })
            .ConfigurePrimaryHttpMessageHandler(static () => new SocketsHttpHandler
            {
                AllowAutoRedirect = false,
                UseCookies = false,
                UseProxy = false,
                PooledConnectionLifetime = ConnectionLifetime,
                MaxResponseHeadersLength = MaxResponseHeadersKiB,
                MaxResponseDrainSize = 0,

                // The default one would send the publisher's baggage, which may hold secrets, to strangers.
                ActivityHeadersPropagator = null,
            });
    }

    private sealed class Marker;
}
