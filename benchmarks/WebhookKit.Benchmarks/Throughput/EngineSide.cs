using System.Globalization;

namespace WebhookKit.Benchmarks.Throughput;

/// <summary>The engine: a few publishers, each publishing one event after another, and one subscription for each URL.</summary>
internal sealed class EngineSide : ISide, IAsyncDisposable
{
    private const int Publishers = 8;

    /// <summary>How many deliveries may be pending: more would only measure how long a queue can get.</summary>
    public const int MaxPending = 1_000;

    /// <summary>How many events a publisher publishes between two looks at that.</summary>
    private const int Stride = 32;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);

    private readonly EngineHost _host;
    private readonly Payload[] _payloads;
    private readonly string[] _eventTypes;
    private int _started;

    private EngineSide(EngineHost host, int endpoints)
    {
        _host = host;
        _eventTypes = [.. Enumerable.Range(0, endpoints).Select(EventType)];
        _payloads = [.. _eventTypes.Select(Payload.For)];
    }

    public static string EventType(int endpoint) => string.Create(CultureInfo.InvariantCulture, $"subscriber.created{endpoint}");

    /// <summary>Starts it.</summary>
    /// <param name="urls">Where each event type goes.</param>
    /// <param name="concurrency">How many requests may be under way at once, over all.</param>
    public static async Task<EngineSide> StartAsync(Uri[] urls, int concurrency)
    {
        var host = await EngineHost.StartAsync();
        for (var i = 0; i < urls.Length; i++)
        {
            // The lanes' limits add up to the whole.
            var share = (concurrency * (i + 1) / urls.Length) - (concurrency * i / urls.Length);
            await host.Subscriptions.CreateAsync(new NewWebhookSubscription { Url = urls[i], EventTypes = [EventType(i)], MaxConcurrency = share });
        }

        return new EngineSide(host, urls.Length);
    }

    public async Task SendAsync(int requests)
    {
        _started = 0;
        await Task.WhenAll(Enumerable.Range(0, Publishers).Select(_ => Task.Run(() => PublishAsync(requests))));
        while (await _host.CountPendingAsync() > 0) await Task.Delay(Pause);
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    private async Task PublishAsync(int requests)
    {
        for (var mine = 0; Interlocked.Increment(ref _started) is var number && number <= requests; mine++)
        {
            if (mine % Stride == 0)
            {
                while (await _host.CountPendingAsync() >= MaxPending) await Task.Delay(Pause);
            }

            var endpoint = number % _eventTypes.Length;
            await _host.Publisher.PublishAsync(_eventTypes[endpoint], _payloads[endpoint]);
        }
    }
}
