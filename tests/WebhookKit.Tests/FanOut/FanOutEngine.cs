using System.Security.Cryptography;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using WebhookKit.Testing;

namespace WebhookKit.Tests.FanOut;

/// <summary>An engine on the system's clock, as real databases have it, whose requests are never answered: what has begun stays under way.</summary>
internal sealed class FanOutEngine : IAsyncDisposable
{
    private readonly ServiceProvider _services;

    public FanOutEngine(BufferWatch watch, Action<IWebhooksBuilder> configure)
    {
        var receiver = new ScriptedReceiver(TimeProvider.System);
        receiver.Default.Hang();
        var services = new ServiceCollection();
        var webhooks = services.AddWebhooks(o =>
        {
            o.AllowUnknownEventTypes = true;
            o.AttemptTimeout = TimeSpan.FromMinutes(5);
            o.LeaseDuration = TimeSpan.FromMinutes(10);
        });
        webhooks.AddProfile(WebhookProfiles.StandardWebhooks with { Name = "watched", Format = watch, Timeout = TimeSpan.FromMinutes(5) });
        configure(webhooks);
        webhooks.HttpClient.ConfigurePrimaryHttpMessageHandler(() => receiver);
        _services = services.BuildServiceProvider();
    }

    /// <summary>Lets its loops begin.</summary>
    public async Task StartAsync()
    {
        foreach (var hosted in _services.GetServices<IHostedService>()) await hosted.StartAsync(default);
    }

    public Task SubscribeAsync(int count) => Task.WhenAll(Enumerable.Range(0, count).Select(i =>
        _services.GetRequiredService<IWebhookSubscriptions>().CreateAsync(
            new NewWebhookSubscription { Url = new Uri($"https://example.com/{i}"), EventTypes = ["*"], Profile = "watched" }).AsTask()));

    /// <summary>Publishes one event with random text, which no store can make much smaller.</summary>
    /// <returns>How many deliveries it has.</returns>
    public async Task<int> PublishAsync(int bytes)
    {
        var text = Convert.ToHexString(RandomNumberGenerator.GetBytes(bytes / 2));
        return (await _services.GetRequiredService<IWebhookPublisher>().PublishAsync("order.created", new { text })).Deliveries;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var hosted in _services.GetServices<IHostedService>()) await hosted.StopAsync(new CancellationToken(canceled: true));
        await _services.DisposeAsync();
    }
}
