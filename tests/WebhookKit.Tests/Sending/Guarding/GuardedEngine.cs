using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using WebhookKit.Sending.Guarding;
using WebhookKit.Testing;

namespace WebhookKit.Tests.Sending.Guarding;

/// <summary>The whole engine with its own HTTP client, whose connections are real: only the clock and the DNS are the test's.</summary>
internal sealed class GuardedEngine : IAsyncDisposable
{
    public const string Host = "hooks.example.com";
    private readonly ServiceProvider _services;

    private GuardedEngine(ServiceProvider services) => _services = services;

    public required ManualTimeProvider Clock { get; init; }

    public IWebhookSubscriptions Subscriptions => _services.GetRequiredService<IWebhookSubscriptions>();

    public IWebhookPublisher Publisher => _services.GetRequiredService<IWebhookPublisher>();

    public IWebhookDeliveries Deliveries => _services.GetRequiredService<IWebhookDeliveries>();

    public static async Task<GuardedEngine> StartAsync(IHostResolver resolver, Action<WebhookOptions>? options = null, Action<IWebhooksBuilder>? configure = null)
    {
        var clock = new ManualTimeProvider();
        var services = new ServiceCollection();
        services.AddSingleton<TimeProvider>(clock);
        services.AddSingleton(resolver);
        var builder = services.AddWebhooks(o =>
        {
            o.AllowUnknownEventTypes = true;
            o.Dispatch = false;
            o.Guard.AllowHttp = true;
            options?.Invoke(o);
        });
        builder.AddProfile(Rules.Engine.Exact);
        configure?.Invoke(builder);
        var engine = new GuardedEngine(services.BuildServiceProvider()) { Clock = clock };
        foreach (var hosted in engine._services.GetServices<IHostedService>()) await hosted.StartAsync(CancellationToken.None);
        return engine;
    }

    /// <summary>Subscribes a URL, by default the one of <see cref="Host"/> at a port.</summary>
    public ValueTask<WebhookSubscription> SubscribeAsync(int port, string scheme = "http") => SubscribeAsync($"{scheme}://{Host}:{port}/hooks");

    public ValueTask<WebhookSubscription> SubscribeAsync(string url, string? profile = null) =>
        Subscriptions.CreateAsync(new NewWebhookSubscription { Url = new Uri(url), EventTypes = ["*"], Profile = profile ?? Rules.Engine.Exact.Name });

    /// <summary>Publishes an event and delivers it to the one subscription.</summary>
    /// <returns>The last attempt.</returns>
    public async Task<DeliveryAttempt> DeliverAsync()
    {
        await Publisher.PublishAsync("a.b", new { number = 1 });
        await Deliveries.DrainAsync();
        return await LastAttemptAsync();
    }

    public async Task<DeliveryAttempt> LastAttemptAsync()
    {
        var delivery = (await Deliveries.ListAsync(new DeliveryQuery { Limit = 1 })).Items.Single();
        return (await Deliveries.GetAttemptsAsync(delivery.Id))[^1];
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var hosted in _services.GetServices<IHostedService>()) await hosted.StopAsync(CancellationToken.None);
        await _services.DisposeAsync();
    }
}
