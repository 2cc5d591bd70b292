using System.Net;
using WebhookKit.Testing;

namespace WebhookKit.Portal.Tests.Demo;

/// <summary>Endpoints all over the world that answer at once, while the clock is moved by the time that they take.</summary>
internal sealed class PretendReceivers(ManualTimeProvider clock) : HttpMessageHandler
{
    private readonly Random _random = new(7);
    private readonly Lock _lock = new();

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var (status, least, most, body) = request.RequestUri!.Host switch
        {
            "hooks.warehouse.example.com" => (200, 700, 2400, "{\"status\":\"queued\"}"),
            "erp.example.com" => (500, 20, 90, "<h1>Server Error in '/erp' Application.</h1>"),
            "partner.example.org" => (_random.Next(4) == 0 ? 503 : 204, 120, 480, ""),
            _ => (200, 35, 160, "{\"received\":true}"),
        };
        lock (_lock) clock.Advance(TimeSpan.FromMilliseconds(_random.Next(least, most)));
        return Task.FromResult(new HttpResponseMessage((HttpStatusCode)status) { Content = new StringContent(body), RequestMessage = request });
    }
}
