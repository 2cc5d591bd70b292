using Microsoft.Data.Sqlite;
using NUnit.Framework;
using WebhookKit.Sqlite;

namespace WebhookKit.Tests.Storage.Sqlite;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class SqliteRunTests : RunTests, IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    /// <summary>Each reading of what is due looks through them all.</summary>
    [Test]
    public async Task ListDueLanesAsync_ManyRuns_LeavesSomethingPendingInFewOfThem()
    {
        var store = await StartAsync();
        for (var i = 0; i < 80; i++) await PublishAsync(store, 4, from: 4 * i);
        Assert.That(await CountAsync("webhook_run_state WHERE pending > 0"), Is.EqualTo(80));

        await store.ListDueLanesAsync([0], DateTimeOffset.MaxValue, default);

        Assert.That(await CountAsync("webhook_run_state WHERE pending > 0"), Is.EqualTo(64));
        Assert.That(await CountAsync("webhook_delivery WHERE status = 0"), Is.EqualTo(64), "those of the oldest 16");
    }

    [Test]
    public async Task PublishAsync_OneEventForFourSubscriptions_IsOneRun()
    {
        var store = await StartAsync();
        var write = Writes(1)[0];
        string[] lanes = ["a", "b", "c", "d"];
        WebhookDelivery[] deliveries = [.. lanes.Select(lane => write.Deliveries[0] with { Id = Guid.CreateVersion7(), SubscriptionId = lane })];
        await store.PublishAsync([write with { Deliveries = deliveries }], null, default);

        Assert.That(await CountAsync("webhook_run"), Is.EqualTo(1));
        Assert.That(await CountAsync("webhook_delivery"), Is.Zero);
        var read = await store.ReadAsync([.. lanes.Select(lane => new LaneRead(lane, 10, InSequence: false))], default);
        Assert.That(read.Select(r => r.Single().Delivery), Is.EqualTo(deliveries));
    }

    [Test]
    public async Task PublishAsync_IdThatARowHasInALaterRun_IsRefused()
    {
        var store = await StartAsync();
        var taken = (await PublishAsync(store, 1, from: 2_000))[0].Id;
        var writes = Writes(600).Select(w => w with { Deliveries = [w.Deliveries[0] with { Id = Guid.CreateVersion7(Now.AddMilliseconds(2_000)) }] }).ToArray();
        writes[550] = writes[550] with { Deliveries = [writes[550].Deliveries[0] with { Id = taken }] };

        await Assert.ThatAsync(async () => await store.PublishAsync(writes, null, default), Throws.ArgumentException.With.Message.Contains("'e550'"));

        Assert.That(await CountAsync("webhook_delivery"), Is.EqualTo(1));
        Assert.That(await CountAsync("webhook_run"), Is.Zero);
    }

    [Test]
    public async Task PublishAsync_TwoToOneSubscriptionOfWhichOneIsARow_IsRefused()
    {
        var store = await StartAsync();
        var writes = Writes(5);
        var delivery = writes[4].Deliveries[0];
        writes[4] = writes[4] with { Deliveries = [delivery, delivery with { Id = Guid.CreateVersion7(), ExpiresAt = Now.AddHours(1) }] };

        await Assert.ThatAsync(async () => await store.PublishAsync(writes, null, default), Throws.ArgumentException);

        Assert.That(await CountAsync("webhook_event"), Is.Zero);
    }

    /// <summary>A run knows events by their numbers: that of one which is gone must not become another's.</summary>
    [Test]
    public async Task PurgeAsync_LatestEventOfARun_ItsNumberIsNotGivenAgain()
    {
        var store = await StartAsync();
        var deliveries = await PublishAsync(store, 5);
        foreach (var delivery in deliveries.Skip(1))
        {
            // Moved to a row, and gone with it.
            await store.SettleAsync([Fail(store, delivery)], default);
            await store.CancelAsync(delivery.Id, Now, default);
        }

        var query = new PurgeQuery { SucceededBefore = Now, FailedBefore = Now.AddDays(1), AttemptsBefore = Now.AddDays(1), EventsBefore = Now.AddDays(1), Limit = 100 };
        while (await store.PurgeAsync(query, default) > 0)
        {
            // Events go when nothing remembers them any more.
        }

        Assert.That(await CountAsync("webhook_event"), Is.EqualTo(2), "the first, which is pending, and the latest");
        await PublishAsync(store, 9, from: 10);

        Assert.That(await CountAsync("webhook_event WHERE seq < 6"), Is.EqualTo(2));
        Assert.That((await store.ListDeliveriesAsync(new DeliveryQuery { EventId = deliveries[0].EventId, Limit = 9 }, default)).Items, Is.EqualTo([deliveries[0]]));
    }

    [Test]
    public async Task PurgeAsync_OneIsPendingForLong_RemovesWhatWasPublishedWithIt()
    {
        var store = await StartAsync();
        var deliveries = await PublishAsync(store, 6);
        await store.SettleAsync([.. deliveries.Skip(1).Select(d => Succeed(store, d))], default);
        var query = new PurgeQuery { SucceededBefore = Now.AddDays(1), FailedBefore = Now, AttemptsBefore = Now, EventsBefore = Now.AddDays(-1), Limit = 100 };

        Assert.That(await store.PurgeAsync(query with { SucceededBefore = Now }, default), Is.Zero, "none is old enough");
        Assert.That(await CountAsync("webhook_run"), Is.EqualTo(1));
        Assert.That(await store.PurgeAsync(query, default), Is.EqualTo(5));

        Assert.That(await CountAsync("webhook_run"), Is.Zero);
        Assert.That((await store.ListDeliveriesAsync(new DeliveryQuery { Limit = 9 }, default)).Items, Is.EqualTo([deliveries[0]]));
    }

    /// <summary>Ids far from each other are in runs of their own: the list goes through all of them in order.</summary>
    [TestCase(null)]
    [TestCase(1)]
    public async Task ListDeliveriesAsync_OneEventInSeveralRuns_LeavesNothingOut(int? maxListSteps)
    {
        var store = await StartAsync(maxListSteps);
        var write = Writes(1)[0];
        WebhookDelivery[] deliveries = [.. "xam".SelectMany((lane, far) => Enumerable.Range(1, 4).Select(i =>
            write.Deliveries[0] with { Id = Guid.CreateVersion7(Now.AddSeconds(20 * far)), SubscriptionId = $"{lane}{i}" }))];
        await store.PublishAsync([write with { Deliveries = deliveries }], null, default);
        Assert.That(await CountAsync("webhook_run"), Is.EqualTo(3));

        var expected = deliveries.OrderByDescending(static d => d.SubscriptionId, StringComparer.Ordinal).ToArray();
        Assert.That(await ListAsync(store, new DeliveryQuery { Limit = 3 }), Is.EqualTo(expected));
        Assert.That(await ListAsync(store, new DeliveryQuery { EventId = write.Event.Id, Limit = 3 }), Is.EqualTo(expected));
    }

    protected override IWebhookStore Open(int? maxListSteps) => new SqliteWebhookStore(
        new SqliteStoreOptions { ConnectionString = _folder.ConnectionString }, TimeProvider.System, maxListSteps: maxListSteps ?? SqliteWebhookStore.MaxListSteps);

    protected override async Task<long> CountAsync(string table)
    {
        await using var connection = new SqliteConnection($"{_folder.ConnectionString};Pooling=False");
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = $"SELECT count(*) FROM {table}";
        return (long)(await command.ExecuteScalarAsync())!;
    }
}
