using System.Collections.Concurrent;

namespace WebhookKit.FunctionalTests.Hostile;

/// <summary>A redirect leads nowhere: not to a cloud's metadata, and not to any other place.</summary>
public sealed class RedirectTests
{
    [Test]
    public async Task Redirect_ToMetadata_IsNotFollowedAndNothingIsConnectedTo(
        [Values(301, 302, 303, 307, 308)] int status,
        [Values("http://169.254.169.254/latest/meta-data/", "//169.254.169.254/", "http://[fd00:ec2::254]/", "file:///etc/passwd")] string location)
    {
        await using var server = SocketServer.Start(HostileCase.Answer($"HTTP/1.1 {status} Elsewhere\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n"));
        var connectedTo = new ConcurrentBag<string>();

        var attempt = await HostileHost.AttemptOnceAsync(server.Url, HostileCase.Long, w => w.HttpClient.ConfigurePrimaryHttpMessageHandler((handler, _) =>
        {
            var sockets = (SocketsHttpHandler)handler;
            var connect = sockets.ConnectCallback!;
            sockets.ConnectCallback = (context, token) =>
            {
                connectedTo.Add($"{context.DnsEndPoint.Host}:{context.DnsEndPoint.Port}");
                return connect(context, token);
            };
        }));

        Assert.Multiple(() =>
        {
            Assert.That((attempt.Outcome, attempt.StatusCode), Is.EqualTo((AttemptOutcome.ErrorStatus, status)));
            Assert.That(attempt.Error, Does.Contain($"answered {status}, a redirect, which is not followed"));
            Assert.That(connectedTo, Is.EqualTo(new[] { server.Url.Authority }));
        });
    }
}
