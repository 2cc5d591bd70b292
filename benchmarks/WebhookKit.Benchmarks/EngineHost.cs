using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace WebhookKit.Benchmarks;

/// <summary>A host with the engine in it, as an application has it, without log output.</summary>
internal sealed class EngineHost : IAsyncDisposable
{
    private readonly IHost _host;
    private readonly IDeliveryQueue _queue;
    private readonly int[] _partitions;

    private EngineHost(IHost host)
    {
        _host = host;
        Publisher = host.Services.GetRequiredService<IWebhookPublisher>();
        Subscriptions = host.Services.GetRequiredService<IWebhookSubscriptions>();
        _queue = host.Services.GetRequiredService<IDeliveryQueue>();
        _partitions = [.. Enumerable.Range(0, _queue.PartitionCount)];
    }

    public IServiceProvider Services => _host.Services;

    public IWebhookPublisher Publisher { get; }

    public IWebhookSubscriptions Subscriptions { get; }

    public static async Task<EngineHost> StartAsync(Action<WebhookOptions>? options = null, Action<IWebhooksBuilder>? configure = null)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
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
        return new EngineHost(host);
    }

    /// <summary>How many deliveries are stored and neither delivered nor given up.</summary>
    public async ValueTask<long> CountPendingAsync() => (await _queue.MeasureAsync(_partitions, CancellationToken.None)).Pending;

    /// <summary>Stops at once: what is under way is interrupted.</summary>
    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync(new CancellationToken(canceled: true));
        _host.Dispose();
    }
}
