using System.Diagnostics;
using System.Globalization;
using WebhookKit.Benchmarks.Receiving;
using WebhookKit.Benchmarks.Stores;
using WebhookKit.Benchmarks.Throughput;

namespace WebhookKit.Benchmarks.FanOut;

/// <summary>An engine with many subscriptions to one type of event.</summary>
internal sealed class FanOutHost : IAsyncDisposable
{
    private const int Concurrency = 64;
    private const int Creators = 64;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(1);
    private static readonly string EventType = EngineSide.EventType(0);

    private readonly EngineHost _host;
    private readonly SettledCounter _settled;
    private readonly Payload _payload = Payload.For(EventType);
    private int _subscriptions;

    private FanOutHost(EngineHost host, SettledCounter settled) => (_host, _settled) = (host, settled);

    public static async Task<FanOutHost> StartAsync(BenchStore store)
    {
        var settled = new SettledCounter();
        return new FanOutHost(
            await EngineHost.StartAsync(
                o => o.MaxConcurrency = Concurrency,
                webhooks =>
                {
                    webhooks.Services.AddSingleton<IWebhookObserver>(settled);
                    store.Configure(webhooks);
                }),
            settled);
    }

    /// <summary>Adds subscriptions until there are so many.</summary>
    public async Task GrowAsync(ReceiverProcess receiver, int subscriptions)
    {
        var url = receiver.Url(0, "hook");
        await Parallel.ForAsync(_subscriptions, subscriptions, new ParallelOptions { MaxDegreeOfParallelism = Creators }, async (i, cancellationToken) =>
            await _host.Subscriptions.CreateAsync(
                new NewWebhookSubscription { Id = string.Create(CultureInfo.InvariantCulture, $"subscription-{i}"), Url = url, EventTypes = [EventType] }, cancellationToken));
        _subscriptions = subscriptions;
    }

    /// <summary>Publishes some events, one after another once the one before is delivered to all.</summary>
    /// <returns>The time until each was published, and until each was delivered and settled everywhere.</returns>
    public async Task<(double[] Published, double[] Delivered)> PublishAsync(int events)
    {
        var (published, delivered) = (new double[events], new double[events]);
        for (var i = 0; i < events; i++)
        {
            var before = _settled.Count;
            var began = Stopwatch.GetTimestamp();
            var receipt = await _host.Publisher.PublishAsync(EventType, _payload);
            published[i] = Stopwatch.GetElapsedTime(began).TotalMilliseconds;
            if (receipt.Deliveries != _subscriptions) throw new InvalidOperationException($"{receipt.Deliveries} deliveries were made for {_subscriptions} subscriptions.");
            while (_settled.Count - before < _subscriptions) await Task.Delay(Pause);
            delivered[i] = Stopwatch.GetElapsedTime(began).TotalMilliseconds;
        }

        return (published, delivered);
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();
}
