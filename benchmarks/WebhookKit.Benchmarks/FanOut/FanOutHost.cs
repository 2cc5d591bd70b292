using System.Diagnostics;
using WebhookKit.Benchmarks.Receiving;
using WebhookKit.Benchmarks.Stores;
using WebhookKit.Benchmarks.Throughput;

namespace WebhookKit.Benchmarks.FanOut;

/// <summary>An engine with types of events that have one subscription, ten, and so on: each has an event type by its number of them.</summary>
internal sealed class FanOutHost : IAsyncDisposable
{
    private const int Concurrency = 64;
    private const int Creators = 64;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(1);

    private readonly EngineHost _host;
    private readonly SettledCounter _settled;
    private readonly int _publishers;
    private long _owed;

    private FanOutHost(EngineHost host, SettledCounter settled, int publishers) => (_host, _settled, _publishers) = (host, settled, publishers);

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
            settled,
            store.Publishers);
    }

    /// <summary>Adds an event type with so many subscriptions.</summary>
    public async Task SubscribeAsync(ReceiverProcess receiver, int subscriptions)
    {
        var url = receiver.Url(0, "hook");
        await Parallel.ForAsync(0, subscriptions, new ParallelOptions { MaxDegreeOfParallelism = Creators }, async (_, cancellationToken) =>
            await _host.Subscriptions.CreateAsync(
                new NewWebhookSubscription { Url = url, EventTypes = [EngineSide.EventType(subscriptions)], MaxConcurrency = Concurrency }, cancellationToken));
    }

    /// <summary>Publishes one event after another, each when the one before is delivered everywhere.</summary>
    /// <returns>The time until each was published, in milliseconds.</returns>
    public async Task<double[]> PublishSinglyAsync(int subscriptions, int events)
    {
        var published = new double[events];
        for (var i = 0; i < events; i++)
        {
            var began = Stopwatch.GetTimestamp();
            await PublishAsync(subscriptions);
            published[i] = Stopwatch.GetElapsedTime(began).TotalMilliseconds;
            await WhenPendingBelowAsync(1);
        }

        return published;
    }

    /// <summary>Publishes events as fast as they are delivered.</summary>
    /// <returns>The time until all are delivered and settled, in milliseconds.</returns>
    public async Task<double> PublishAllAsync(int subscriptions, int events)
    {
        var limit = Math.Max(EngineSide.MaxPending, 2 * subscriptions);
        var started = 0;
        var began = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, _publishers).Select(_ => Task.Run(async () =>
        {
            while (Interlocked.Increment(ref started) <= events)
            {
                await WhenPendingBelowAsync(limit);
                await PublishAsync(subscriptions);
            }
        })));
        await WhenPendingBelowAsync(1);
        return Stopwatch.GetElapsedTime(began).TotalMilliseconds;
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    private async Task PublishAsync(int subscriptions)
    {
        var type = EngineSide.EventType(subscriptions);
        Interlocked.Add(ref _owed, subscriptions);
        var receipt = await _host.Publisher.PublishAsync(type, Payload.For(type));
        if (receipt.Deliveries != subscriptions) throw new InvalidOperationException($"{receipt.Deliveries} deliveries were made for {subscriptions} subscriptions.");
    }

    private async Task WhenPendingBelowAsync(int limit)
    {
        while (Interlocked.Read(ref _owed) - _settled.Count >= limit) await Task.Delay(Pause);
    }
}
