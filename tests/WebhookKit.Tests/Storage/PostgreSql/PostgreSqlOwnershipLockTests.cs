using NUnit.Framework;
using WebhookKit.PostgreSql;
using WebhookKit.PostgreSql.Connections;

namespace WebhookKit.Tests.Storage.PostgreSql;

/// <summary>Who settles and who takes a partition over see each other, and nobody who stands still is waited for.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class PostgreSqlOwnershipLockTests : PostgreSqlFixture
{
    private static readonly TimeSpan Lease = TimeSpan.FromHours(1);

    private string Partition => $"{Schema.Name}.webhook_partition";

    /// <summary>A node that stands still within a settlement held its partitions' rows, and with them stopped every takeover.</summary>
    [TestCase("FOR SHARE")]
    [TestCase("FOR NO KEY UPDATE")]
    public async Task AcquireAsync_OneIsHeldBySomebody_TakesTheOthersWithoutWaiting(string how)
    {
        await using var store = await StartAsync();
        await using var rival = await RivalTransaction.BeginAsync(Schema.ConnectionString, $"SELECT 1 FROM {Partition} WHERE partition = 7 {how}");

        var taken = await store.AcquireAsync("b", [.. Enumerable.Range(0, 64)], Lease, default);
        Assert.That(taken.Select(l => l.Partition).Order(), Is.EqualTo(Enumerable.Range(0, 64).Where(p => p != 7)));

        await rival.RollbackAsync();
        Assert.That((await store.AcquireAsync("b", [7], Lease, default)).Select(l => l.Partition), Is.EqualTo([7]));
    }

    /// <summary>The server ends it in the end: what it holds is not held for ever.</summary>
    [Test]
    public async Task TransactAsync_Any_IsEndedByTheServerWhenItStandsStill()
    {
        await using var database = new Database(new PostgreSqlStoreOptions { ConnectionString = Schema.ConnectionString, CommandTimeout = TimeSpan.FromSeconds(30) });
        const string show = "SELECT current_setting('idle_in_transaction_session_timeout')";

        var (first, indexed, after) = await database.RunAsync(
            async session =>
            {
                await using var transaction = await session.Connection.BeginTransactionAsync();
                var within = database.Within(session.Connection, transaction);
                var values = (await within.UseIndexed(show).ScalarAsync<string>(default), await within.Use(show).ScalarAsync<string>(default));
                await transaction.CommitAsync();
                return (values.Item1, values.Item2, await session.Use(show).ScalarAsync<string>(default));
            },
            default);
        var other = await database.TransactAsync(session => session.Use(show).ScalarAsync<string>(default), default);

        Assert.That((first, indexed, other), Is.EqualTo(("40s", "40s", "40s")));
        Assert.That(after, Is.EqualTo("0"), "It is left to others as it was.");
    }

    /// <summary>The row is locked before its fence is looked at, so a takeover that is not committed yet is waited for.</summary>
    [Test]
    public async Task SettleAsync_TakeoverNotCommittedYet_WaitsAndIsFenced()
    {
        await using var store = await StartAsync();
        var settlement = await CreateSettlementAsync(store);
        await using var rival = await RivalTransaction.BeginAsync(Schema.ConnectionString, $"UPDATE {Partition} SET owner = 'b', fence = fence + 1 WHERE partition = {settlement.Partition}");

        var settling = store.SettleAsync([settlement], default).AsTask();
        await rival.WhenWaitedForAsync(settling);
        await rival.CommitAsync();

        Assert.That(await settling, Is.EqualTo([SettleResult.Fenced]));
        Assert.That((await store.GetDeliveryAsync(settlement.Deliveries[0].Id, default))!.Status, Is.EqualTo(DeliveryStatus.Pending));
    }

    [Test]
    public async Task SettleAsync_TakeoverRolledBack_WaitsAndIsApplied()
    {
        await using var store = await StartAsync();
        var settlement = await CreateSettlementAsync(store);
        await using var rival = await RivalTransaction.BeginAsync(Schema.ConnectionString, $"UPDATE {Partition} SET owner = 'b', fence = fence + 1 WHERE partition = {settlement.Partition}");

        var settling = store.SettleAsync([settlement], default).AsTask();
        await rival.WhenWaitedForAsync(settling);
        await rival.RollbackAsync();

        Assert.That(await settling, Is.EqualTo([SettleResult.Applied]));
    }

    /// <summary>The other way round: what settles holds its partition until it is stored.</summary>
    [Test]
    public async Task AcquireAsync_SettlementUnderWay_DoesNotTakeItsPartition()
    {
        await using var store = await StartAsync();
        var settlement = await CreateSettlementAsync(store);
        await ExecuteAsync($"UPDATE {Partition} SET until = clock_timestamp() - interval '1 s'");

        // The settlement has looked at its fence, and now waits for its delivery.
        await using var rival = await RivalTransaction.BeginAsync(
            Schema.ConnectionString, $"SELECT 1 FROM {Schema.Name}.webhook_delivery WHERE id = '{settlement.Deliveries[0].Id}' FOR UPDATE");
        var settling = store.SettleAsync([settlement], default).AsTask();
        await rival.WhenWaitedForAsync(settling);

        await store.HeartbeatAsync("b", Lease, default);
        var taken = await store.AcquireAsync("b", [.. Enumerable.Range(0, 64)], Lease, default);
        Assert.That(taken, Has.Count.EqualTo(63));
        Assert.That(taken.Select(l => l.Partition), Has.None.EqualTo(settlement.Partition));

        await rival.RollbackAsync();
        Assert.That(await settling, Is.EqualTo([SettleResult.Applied]));
        Assert.That(await store.AcquireAsync("b", [settlement.Partition], Lease, default), Has.Count.EqualTo(1));
    }

    private async Task<PostgreSqlWebhookStore> StartAsync()
    {
        var store = CreateStore();
        await store.InitializeAsync(default);
        await store.HeartbeatAsync("b", Lease, default);
        return store;
    }

    private static async Task<Settlement> CreateSettlementAsync(PostgreSqlWebhookStore store)
    {
        var write = new StoreWrites().Write("e");
        await store.PublishAsync([write], null, default);
        var delivery = write.Deliveries[0];
        await store.HeartbeatAsync("a", Lease, default);
        var lease = (await store.AcquireAsync("a", [.. Enumerable.Range(0, 64)], Lease, default))
            .Single(l => l.Partition == Partitioner.GetPartition(delivery.SubscriptionId, store.PartitionCount));
        return new Settlement
        {
            Partition = lease.Partition,
            Fence = lease.Fence,
            SubscriptionId = delivery.SubscriptionId,
            Deliveries = [delivery with { Status = DeliveryStatus.Succeeded, AttemptCount = 1, CompletedAt = DateTimeOffset.UnixEpoch }],
            Attempt = new DeliveryAttempt { MessageId = "e", StartedAt = DateTimeOffset.UnixEpoch, Duration = TimeSpan.Zero, Outcome = AttemptOutcome.Succeeded },
        };
    }
}
