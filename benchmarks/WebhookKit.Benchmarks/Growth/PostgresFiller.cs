using System.Globalization;
using WebhookKit.Benchmarks.Stores;
using WebhookKit.Tests.Postgres;

namespace WebhookKit.Benchmarks.Growth;

/// <summary>Makes a database with very many subscriptions, each with a few deliveries pending.</summary>
internal static class PostgresFiller
{
    private const int Step = 5_000;
    private const string EventType = "backlog.event";

    /// <summary>When the deliveries of those are due whose endpoints are not dead: while this runs, none is.</summary>
    private static readonly TimeSpan NotBefore = TimeSpan.FromHours(6);

    /// <summary>Fills it.</summary>
    /// <param name="database">The connection string.</param>
    /// <param name="dead">How many subscriptions have an endpoint where nobody listens; their deliveries are due.</param>
    /// <param name="waiting">How many have one that is never asked; their deliveries are due much later.</param>
    /// <param name="each">How many deliveries each has.</param>
    public static async Task FillAsync(string database, int dead, int waiting, int each)
    {
        await using var store = new DatabaseStore(database);
        await using var host = await EngineHost.StartAsync(o => o.Dispatch = false, store.Configure);
        await SubscribeAsync(host, database, "dead", dead);
        await SubscribeAsync(host, database, "waiting", waiting);

        var now = TimeProvider.System.GetUtcNow();
        var queue = host.Services.GetRequiredService<IDeliveryQueue>();
        for (var n = 0; n < each; n++)
        {
            await PublishAsync(queue, "dead", dead, n, now);
            await PublishAsync(queue, "waiting", waiting, n, now + NotBefore);
        }

        // As a server leaves it that has had the time: else it would do this while it is measured.
        await PostgresSql.ExecuteAsync(database + ";Command Timeout=300", "VACUUM ANALYZE");
        await PostgresSql.ExecuteAsync(database + ";Command Timeout=300", "CHECKPOINT");
    }

    /// <summary>One as it is made, and copies of it: a change number each, as if they had been made one by one.</summary>
    private static async Task SubscribeAsync(EngineHost host, string database, string name, int count)
    {
        await host.Subscriptions.CreateAsync(new NewWebhookSubscription { Id = IdOf(name, 0), Url = new Uri("http://127.0.0.1:9/"), EventTypes = [EventType] });
        await PostgresSql.ExecuteAsync(database, string.Create(CultureInfo.InvariantCulture, $"""
            INSERT INTO webhooks.webhook_subscription
            SELECT copy.* FROM webhooks.webhook_info i, webhooks.webhook_subscription s, generate_series(1, {count - 1}) n,
                jsonb_populate_record(s, jsonb_build_object('id', '{name}-' || n, 'version', i.change_number + n)) copy
            WHERE s.id = '{IdOf(name, 0)}';
            UPDATE webhooks.webhook_info SET change_number = change_number + {count - 1};
            """));
    }

    private static async Task PublishAsync(IDeliveryQueue queue, string name, int lanes, int number, DateTimeOffset dueAt)
    {
        for (var from = 0; from < lanes; from += Step)
        {
            EventWrite[] writes = [.. Enumerable.Range(from, Math.Min(Step, lanes - from)).Select(lane => Write(IdOf(name, lane), number, dueAt))];
            await queue.PublishAsync(writes, null, CancellationToken.None);
        }
    }

    private static EventWrite Write(string subscriptionId, int number, DateTimeOffset dueAt)
    {
        var now = TimeProvider.System.GetUtcNow();
        var id = string.Create(CultureInfo.InvariantCulture, $"{subscriptionId}_{number}");
        var data = new byte[200];
        data.AsSpan().Fill((byte)'1');
        var delivery = new WebhookDelivery
        {
            Id = Guid.CreateVersion7(),
            EventId = id,
            EventType = EventType,
            SubscriptionId = subscriptionId,
            CreatedAt = now,
            DueAt = dueAt,
        };
        return new EventWrite(new WebhookEvent { Id = id, Type = EventType, OccurredAt = now, Data = data }, [delivery], null) { PublishedAt = now, HasNewId = true };
    }

    private static string IdOf(string name, int number) => string.Create(CultureInfo.InvariantCulture, $"{name}-{number}");
}
