using System.Data;
using NUnit.Framework;
using WebhookKit.PostgreSql;

namespace WebhookKit.Tests.Storage.PostgreSql;

/// <summary>A subscription that goes while others publish to it, change it, or bring back its deliveries: nothing stays pending for what is gone.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class PostgreSqlDeletionTests : PostgreSqlFixture
{
    private static readonly DateTimeOffset Now = DateTimeOffset.UnixEpoch;
    private readonly StoreWrites _writes = new();

    private string Deliveries => $"{Schema.Name}.webhook_delivery";

    private string Subscriptions => $"{Schema.Name}.webhook_subscription";

    /// <summary>What was published in a transaction that was committed after the deletion stayed pending for ever.</summary>
    [Test]
    public async Task DeleteSubscriptionAsync_PublishedInAnOpenTransaction_WaitsAndCancelsIt()
    {
        await using var store = await StartAsync();
        await using var rival = await RivalTransaction.BeginAsync(Schema.ConnectionString);
        var write = await WriteAsync(store, "e");
        Assert.That(await store.PublishAsync([write], rival.Transaction, default), Is.EqualTo([new EventWriteResult(EventWriteStatus.Stored, 1)]));

        var deleting = store.DeleteSubscriptionAsync("sub", Now, default).AsTask();
        await rival.WhenWaitedForAsync(deleting);
        await rival.CommitAsync();

        Assert.That(await deleting, Is.True);
        Assert.That((await store.GetDeliveryAsync(write.Deliveries[0].Id, default))!.Status, Is.EqualTo(DeliveryStatus.Canceled));
    }

    /// <summary>One that the transaction does not see, since it began before, could not be held by it: what was published to it stayed pending for ever.</summary>
    [TestCase(IsolationLevel.RepeatableRead)]
    [TestCase(IsolationLevel.Serializable)]
    public async Task DeleteSubscriptionAsync_PublishedInATransactionThatIsOlder_WaitsAndCancelsIt(IsolationLevel isolation)
    {
        await using var store = await StartAsync();
        await using var rival = await RivalTransaction.BeginAsync(Schema.ConnectionString, isolation, "SELECT 1");
        await store.AddSubscriptionAsync(Subscription("newer"), default);
        var write = await WriteAsync(store, "e");
        write = write with { Deliveries = [write.Deliveries[0] with { SubscriptionId = "newer" }] };
        Assert.That(await store.PublishAsync([write], rival.Transaction, default), Is.EqualTo([new EventWriteResult(EventWriteStatus.Stored, 1)]));

        var deleting = store.DeleteSubscriptionAsync("newer", Now, default).AsTask();
        await rival.WhenWaitedForAsync(deleting);
        await rival.CommitAsync();

        Assert.That(await deleting, Is.True);
        Assert.That((await store.GetDeliveryAsync(write.Deliveries[0].Id, default))!.Status, Is.EqualTo(DeliveryStatus.Canceled));
    }

    [Test]
    public async Task PublishAsync_DeletionNotCommittedYet_WaitsAndIsStale()
    {
        await using var store = await StartAsync();
        var write = await WriteAsync(store, "e");
        await using var rival = await RivalTransaction.BeginAsync(Schema.ConnectionString, $"DELETE FROM {Subscriptions} WHERE id = 'sub'");

        var publishing = store.PublishAsync([write], null, default).AsTask();
        await rival.WhenWaitedForAsync(publishing);
        await rival.CommitAsync();

        Assert.That(await publishing, Is.EqualTo([new EventWriteResult(EventWriteStatus.Stale, 0)]));
        Assert.That(await store.GetEventAsync(null, "e", default), Is.Null);
    }

    [Test]
    public async Task PublishAsync_DeletionRolledBack_WaitsAndIsStored()
    {
        await using var store = await StartAsync();
        var write = await WriteAsync(store, "e");
        await using var rival = await RivalTransaction.BeginAsync(Schema.ConnectionString, $"DELETE FROM {Subscriptions} WHERE id = 'sub'");

        var publishing = store.PublishAsync([write], null, default).AsTask();
        await rival.WhenWaitedForAsync(publishing);
        await rival.RollbackAsync();

        Assert.That(await publishing, Is.EqualTo([new EventWriteResult(EventWriteStatus.Stored, 1)]));
    }

    /// <summary>All but a deletion goes on beside a host's transaction that stays open, also where that sees the past.</summary>
    [TestCase(IsolationLevel.ReadCommitted)]
    [TestCase(IsolationLevel.RepeatableRead)]
    [TestCase(IsolationLevel.Serializable)]
    public async Task UpdateSubscriptionAsync_PublishedInAnOpenTransaction_DoesNotWait(IsolationLevel isolation)
    {
        await using var store = await StartAsync();
        await using var rival = await RivalTransaction.BeginAsync(Schema.ConnectionString, isolation);
        await store.PublishAsync([await WriteAsync(store, "1")], rival.Transaction, default);

        var current = (await store.GetSubscriptionAsync("sub", default))!;
        var paused = await store.UpdateSubscriptionAsync(current with { Status = SubscriptionStatus.Paused }, default);
        Assert.That(paused, Is.Not.Null);
        Assert.That(await store.SettleAsync([await CreateFailureAsync(store)], default), Is.EqualTo([SettleResult.Applied]));

        // And publishing goes on after a change that this transaction does not see.
        Assert.That((await store.PublishAsync([await WriteAsync(store, "3")], rival.Transaction, default))[0].Status, Is.EqualTo(EventWriteStatus.Stored));
        await rival.CommitAsync();
        Assert.That((await store.GetSubscriptionAsync("sub", default))!.Status, Is.EqualTo(SubscriptionStatus.Disabled));
    }

    /// <summary>Publishing does not wait for a change of its subscription either.</summary>
    [Test]
    public async Task PublishAsync_ChangeNotCommittedYet_DoesNotWait()
    {
        await using var store = await StartAsync();
        var write = await WriteAsync(store, "e");
        await using var rival = await RivalTransaction.BeginAsync(
            Schema.ConnectionString, $"SELECT 1 FROM {Subscriptions} WHERE id = 'sub' FOR NO KEY UPDATE", $"UPDATE {Subscriptions} SET failing_since = 1, version = 99 WHERE id = 'sub'");

        Assert.That(await store.PublishAsync([write], null, default), Is.EqualTo([new EventWriteResult(EventWriteStatus.Stored, 1)]));
    }

    /// <summary>What is brought back holds the subscription, so that a deletion comes after it.</summary>
    [TestCase("resend")]
    [TestCase("recover")]
    [TestCase("add")]
    public async Task DeleteSubscriptionAsync_DeliveryIsBroughtBackMeanwhile_WaitsAndCancelsIt(string how)
    {
        await using var store = await StartAsync();
        var delivery = await ExhaustAsync(store);

        // It holds the subscription, and waits for its delivery or its event.
        await using var rival = await RivalTransaction.BeginAsync(
            Schema.ConnectionString,
            how == "add" ? $"SELECT 1 FROM {Schema.Name}.webhook_event FOR UPDATE" : $"SELECT 1 FROM {Deliveries} FOR UPDATE");
        var added = delivery with { Id = Guid.CreateVersion7(), EventId = "other" };
        Task bringing = how switch
        {
            "resend" => store.ResendAsync(delivery.Id, Now, default).AsTask(),
            "recover" => store.RecoverAsync("sub", Now, 10, Now, default).AsTask(),
            _ => store.AddDeliveriesAsync([added], default).AsTask(),
        };
        await rival.WhenWaitedForAsync(bringing);
        var deleting = store.DeleteSubscriptionAsync("sub", Now, default).AsTask();
        await rival.WhenWaitedForAsync(deleting, waiting: 2);
        await rival.RollbackAsync();
        await bringing;

        Assert.That(await deleting, Is.True);
        Assert.That(await ScalarAsync<long>($"SELECT count(*) FROM {Deliveries} WHERE status = 0"), Is.Zero);
        Assert.That(await ScalarAsync<long>($"SELECT count(*) FROM {Deliveries} WHERE status = 4"), Is.EqualTo(1), "It had been brought back.");
    }

    /// <summary>The deletion of one with very many pending was one transaction, which no time-out ended and which held them all.</summary>
    [Test]
    public async Task DeleteSubscriptionAsync_ManyPending_CancelsInStepsAndASecondOneFinishes()
    {
        await using var store = await StartAsync(cancelStep: 10);
        await PublishManyAsync(store, 25);
        await using var rival = await RivalTransaction.BeginAsync(
            Schema.ConnectionString, $"SELECT 1 FROM {Deliveries} WHERE status = 0 ORDER BY due_at DESC LIMIT 1 FOR UPDATE");

        using var source = new CancellationTokenSource();
        var deleting = store.DeleteSubscriptionAsync("sub", Now, source.Token).AsTask();
        await rival.WhenWaitedForAsync(deleting);

        // What has been canceled before is stored, and the subscription gets no more.
        Assert.That(await ScalarAsync<long>($"SELECT count(*) FROM {Deliveries} WHERE status = 4"), Is.EqualTo(20));
        Assert.That((await store.GetSubscriptionAsync("sub", default))!.Status, Is.EqualTo(SubscriptionStatus.Disabled));
        await source.CancelAsync();
        await Assert.CatchAsync<OperationCanceledException>(() => deleting);
        await rival.RollbackAsync();

        Assert.That(await store.DeleteSubscriptionAsync("sub", Now, default), Is.True);
        Assert.That(await ScalarAsync<long>($"SELECT count(*) FROM {Deliveries} WHERE status = 4"), Is.EqualTo(25));
        Assert.That(await store.GetSubscriptionAsync("sub", default), Is.Null);
        Assert.That(await store.DeleteSubscriptionAsync("sub", Now, default), Is.False);
    }

    /// <summary>The event is locked while deliveries are added, and while the last one is removed, so that neither counts it wrongly.</summary>
    [Test]
    public async Task AddDeliveriesAsync_EventIsBeingPurged_WaitsAndAddsNothing()
    {
        await using var store = await StartAsync();
        await store.PublishAsync([new EventWrite(new WebhookEvent { Id = "e", Type = "a.b", Data = "1"u8.ToArray() }, [], null) { PublishedAt = Now }], null, default);
        await using var rival = await RivalTransaction.BeginAsync(Schema.ConnectionString, $"DELETE FROM {Schema.Name}.webhook_event WHERE id = 'e'");

        var adding = store.AddDeliveriesAsync([_writes.Write("e").Deliveries[0]], default).AsTask();
        await rival.WhenWaitedForAsync(adding);
        await rival.CommitAsync();

        Assert.That(await adding, Is.Zero);
        Assert.That(await ScalarAsync<long>($"SELECT count(*) FROM {Deliveries}"), Is.Zero);
    }

    /// <summary>A delivery is added and another one removed at once: the event's number of deliveries is right after both, so that it is kept.</summary>
    [Test]
    public async Task PurgeAsync_DeliveryIsAddedMeanwhile_CountsBoth()
    {
        await using var store = await StartAsync();
        var delivery = await ExhaustAsync(store);
        await store.AddSubscriptionAsync(Subscription("second"), default);

        // What adds holds the event and waits for a rival that is adding the same delivery.
        var added = delivery with { Id = Guid.CreateVersion7(), SubscriptionId = "second" };
        await using var rival = await RivalTransaction.BeginAsync(
            Schema.ConnectionString,
            $"""
            INSERT INTO {Deliveries} (partition, id, event_partition, event_seq, subscription_id, status, due_at, created_at, attempt_count, schedule_base)
            SELECT {Partitioner.GetPartition("second", 64)}, gen_random_uuid(), event_partition, event_seq, 'second', 0, 0, 0, 0, 0
            FROM {Deliveries} WHERE id = '{delivery.Id}'
            """);
        var adding = store.AddDeliveriesAsync([added], default).AsTask();
        await rival.WhenWaitedForAsync(adding);
        var purging = store.PurgeAsync(new PurgeQuery { Limit = 1, SucceededBefore = Now, FailedBefore = Now.AddDays(1), AttemptsBefore = Now, EventsBefore = Now }, default).AsTask();
        await rival.WhenWaitedForAsync(purging, waiting: 2);
        await rival.RollbackAsync();

        Assert.That(await adding, Is.EqualTo(1));
        Assert.That(await purging, Is.EqualTo(1));
        Assert.That(await ScalarAsync<int>($"SELECT kept_deliveries FROM {Schema.Name}.webhook_event WHERE id = 'e'"), Is.EqualTo(1));
    }

    /// <summary>Of two who remove deliveries of the same events, one goes after the other.</summary>
    [Test]
    public async Task PurgeAsync_ManyEvents_LocksThemInTheirOrder()
    {
        await using var store = await StartAsync();
        await PublishManyAsync(store, 12);
        await ExecuteAsync($"UPDATE {Deliveries} SET status = 4, completed_at = 0");
        var events = $"{Schema.Name}.webhook_event";
        await using var rival = await RivalTransaction.BeginAsync(Schema.ConnectionString, $"SELECT 1 FROM {events} ORDER BY seq DESC LIMIT 1 FOR UPDATE");

        var purging = store.PurgeAsync(new PurgeQuery { Limit = 12, SucceededBefore = Now, FailedBefore = Now, AttemptsBefore = Now, EventsBefore = Now }, default).AsTask();
        await rival.WhenWaitedForAsync(purging);

        Assert.That(await ScalarAsync<long>($"SELECT count(*) FROM (SELECT 1 FROM {events} FOR UPDATE SKIP LOCKED) e"), Is.Zero, "All before it are locked.");
        await rival.RollbackAsync();
        Assert.That(await purging, Is.EqualTo(12));
    }

    private async Task<PostgreSqlWebhookStore> StartAsync(int cancelStep = PostgreSqlWebhookStore.MaxCancelStep)
    {
        var store = new PostgreSqlWebhookStore(
            new PostgreSqlStoreOptions { ConnectionString = Schema.ConnectionString, Schema = Schema.Name }, TimeProvider.System, maxCancelStep: cancelStep);
        await store.InitializeAsync(default);
        await store.AddSubscriptionAsync(Subscription("sub"), default);
        return store;
    }

    private static WebhookSubscription Subscription(string id) =>
        new() { Id = id, Url = new Uri("https://example.com/hooks"), EventTypes = ["*"], CreatedAt = Now, UpdatedAt = Now };

    /// <summary>A write that was matched against the subscriptions as they are now.</summary>
    private async Task<EventWrite> WriteAsync(PostgreSqlWebhookStore store, string eventId) =>
        _writes.Write(eventId) with { SubscriptionVersion = (await store.ReadChangesAsync(0, default)).Version };

    private async Task PublishManyAsync(PostgreSqlWebhookStore store, int count)
    {
        var writes = Enumerable.Range(0, count).Select(i => _writes.Write($"e{i}"));
        await store.PublishAsync([.. writes.Select((w, i) => w with { Deliveries = [w.Deliveries[0] with { DueAt = Now.AddSeconds(i) }] })], null, default);
    }

    private async Task<WebhookDelivery> ExhaustAsync(PostgreSqlWebhookStore store)
    {
        await store.PublishAsync([new EventWrite(new WebhookEvent { Id = "other", Type = "a.b", Data = "1"u8.ToArray() }, [], null) { PublishedAt = Now }], null, default);
        var settlement = await CreateFailureAsync(store, "e");
        settlement = settlement with { Health = null, Deliveries = [settlement.Deliveries[0] with { Status = DeliveryStatus.Exhausted, CompletedAt = Now }] };
        Assert.That(await store.SettleAsync([settlement], default), Is.EqualTo([SettleResult.Applied]));
        return settlement.Deliveries[0];
    }

    /// <summary>An attempt that failed and disables its endpoint.</summary>
    private async Task<Settlement> CreateFailureAsync(PostgreSqlWebhookStore store, string eventId = "2")
    {
        var write = _writes.Write(eventId);
        await store.PublishAsync([write], null, default);
        await store.HeartbeatAsync("a", TimeSpan.FromHours(1), default);
        var lease = (await store.AcquireAsync("a", [Partitioner.GetPartition("sub", store.PartitionCount)], TimeSpan.FromHours(1), default)).Single();
        return new Settlement
        {
            Partition = lease.Partition,
            Fence = lease.Fence,
            SubscriptionId = "sub",
            Deliveries = [write.Deliveries[0] with { AttemptCount = 1 }],
            Attempt = new DeliveryAttempt { MessageId = eventId, StartedAt = Now, Duration = TimeSpan.Zero, Outcome = AttemptOutcome.ErrorStatus },
            Health = new HealthChange(Now, "It is gone.", Now),
        };
    }
}
