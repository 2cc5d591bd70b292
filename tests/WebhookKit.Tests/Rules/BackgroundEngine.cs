using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using WebhookKit.Testing;

namespace WebhookKit.Tests.Rules;

/// <summary>The engine with its loops in the background, as in a host, but on a manual clock and with a scripted receiver.</summary>
internal sealed class BackgroundEngine : IAsyncDisposable
{
    private readonly ServiceProvider _services;
    private readonly ManualTimeProvider _clock;

    private BackgroundEngine(ServiceProvider services, ManualTimeProvider clock, ScriptedReceiver receiver)
    {
        _services = services;
        _clock = clock;
        Receiver = receiver;
    }

    public ScriptedReceiver Receiver { get; }

    public ManualTimeProvider Clock => _clock;

    public IWebhookPublisher Publisher => _services.GetRequiredService<IWebhookPublisher>();

    public IWebhookSubscriptions Subscriptions => _services.GetRequiredService<IWebhookSubscriptions>();

    public IWebhookDeliveries Deliveries => _services.GetRequiredService<IWebhookDeliveries>();

    public IServiceProvider Services => _services;

    public static async Task<BackgroundEngine> StartAsync(Action<IWebhooksBuilder>? configure = null)
    {
        var engine = Create(configure);
        await engine.StartAsync();
        return engine;
    }

    /// <summary>The same, with its loops not yet started.</summary>
    public static BackgroundEngine Create(Action<IWebhooksBuilder>? configure = null, ManualTimeProvider? sharedClock = null)
    {
        var clock = sharedClock ?? new ManualTimeProvider();
        var receiver = new ScriptedReceiver(clock);
        var services = new ServiceCollection();
        services.AddSingleton<TimeProvider>(clock);
        var webhooks = services.AddWebhooks(o => o.AllowUnknownEventTypes = true);
        configure?.Invoke(webhooks);
        webhooks.HttpClient.ConfigurePrimaryHttpMessageHandler(() => receiver);
        return new BackgroundEngine(services.BuildServiceProvider(), clock, receiver);
    }

    public async Task StartAsync()
    {
        foreach (var hosted in _services.GetServices<IHostedService>()) await hosted.StartAsync(default);
    }

    /// <summary>Moves the clock on in steps until a condition holds; the loops run between the steps.</summary>
    public async Task AdvanceUntilAsync(Func<bool> condition, TimeSpan? step = null)
    {
        // A bound on steps, not on time: a step is small against every interval of the engine.
        for (var steps = 0; steps < 10_000; steps++)
        {
            for (var tries = 0; tries < 20; tries++)
            {
                if (condition()) return;
                await Task.Yield();
            }

            // On a busy machine a thread of the engine may be held up within what it is doing, and the clock must not run away from it.
            await Task.Delay(1);
            _clock.Advance(step ?? TimeSpan.FromMilliseconds(100));
        }

        throw new InvalidOperationException("The condition was never met.");
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        foreach (var hosted in _services.GetServices<IHostedService>()) await hosted.StopAsync(cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await StopAsync(now.Token);
        await _services.DisposeAsync();
    }
}
