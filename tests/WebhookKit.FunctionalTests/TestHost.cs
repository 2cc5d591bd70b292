using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace WebhookKit.FunctionalTests;

/// <summary>A real host with the engine in it.</summary>
internal sealed class TestHost : IAsyncDisposable
{
    private readonly IHost _host;

    private TestHost(IHost host) => _host = host;

    public IWebhookPublisher Publisher => _host.Services.GetRequiredService<IWebhookPublisher>();

    public IWebhookSubscriptions Subscriptions => _host.Services.GetRequiredService<IWebhookSubscriptions>();

    public IWebhookDeliveries Deliveries => _host.Services.GetRequiredService<IWebhookDeliveries>();

    public IServiceProvider Services => _host.Services;

    public static async Task<TestHost> StartAsync(Action<IWebhooksBuilder>? configure = null, Action<WebhookOptions>? options = null)
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        var webhooks = builder.Services.AddWebhooks(o =>
        {
            o.AllowUnknownEventTypes = true;
            options?.Invoke(o);
        });
        webhooks.AllowLoopback();
        configure?.Invoke(webhooks);
        var host = builder.Build();
        await host.StartAsync();
        return new TestHost(host);
    }

    public Task StopAsync(CancellationToken cancellationToken = default) => _host.StopAsync(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
    }
}
