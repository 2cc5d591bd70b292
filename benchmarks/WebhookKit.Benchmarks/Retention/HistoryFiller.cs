using System.Globalization;
using WebhookKit.Benchmarks.Stores;
using WebhookKit.Tests.Postgres;

namespace WebhookKit.Benchmarks.Retention;

/// <summary>Makes a history that is older than it need be kept: every delivery was published, attempted and settled, every tenth of them twice.</summary>
internal static class HistoryFiller
{
    public const string LastEventId = "old_last";

    private const string Node = "filler";
    private const int Step = 2_000;
    private const int Lanes = 100;
    private const int TwiceEvery = 10;

    private static readonly TimeSpan Lease = TimeSpan.FromHours(1);

    /// <summary>Fills it.</summary>
    /// <param name="database">The connection string.</param>
    /// <param name="deliveries">How many.</param>
    /// <param name="age">How old the first is; each is a millisecond younger than the one before.</param>
    /// <returns>The first to be removed.</returns>
    public static async Task<Guid> FillAsync(string database, int deliveries, TimeSpan age)
    {
        await using var store = new DatabaseStore(database);
        await using var host = await EngineHost.StartAsync(o => o.Dispatch = false, store.Configure);
        var queue = host.Services.GetRequiredService<IDeliveryQueue>();
        await queue.HeartbeatAsync(Node, Lease, CancellationToken.None);
        var leases = await queue.AcquireAsync(Node, [.. Enumerable.Range(0, queue.PartitionCount)], Lease, CancellationToken.None);
        var fences = leases.ToDictionary(l => l.Partition, l => l.Fence);

        var began = TimeProvider.System.GetUtcNow() - age;
        var first = Guid.Empty;
        for (var from = 0; from < deliveries; from += Step)
        {
            WebhookDelivery[] step = [.. Enumerable.Range(from, Math.Min(Step, deliveries - from)).Select(n => Create(n, deliveries, began.AddMilliseconds(n)))];
            if (from == 0) first = step[0].Id;
            await queue.PublishAsync([.. step.Select(Publish)], null, CancellationToken.None);
            var again = step.Where((_, i) => i % TwiceEvery == 0).Select(d => d with { AttemptCount = 1, LastOutcome = AttemptOutcome.TimedOut }).ToDictionary(d => d.Id);
            await queue.SettleAsync([.. again.Values.Select(d => Settle(d, fences))], CancellationToken.None);
            await queue.SettleAsync([.. step.Select(d => Settle(Succeed(again.GetValueOrDefault(d.Id, d)), fences))], CancellationToken.None);
        }

        await queue.LeaveAsync(Node, CancellationToken.None);
        await PostgresSql.ExecuteAsync(database + ";Command Timeout=300", "VACUUM ANALYZE");
        await PostgresSql.ExecuteAsync(database + ";Command Timeout=300", "CHECKPOINT");
        return first;
    }

    private static WebhookDelivery Create(int number, int all, DateTimeOffset at) => new()
    {
        Id = Guid.CreateVersion7(),
        EventId = number == all - 1 ? LastEventId : string.Create(CultureInfo.InvariantCulture, $"old_{number}"),
        EventType = "old.event",
        SubscriptionId = string.Create(CultureInfo.InvariantCulture, $"old-{number % Lanes}"),
        CreatedAt = at,
        DueAt = at,
    };

    private static EventWrite Publish(WebhookDelivery delivery)
    {
        var data = new byte[200];
        data.AsSpan().Fill((byte)'1');
        var webhookEvent = new WebhookEvent { Id = delivery.EventId, Type = delivery.EventType, OccurredAt = delivery.CreatedAt, Data = data };
        return new EventWrite(webhookEvent, [delivery], null) { PublishedAt = delivery.CreatedAt };
    }

    private static WebhookDelivery Succeed(WebhookDelivery delivery) => delivery with
    {
        Status = DeliveryStatus.Succeeded,
        AttemptCount = delivery.AttemptCount + 1,
        CompletedAt = delivery.CreatedAt,
        LastOutcome = AttemptOutcome.Succeeded,
        LastStatusCode = 200,
    };

    private static Settlement Settle(WebhookDelivery delivery, Dictionary<int, long> fences)
    {
        var partition = Partitioner.GetPartition(delivery.SubscriptionId, fences.Count);
        return new Settlement
        {
            Partition = partition,
            Fence = fences[partition],
            SubscriptionId = delivery.SubscriptionId,
            Deliveries = [delivery],
            Attempt = new DeliveryAttempt
            {
                MessageId = delivery.EventId,
                StartedAt = delivery.CreatedAt,
                Duration = TimeSpan.FromMilliseconds(20),
                Outcome = delivery.LastOutcome!.Value,
                StatusCode = delivery.LastStatusCode,
            },
        };
    }
}
