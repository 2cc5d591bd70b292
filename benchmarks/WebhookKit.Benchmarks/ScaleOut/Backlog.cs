using System.Globalization;
using WebhookKit.Benchmarks.Stores;
using WebhookKit.Benchmarks.Throughput;

namespace WebhookKit.Benchmarks.ScaleOut;

/// <summary>Work for all nodes: events that each go to every subscription, of which each partition has as many as any other.</summary>
internal static class Backlog
{
    private const string EventType = "scale.out";
    private const int PerPartition = 4;
    private const int AtOnce = 16;

    public static async Task FillAsync(string database, Uri url, int deliveries)
    {
        await using var store = new DatabaseStore(database);
        await using var host = await EngineHost.StartAsync(o => o.Dispatch = false, store.Configure);
        string[] ids = [.. ChooseIds(host.Services.GetRequiredService<IDeliveryQueue>().PartitionCount)];
        foreach (var id in ids) await host.Subscriptions.CreateAsync(new NewWebhookSubscription { Id = id, Url = url, EventTypes = [EventType] });

        var payload = Payload.For(EventType);
        var left = (deliveries + ids.Length - 1) / ids.Length;
        await Task.WhenAll(Enumerable.Range(0, AtOnce).Select(_ => Task.Run(async () =>
        {
            while (Interlocked.Decrement(ref left) >= 0) await host.Publisher.PublishAsync(EventType, payload);
        })));
    }

    private static IEnumerable<string> ChooseIds(int partitions)
    {
        var missing = Enumerable.Repeat(PerPartition, partitions).ToArray();
        for (var i = 0; missing.Any(m => m > 0); i++)
        {
            var id = string.Create(CultureInfo.InvariantCulture, $"endpoint-{i}");
            if (missing[Partitioner.GetPartition(id, partitions)]-- > 0) yield return id;
        }
    }
}
