using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;
using WebhookKit.Sending.Guarding;
using WebhookKit.Testing;
using WebhookKit.Tests.Rules;

namespace WebhookKit.Tests.Sending;

/// <summary>HTTP clients beside the usual one, by subscription and by profile.</summary>
public sealed class HttpClientTests
{
    [Test]
    public async Task Deliver_ClientNamed_GoesThroughIt()
    {
        ConcurrentDictionary<string, ScriptedReceiver> receivers = new();
        await using var harness = await Engine.StartAsync(configure: webhooks =>
        {
            webhooks.AddProfile(Engine.Exact with { Name = "bank", HttpClient = "bank" });
            foreach (var name in (string[])["bank", "lab"])
            {
                webhooks.AddHttpClient(name).ConfigurePrimaryHttpMessageHandler(services =>
                    receivers[name] = new ScriptedReceiver(services.GetRequiredService<TimeProvider>()));
            }
        });
        await Engine.SubscribeAsync(harness);
        await Engine.SubscribeAsync(harness, s => s with { Profile = "bank" });
        await Engine.SubscribeAsync(harness, s => s with { Profile = "bank", HttpClient = "lab" });
        await harness.PublishAsync();
        await harness.DrainAsync();
        Assert.Multiple(() =>
        {
            Assert.That(harness.Requests, Has.Count.EqualTo(1));
            Assert.That(receivers["bank"].Requests, Has.Count.EqualTo(1));
            Assert.That(receivers["lab"].Requests, Has.Count.EqualTo(1));
            Assert.That(receivers["lab"].Requests[0].Headers["User-Agent"], Is.EqualTo("WebhookKit"));
        });
    }

    [Test]
    public async Task CreateAsync_UnknownClient_IsRefused()
    {
        await using var harness = await Engine.StartAsync(configure: webhooks => webhooks.AddHttpClient("bank"));
        await Assert.ThatAsync(
            async () => await Engine.SubscribeAsync(harness, s => s with { HttpClient = "bnak" }),
            Throws.TypeOf<WebhookValidationException>().With.Message.Contains("There is no HTTP client 'bnak'. Add it with AddHttpClient(…), or use one of bank."));
    }

    [Test]
    public async Task Start_ProfileNamesUnknownClient_IsRefused() => await Assert.ThatAsync(
        async () => await Engine.StartAsync(Engine.Exact with { HttpClient = "bank" }),
        Throws.Exception.With.Message.Contains("The profile 'exact': There is no HTTP client 'bank'. Add it with AddHttpClient(…)."));

    [Test]
    public async Task Handler_OfAnAddedClient_IsGuardedAndCanBeChanged()
    {
        SocketsHttpHandler? seen = null;
        await using var harness = await Engine.StartAsync(configure: webhooks => webhooks.AddHttpClient("bank")
            .ConfigurePrimaryHttpMessageHandler((handler, _) => seen = (SocketsHttpHandler)handler));
        harness.Services.GetRequiredService<IHttpMessageHandlerFactory>().CreateHandler(WebhookKit.Sending.HttpSender.NameOf("bank"));
        Assert.Multiple(() =>
        {
            Assert.That(seen!.ConnectCallback!.Target, Is.TypeOf<GuardedConnector>());
            Assert.That(seen.AllowAutoRedirect, Is.False);
            Assert.That(seen.UseCookies, Is.False);
            Assert.That(seen.UseProxy, Is.False);
            Assert.That(seen.AutomaticDecompression, Is.EqualTo(System.Net.DecompressionMethods.None));
        });
    }

    [Test]
    public async Task Deliver_ClientIsGone_WaitsAndSendsNothingUnguarded()
    {
        await using var harness = await Engine.StartAsync();
        var subscription = await Engine.SubscribeAsync(harness);
        await harness.Services.GetRequiredService<IWebhookStore>().UpdateSubscriptionAsync(subscription with { HttpClient = "bank" }, default);
        await harness.PublishAsync();
        await harness.AdvanceAsync(TimeSpan.FromHours(1));
        var delivery = await harness.DeliveryAsync();
        Assert.That((delivery.Status, delivery.AttemptCount, harness.Requests.Count), Is.EqualTo((DeliveryStatus.Pending, 0, 0)));
    }

    [Test]
    public async Task Deliver_HttpWasAllowedWhenSaved_IsBlockedOnceItIsNot()
    {
        await using var harness = await Engine.StartAsync();
        var subscription = await Engine.SubscribeAsync(harness);
        await harness.Services.GetRequiredService<IWebhookStore>().UpdateSubscriptionAsync(subscription with { Url = new Uri("http://example.com/") }, default);
        await harness.PublishAsync();
        await harness.DrainAsync();
        var attempt = (await harness.Deliveries.GetAttemptsAsync((await harness.DeliveryAsync()).Id)).Single();
        Assert.That(attempt.Outcome, Is.EqualTo(AttemptOutcome.Blocked));
        Assert.That(attempt.Error, Does.Contain("begins with http, which is not allowed"));
        Assert.That(harness.Requests, Is.Empty);
    }

    [TestCase("2.0", HttpVersionPolicy.RequestVersionOrHigher)]
    [TestCase("3.0", HttpVersionPolicy.RequestVersionOrLower)]
    [TestCase("3.0", HttpVersionPolicy.RequestVersionExact)]
    public async Task Deliver_HostAsksForHttp3_GetsTwoForTheGuardIsNotAskedBeyond(string version, HttpVersionPolicy policy)
    {
        (Version, HttpVersionPolicy) seen = default;
        await using var harness = await Engine.StartAsync(configure: webhooks => webhooks.HttpClient.ConfigureHttpClient(client =>
        {
            client.DefaultRequestVersion = new Version(version);
            client.DefaultVersionPolicy = policy;
        }).AddHttpMessageHandler(() => new Seeing(message => seen = (message.Version, message.VersionPolicy))));
        await Engine.SubscribeAsync(harness);
        await harness.PublishAsync();
        await harness.DrainAsync();
        Assert.That(seen.Item1, Is.EqualTo(new Version(2, 0)));
        Assert.That(seen.Item2, Is.Not.EqualTo(HttpVersionPolicy.RequestVersionOrHigher));
    }

    [Test]
    public async Task Deliver_HandlersOfAllTheHostsClients_AreNotForWebhooks()
    {
        var isSeen = false;
        await using var harness = await Engine.StartAsync(configure: webhooks =>
            webhooks.Services.ConfigureHttpClientDefaults(defaults => defaults.AddHttpMessageHandler(() => new Seeing(_ => isSeen = true))));
        await Engine.SubscribeAsync(harness);
        await harness.PublishAsync();
        await harness.DrainAsync();
        Assert.That((harness.Requests.Count, isSeen), Is.EqualTo((1, false)));
    }

    private sealed class Seeing(Action<HttpRequestMessage> see) : DelegatingHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            see(request);
            return base.SendAsync(request, cancellationToken);
        }
    }
}
