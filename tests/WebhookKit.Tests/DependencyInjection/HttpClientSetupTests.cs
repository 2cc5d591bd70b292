using System.Net;
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
    public async Task Client_ByDefault_LeavesTheDeadlineToTheAttempt()
    {
        await using var provider = Build();

        using var client = provider.GetRequiredService<IHttpClientFactory>().CreateClient(HttpSender.ClientName);

        Assert.That(client.Timeout, Is.EqualTo(Timeout.InfiniteTimeSpan));
        Assert.That(client.DefaultRequestHeaders.ToString().Trim(), Is.EqualTo("User-Agent: WebhookKit"));
    }

    private static ServiceProvider Build()
    {
        var services = new ServiceCollection();
        services.AddWebhooks();
        return services.BuildServiceProvider();
    }

    private static HttpMessageHandler Innermost(HttpMessageHandler handler) =>
        handler is DelegatingHandler { InnerHandler: { } inner } ? Innermost(inner) : handler;
}
