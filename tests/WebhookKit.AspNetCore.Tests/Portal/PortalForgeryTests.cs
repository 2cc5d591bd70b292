using System.Net;
using System.Text;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;

namespace WebhookKit.AspNetCore.Tests.Portal;

/// <summary>What another site can make a signed-in browser send changes nothing.</summary>
internal sealed class PortalForgeryTests
{
    private const string Json = "application/json";

    [TestCase(Json, null, null, 201)]
    [TestCase("Application/JSON; charset=utf-8", null, null, 201)]
    [TestCase(Json, "http://localhost", null, 201)]
    [TestCase(Json, null, "same-origin", 201)]
    [TestCase(Json, "http://localhost", "same-origin", 201)]
    [TestCase(Json, null, "none", 201)]
    [TestCase(Json, "https://evil.example", null, 403)]
    [TestCase(Json, "http://localhost.evil.example", null, 403)]
    [TestCase(Json, "http://localhost:8080", null, 403)]
    [TestCase(Json, "null", null, 403)]
    [TestCase(Json, null, "cross-site", 403)]
    [TestCase(Json, null, "same-site", 403)]
    [TestCase(Json, "http://localhost", "cross-site", 403)]
    [TestCase("text/plain", null, null, 415)]
    [TestCase("application/x-www-form-urlencoded", null, null, 415)]
    [TestCase("multipart/form-data; boundary=x", null, null, 415)]
    [TestCase("text/plain; a=application/json", null, null, 415)]
    [TestCase(null, null, null, 415)]
    public async Task Create_FromSomewhere_IsAnswered(string? contentType, string? origin, string? site, int status)
    {
        await using var app = await PortalServer.StartAsync();
        using var request = Request(HttpMethod.Post, "", contentType, origin, site, """{"url":"https://example.com/","events":["subscriber.created"]}""");
        using var answer = await app.GetTestClient().SendAsync(request);
        Assert.That((int)answer.StatusCode, Is.EqualTo(status), await answer.Content.ReadAsStringAsync());
        var stored = await app.Services.GetRequiredService<IWebhookSubscriptions>().CountAsync(new SubscriptionQuery());
        Assert.That(stored, Is.EqualTo(status == 201 ? 1 : 0));
    }

    [TestCase("POST", "/enable")]
    [TestCase("POST", "/disable")]
    [TestCase("POST", "/rotate-secret")]
    [TestCase("POST", "/test")]
    [TestCase("PUT", "")]
    [TestCase("DELETE", "")]
    public async Task Change_FromAnotherSite_IsRefused(string method, string action)
    {
        await using var app = await PortalServer.StartAsync();
        var subscriptions = app.Services.GetRequiredService<IWebhookSubscriptions>();
        var webhook = await subscriptions.CreateAsync(new NewWebhookSubscription { Url = new Uri("https://example.com/"), EventTypes = ["subscriber.created"] });
        using var request = Request(new HttpMethod(method), $"/{webhook.Id}{action}", Json, "https://evil.example", "cross-site", "{}");
        using var answer = await app.GetTestClient().SendAsync(request);
        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.Forbidden));
        Assert.That((await subscriptions.GetAsync(webhook.Id))!.Version, Is.EqualTo(webhook.Version));
    }

    [Test]
    public async Task Read_FromAnotherSite_CannotBeEmbedded()
    {
        await using var app = await PortalServer.StartAsync();
        using var request = Request(HttpMethod.Get, "", null, "https://evil.example", "cross-site", null);
        using var answer = await app.GetTestClient().SendAsync(request);
        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.OK), "A GET changes nothing; the browser keeps its answer from the other site.");
        Assert.That(answer.Headers.GetValues("Cross-Origin-Resource-Policy"), Is.EqualTo(new[] { "same-origin" }));
        Assert.That(answer.Headers.Contains("Access-Control-Allow-Origin"), Is.False);
    }

    [TestCase("shop.example:443", "https://shop.example", 201)]
    [TestCase("shop.example", "https://shop.example", 201)]
    [TestCase("SHOP.example:8443", "https://shop.example:8443", 201)]
    [TestCase("[::1]:5000", "http://[::1]:5000", 201)]
    [TestCase("shop.example:8443", "https://shop.example", 403)]
    public async Task Create_OriginAndHost_AreCompared(string host, string origin, int status)
    {
        await using var app = await PortalServer.StartAsync();
        using var request = Request(HttpMethod.Post, "", Json, origin, null, """{"url":"https://example.com/","events":["subscriber.created"]}""");
        request.Headers.Host = host;
        using var answer = await app.GetTestClient().SendAsync(request);
        Assert.That((int)answer.StatusCode, Is.EqualTo(status));
    }

    private static HttpRequestMessage Request(HttpMethod method, string path, string? contentType, string? origin, string? site, string? body)
    {
        var request = new HttpRequestMessage(method, $"/webhooks/api{path}");
        if (body is not null)
        {
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
            if (contentType is not null) request.Content.Headers.TryAddWithoutValidation("Content-Type", contentType);
        }

        if (origin is not null) request.Headers.TryAddWithoutValidation("Origin", origin);
        if (site is not null) request.Headers.TryAddWithoutValidation("Sec-Fetch-Site", site);
        return request;
    }
}
