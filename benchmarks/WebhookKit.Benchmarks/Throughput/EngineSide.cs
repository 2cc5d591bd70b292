using System.Globalization;
using WebhookKit.Benchmarks.Stores;

namespace WebhookKit.Benchmarks.Throughput;

/// <summary>The engine: a few publishers, each publishing one event after another, and one subscription for each URL.</summary>
internal sealed class EngineSide : ISide, IAsyncDisposable
{
    /// <summary>How many deliveries may be pending: more would only measure how long a queue can get.</summary>
    public const int MaxPending = 1_000;

    private const int Creators = 64;

    /// <summary>How many events a publisher publishes between two looks at that.</summary>
    private const int Stride = 32;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);

    private readonly EngineHost _host;
    private readonly SettledCounter? _settled;
    private readonly int _publishers;
    private readonly int _maxPending;
    private readonly Payload[] _payloads;
    private readonly string[] _eventTypes;
    private readonly bool[] _isUsed;
    private int _started;
    private long _startedBefore;
    private long _published;

    private EngineSide(EngineHost host, SettledCounter? settled, int publishers, int endpoints, int maxPending)
    {
        _host = host;
        _settled = settled;
        _publishers = publishers;
        _maxPending = maxPending;
        _eventTypes = [.. Enumerable.Range(0, endpoints).Select(EventType)];
        _payloads = [.. _eventTypes.Select(Payload.For)];
        _isUsed = new bool[endpoints];
    }

    public static string EventType(int endpoint) => string.Create(CultureInfo.InvariantCulture, $"subscriber.created{endpoint}");

    /// <summary>Starts it.</summary>
    /// <param name="urls">Where each event type goes.</param>
    /// <param name="concurrency">How many requests may be under way at once, over all.</param>
    /// <param name="store">What it is kept in.</param>
    /// <param name="batching">How events are batched; null for a request each.</param>
    /// <param name="maxPending">How many deliveries may be pending.</param>
    /// <param name="time">Its time; null for the system's.</param>
    public static async Task<EngineSide> StartAsync(
        Uri[] urls, int concurrency, BenchStore store, BatchingOptions? batching = null, int maxPending = MaxPending, TimeProvider? time = null)
    {
        var settled = new SettledCounter();
        var host = await EngineHost.StartAsync(o => o.MaxConcurrency = concurrency, webhooks =>
        {
            if (!store.CountsItself) webhooks.Services.AddSingleton<IWebhookObserver>(settled);
            if (time is not null) webhooks.Services.AddSingleton(time);
            store.Configure(webhooks);
        });
        await Parallel.ForAsync(0, urls.Length, new ParallelOptions { MaxDegreeOfParallelism = Creators }, async (i, cancellationToken) =>
        {
            // The lanes' limits add up to the whole, where there are not more of them.
            var share = (concurrency * (i + 1) / urls.Length) - (concurrency * i / urls.Length);
            await host.Subscriptions.CreateAsync(
                new NewWebhookSubscription { Url = urls[i], EventTypes = [EventType(i)], MaxConcurrency = Math.Max(1, share), Batching = batching }, cancellationToken);
        });

        return new EngineSide(host, store.CountsItself ? null : settled, store.Publishers, urls.Length, maxPending);
    }

    public IServiceProvider Services => _host.Services;

    /// <summary>How many endpoints something has been published for since <see cref="ForgetUsed"/>.</summary>
    public int Used => _isUsed.Count(isUsed => isUsed);

    /// <summary>Counts them anew.</summary>
    public void ForgetUsed() => Array.Clear(_isUsed);

    /// <summary>Goes round the endpoints, on from where the last call ended: there may be more of them than requests.</summary>
    public async Task SendAsync(int requests)
    {
        _started = 0;
        await Task.WhenAll(Enumerable.Range(0, _publishers).Select(_ => Task.Run(() => PublishAsync(requests))));
        await WhenDeliveredAsync();
        _startedBefore += requests;
    }

    /// <summary>Publishes one event for an endpoint.</summary>
    public async ValueTask PublishOneAsync(int endpoint)
    {
        Interlocked.Increment(ref _published);
        _isUsed[endpoint] = true;
        await _host.Publisher.PublishAsync(_eventTypes[endpoint], _payloads[endpoint]);
    }

    /// <summary>Completes when everything published is delivered and settled.</summary>
    public async Task WhenDeliveredAsync()
    {
        while (await CountPendingAsync() > 0) await Task.Delay(Pause);
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    private ValueTask<long> CountPendingAsync() => _settled is null ? _host.CountPendingAsync() : new(Interlocked.Read(ref _published) - _settled.Count);

    private async Task PublishAsync(int requests)
    {
        for (var mine = 0; Interlocked.Increment(ref _started) is var number && number <= requests; mine++)
        {
            if (mine % Stride == 0)
            {
                while (await CountPendingAsync() >= _maxPending) await Task.Delay(Pause);
            }

            await PublishOneAsync((int)((_startedBefore + number) % _eventTypes.Length));
        }
    }
}
