using WebhookKit.Benchmarks.Receiving;
using WebhookKit.Benchmarks.Stores;
using WebhookKit.Benchmarks.Throughput;

namespace WebhookKit.Benchmarks.FanOut;

/// <summary>What a process holds for one large event that is pending for very many subscriptions: its data once, and a little for each of them.</summary>
internal static class HeldBytes
{
    public const int Subscriptions = 10_000;
    public const int Data = 100_000;

    private const int Creators = 64;
    private const int Concurrency = 64;
    private static readonly TimeSpan Start = TimeSpan.FromSeconds(1);

    /// <summary>Publishes it to an endpoint that hangs, and looks when the requests are under way.</summary>
    /// <returns>By how many bytes the heap has grown.</returns>
    public static async Task<long> MeasureAsync(ReceiverProcess receiver, BenchStore store)
    {
        await using var host = await EngineHost.StartAsync(o => o.MaxConcurrency = Concurrency, store.Configure);
        var (type, url) = (EngineSide.EventType(0), receiver.Url(0, "hang"));
        await Parallel.ForAsync(0, Subscriptions, new ParallelOptions { MaxDegreeOfParallelism = Creators }, async (_, cancellationToken) =>
            await host.Subscriptions.CreateAsync(new NewWebhookSubscription { Url = url, EventTypes = [type] }, cancellationToken));

        // The first of its kind has everything made that is made once; nobody subscribes to it.
        await host.Publisher.PublishAsync("nobody.listens", LargePayload());
        await Task.Delay(Start);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        await host.Publisher.PublishAsync(type, LargePayload());
        await Task.Delay(Start);
        var after = GC.GetTotalMemory(forceFullCollection: true);
        return await host.CountPendingAsync() == Subscriptions ? after - before : throw new InvalidOperationException("Not all of it is pending.");
    }

    private static Payload LargePayload() => Payload.For("") with { Notes = new string('n', Data) };
}
