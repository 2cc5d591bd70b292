using System.Globalization;
using WebhookKit.Benchmarks.Stores;

namespace WebhookKit.Benchmarks.Growth;

/// <summary>A history, and a backlog for an endpoint where nobody listens.</summary>
internal static class DeadBacklog
{
    private const int Step = 5_000;
    private const string Dead = "dead";

    public static async Task FillAsync(string file, int pending, int history)
    {
        await using var store = BenchStore.OnFile(file);
        await using var host = await EngineHost.StartAsync(o => o.Dispatch = false, store.Configure);
        await FillAsync(host.Services, pending, history);
    }

    /// <summary>The same in the store of a host.</summary>
    public static async Task FillAsync(IServiceProvider services, int pending, int history)
    {
        await services.GetRequiredService<IWebhookSubscriptions>().CreateAsync(
            new NewWebhookSubscription { Id = Dead, Url = new Uri("http://127.0.0.1:9/"), EventTypes = ["dead.*"] });
        var queue = services.GetRequiredService<IDeliveryQueue>();
        for (var i = 0; i < history; i += Step) await AddAsync(queue, "history", i, DeliveryStatus.Succeeded);
        for (var i = 0; i < pending; i += Step) await AddAsync(queue, Dead, i, DeliveryStatus.Pending);
    }

    private static async Task AddAsync(IDeliveryQueue queue, string subscriptionId, int from, DeliveryStatus status)
    {
        var now = TimeProvider.System.GetUtcNow();
        var data = new byte[200];
        data.AsSpan().Fill((byte)'1');
        var writes = new EventWrite[Step];
        for (var i = 0; i < Step; i++)
        {
            var id = string.Create(CultureInfo.InvariantCulture, $"{subscriptionId}_{from + i}");
            var webhookEvent = new WebhookEvent { Id = id, Type = "dead.event", OccurredAt = now, Data = data };
            var delivery = new WebhookDelivery
            {
                Id = Guid.CreateVersion7(),
                EventId = id,
                EventType = webhookEvent.Type,
                SubscriptionId = subscriptionId,
                Status = status,
                CreatedAt = now,
                DueAt = now,
                CompletedAt = status == DeliveryStatus.Pending ? null : now,
            };
            writes[i] = new EventWrite(webhookEvent, [delivery], null) { PublishedAt = now };
        }

        await queue.PublishAsync(writes, null, CancellationToken.None);
    }
}
