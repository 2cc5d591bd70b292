using NUnit.Framework;
using WebhookKit.PostgreSql;

namespace WebhookKit.Tests.Storage.PostgreSql;

/// <summary>The server answers some statements before it has written everything: what fails then must not pass for done.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class PostgreSqlLateFaultTests : PostgreSqlFixture
{
    private const string Lane = "lane";

    private static readonly DateTimeOffset Now = new(2026, 5, 4, 3, 2, 1, TimeSpan.Zero);

    [Test]
    public async Task PublishAsync_TableThatTakesNothing_Throws(
        [Values("webhook_event", "webhook_delivery", "webhook_run")] string table, [Values] bool hasNewIds)
    {
        await using var store = await StartAsync();
        await BrokenTable.BreakAsync(Schema, table);
        EventWrite[] writes = [.. Enumerable.Range(0, table == "webhook_run" ? 9 : 2).Select(i => Write(i) with { HasNewId = hasNewIds })];

        await Assert.ThatAsync(async () => await store.PublishAsync(writes, null, default), Throws.TypeOf<WebhookStoreException>());

        Assert.That(await ScalarAsync<long>($"SELECT count(*) FROM {Schema.Name}.webhook_event"), Is.Zero);
    }

    [Test]
    public async Task SettleAsync_TableThatTakesNothing_Throws([Values(1, 9)] int published)
    {
        await using var store = await StartAsync();
        EventWrite[] writes = [.. Enumerable.Range(0, published).Select(Write)];
        await store.PublishAsync(writes, null, default);
        await BrokenTable.BreakAsync(Schema, published == 1 ? "webhook_batch_text" : "webhook_run");
        WebhookDelivery[] settled = [.. writes.Select(w => w.Deliveries[0] with
        {
            Status = DeliveryStatus.Succeeded, AttemptCount = 1, CompletedAt = Now, LastOutcome = AttemptOutcome.Succeeded, BatchId = "batch",
        })];

        await Assert.ThatAsync(async () => await store.SettleAsync([Settle(store, settled)], default), Throws.TypeOf<WebhookStoreException>());

        Assert.That((await store.ReadAsync([new LaneRead(Lane, 99, InSequence: false)], default))[0], Has.Count.EqualTo(published));
    }

    [Test]
    public async Task PublishAsync_NewEventWhoseDeliveryHasATakenId_IsRefused()
    {
        await using var store = await StartAsync();
        var first = Write(1);
        await store.PublishAsync([first], null, default);
        var second = Write(2) with { HasNewId = true };
        second = second with { Deliveries = [second.Deliveries[0] with { Id = first.Deliveries[0].Id }] };

        await Assert.ThatAsync(async () => await store.PublishAsync([second], null, default), Throws.ArgumentException);

        Assert.That(await ScalarAsync<long>($"SELECT count(*) FROM {Schema.Name}.webhook_event"), Is.EqualTo(1));
    }

    private static EventWrite Write(int number)
    {
        var delivery = new WebhookDelivery { Id = Guid.CreateVersion7(Now), EventId = $"e{number}", EventType = "a.b", SubscriptionId = Lane, CreatedAt = Now, DueAt = Now };
        return new EventWrite(new WebhookEvent { Id = $"e{number}", Type = "a.b", Data = "{}"u8.ToArray() }, [delivery], null) { PublishedAt = Now };
    }

    private static Settlement Settle(PostgreSqlWebhookStore store, WebhookDelivery[] deliveries) => new()
    {
        Partition = Partitioner.GetPartition(Lane, store.PartitionCount),
        Fence = 1,
        SubscriptionId = Lane,
        Deliveries = deliveries.Length > 1 ? deliveries : [deliveries[0], deliveries[0] with { Id = Guid.CreateVersion7() }],
        Attempt = new DeliveryAttempt
        {
            MessageId = "batch",
            BatchSize = 2,
            StartedAt = Now,
            Duration = TimeSpan.Zero,
            Outcome = AttemptOutcome.Succeeded,
            ResponseBody = "fine",
        },
    };

    private async Task<PostgreSqlWebhookStore> StartAsync()
    {
        var store = CreateStore();
        await store.InitializeAsync(default);
        await store.HeartbeatAsync("node", TimeSpan.FromHours(1), default);
        await store.AcquireAsync("node", [.. Enumerable.Range(0, store.PartitionCount)], TimeSpan.FromHours(1), default);
        return store;
    }
}
