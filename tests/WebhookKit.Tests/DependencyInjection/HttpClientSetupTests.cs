using System.Net;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;
using WebhookKit.Sending;

namespace WebhookKit.Tests.DependencyInjection;

/// <summary>How requests reach strangers when the host changes nothing.</summary>
public sealed class HttpClientSetupTests
{
    [Test]
    public async Task PrimaryHandler_ByDefault_FollowsAndRemembersAndTellsNothing()
    {
        await using var provider = Build();

        var handler = Innermost(provider.GetRequiredService<IHttpMessageHandlerFactory>().CreateHandler(HttpSender.ClientName));

        Assert.That(handler, Is.TypeOf<SocketsHttpHandler>());
        var sockets = (SocketsHttpHandler)handler;
        Assert.Multiple(() =>
        {
            Assert.That(sockets.AllowAutoRedirect, Is.False);
            Assert.That(sockets.UseCookies, Is.False);
            Assert.That(sockets.UseProxy, Is.False);
            Assert.That(sockets.Credentials, Is.Null);
            Assert.That(sockets.PreAuthenticate, Is.False);
            Assert.That(sockets.AutomaticDecompression, Is.EqualTo(DecompressionMethods.None));
            Assert.That(sockets.ActivityHeadersPropagator, Is.Null, "the publisher's baggage stays here");
            Assert.That(sockets.PooledConnectionLifetime, Is.GreaterThan(TimeSpan.Zero).And.LessThanOrEqualTo(TimeSpan.FromMinutes(15)), "changes of DNS are seen");
            Assert.That(sockets.MaxResponseDrainSize, Is.Zero);
            Assert.That(sockets.MaxResponseHeadersLength, Is.LessThanOrEqualTo(64));
            Assert.That(sockets.SslOptions.RemoteCertificateValidationCallback, Is.Null);
        });
    }

    [Test]
    public async Task PrimaryHandler_ProxyInTheEnvironment_IsNotUsed()
    {
        var before = Environment.GetEnvironmentVariable("HTTP_PROXY");
        try
        {
            Environment.SetEnvironmentVariable("HTTP_PROXY", "http://127.0.0.1:9");
            await using var provider = Build();

            var handler = (SocketsHttpHandler)Innermost(provider.GetRequiredService<IHttpMessageHandlerFactory>().CreateHandler(HttpSender.ClientName));

            Assert.That((handler.UseProxy, handler.Proxy), Is.EqualTo((false, (IWebProxy?)null)), "the guard would judge the proxy instead of the target");
            Assert.That(handler.ConnectCallback, Is.Not.Null);
        }
        finally
        {
            Environment.SetEnvironmentVariable("HTTP_PROXY", before);
        }
    }

    [Test]
    public async Task PrimaryHandler_ProxyInTheOptions_IsUsedForEveryHost()
    {
        await using var provider = Build(o => o.Guard.Proxy = new Uri("http://egress.internal:3128"));

        var handler = (SocketsHttpHandler)Innermost(provider.GetRequiredService<IHttpMessageHandlerFactory>().CreateHandler(HttpSender.ClientName));

        Assert.That(handler.UseProxy, Is.True);
        foreach (var url in new[] { "https://example.com/", "http://localhost/", "http://127.0.0.1/", "http://intranet/" })
        {
            Assert.That(handler.Proxy!.IsBypassed(new Uri(url)), Is.False, url);
            Assert.That(handler.Proxy.GetProxy(new Uri(url)), Is.EqualTo(new Uri("http://egress.internal:3128")));
        }
    }

    [Test]
    public async Task Client_ByDefault_LeavesTheDeadlineToTheAttempt()
    {
        await using var provider = Build();

        using var client = provider.GetRequiredService<IHttpClientFactory>().CreateClient(HttpSender.ClientName);

        Assert.That(client.Timeout, Is.EqualTo(Timeout.InfiniteTimeSpan));
        Assert.That(client.DefaultRequestHeaders.ToString().Trim(), Is.EqualTo("User-Agent: WebhookKit"));
    }

    [Test]
    public void Dispose_OnAThreadThatLivesOn_LeavesNothingBehind()
    {
        // The tests of an application make many hosts in one process, often with a clock that knows its host.
        var gone = CreateAndDispose();
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        Assert.That(gone.IsAlive, Is.False);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference CreateAndDispose()
    {
        var services = new ServiceCollection();
        services.AddSingleton<TimeProvider>(static p => new HostClock(p));
        services.AddWebhooks();
        using var provider = services.BuildServiceProvider();
        return new WeakReference(Innermost(provider.GetRequiredService<IHttpMessageHandlerFactory>().CreateHandler(HttpSender.ClientName)));
    }

    private static ServiceProvider Build(Action<WebhookOptions>? configure = null)
    {
        var services = new ServiceCollection();
        services.AddWebhooks(configure);
        return services.BuildServiceProvider();
    }

    private static HttpMessageHandler Innermost(HttpMessageHandler handler) =>
        handler is DelegatingHandler { InnerHandler: { } inner } ? Innermost(inner) : handler;

    private sealed class HostClock(IServiceProvider host) : TimeProvider
    {
        public IServiceProvider Host { get; } = host;
    }
}
