using Microsoft.Data.Sqlite;
using NUnit.Framework;
using WebhookKit.Sqlite;
using WebhookKit.Tests.Storage.InMemory;

namespace WebhookKit.Tests.Storage.Sqlite;

/// <summary>What is the SQLite store's own, beside the contract.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class SqliteStoreTests : IDisposable
{
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(1);
    private static readonly DateTimeOffset Now = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private readonly TempFolder _folder = new();
    private readonly StoreClock _clock = new();
    private readonly List<SqliteWebhookStore> _stores = [];

    public void Dispose()
    {
        foreach (var store in _stores) store.Dispose();
        _folder.Dispose();
    }

    [Test]
    public async Task Open_Again_FindsEverything()
    {
        var store = await OpenAsync();
        await store.AddSubscriptionAsync(Subscription("s"), default);
        var write = Write("e", "s");
        await store.PublishAsync([write], null, default);
        store.Dispose();

        var again = await OpenAsync();
        Assert.That((await again.GetSubscriptionAsync("s", default))!.Version, Is.EqualTo(1));
        Assert.That(await again.GetDeliveryAsync(write.Deliveries[0].Id, default), Is.EqualTo(write.Deliveries[0]));
        Assert.That((await again.ReadAsync([new LaneRead("s", 9, false)], default))[0].Single().Event.Data.ToArray(), Is.EqualTo(write.Event.Data.ToArray()));
    }

    [Test]
    public async Task Open_WithAnotherPartitionCount_KeepsTheFirst()
    {
        (await OpenAsync(o => o.PartitionCount = 8)).Dispose();
        Assert.That((await OpenAsync(o => o.PartitionCount = 16)).PartitionCount, Is.EqualTo(8));
    }

    [Test]
    public async Task Open_ManyAtOnce_MakesTheTablesOnce()
    {
        var stores = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => OpenAsync())));
        await stores[0].AddSubscriptionAsync(Subscription("s"), default);
        foreach (var store in stores) Assert.That(await store.GetSubscriptionAsync("s", default), Is.Not.Null);
    }

    [Test]
    public async Task Open_ManyProcessesAtOnce_WaitForEachOther()
    {
        // SQLite does not wait by itself when two make a write-ahead log of the same file.
        for (var round = 0; round < 40; round++)
        {
            using var folder = new TempFolder();
            using var start = new Barrier(4);
            var opened = Enumerable.Range(0, 4).Select(_ => Task.Factory.StartNew(
                () =>
                {
                    using var store = new SqliteWebhookStore(new SqliteStoreOptions { ConnectionString = folder.ConnectionString }, _clock);
                    start.SignalAndWait();
                    store.InitializeAsync(default).AsTask().GetAwaiter().GetResult();
                },
                TaskCreationOptions.LongRunning));
            await Task.WhenAll(opened);
        }
    }

    [Test]
    public async Task Publish_OneOfManyRefused_StoresTheOthers()
    {
        var store = await OpenAsync();
        var taken = Write("taken", "s");
        await store.PublishAsync([taken], null, default);

        // Together, so that they share a transaction.
        var good = Enumerable.Range(0, 50).Select(i => store.PublishAsync([Write($"e{i}", "s")], null, default).AsTask()).ToList();
        var bad = store.PublishAsync([Write("bad", "s") with { Deliveries = [taken.Deliveries[0] with { EventId = "bad" }] }], null, default).AsTask();
        good.AddRange(Enumerable.Range(50, 50).Select(i => store.PublishAsync([Write($"e{i}", "s")], null, default).AsTask()));

        Assert.That(async () => await bad, Throws.ArgumentException);
        await Task.WhenAll(good);
        Assert.That((await store.ReadAsync([new LaneRead("s", 1000, true)], default))[0], Has.Count.EqualTo(101));
        Assert.That(await store.GetEventAsync(null, "bad", default), Is.Null);
    }

    [Test]
    public async Task Publish_WhileTheHostHoldsTheLock_FailsWithWhatToDo()
    {
        var store = await OpenAsync(o => o.BusyTimeout = TimeSpan.FromMilliseconds(50));
        using var connection = new SqliteConnection($"{_folder.ConnectionString};Pooling=False");
        connection.Open();
        using (connection.BeginTransaction())
        {
            Assert.That(
                async () => await store.PublishAsync([Write("e", "s")], null, default),
                Throws.TypeOf<WebhookStoreException>().With.Message.Contains(_folder.Database).And.Message.Contains("pass it as PublishOptions.Transaction"));
        }

        Assert.That((await store.PublishAsync([Write("e", "s")], null, default))[0].Status, Is.EqualTo(EventWriteStatus.Stored));
    }

    [Test]
    public async Task Publish_RefusedWithinTheHostsTransaction_TakesBackOnlyItsOwn()
    {
        var store = await OpenAsync();
        var taken = Write("taken", "s");
        await store.PublishAsync([taken], null, default);
        using var connection = new SqliteConnection($"{_folder.ConnectionString};Pooling=False");
        connection.Open();
        using var transaction = connection.BeginTransaction();
        await store.PublishAsync([Write("good", "s")], transaction, default);

        var bad = Write("bad", "s") with { Deliveries = [taken.Deliveries[0] with { EventId = "bad" }] };
        Assert.That(async () => await store.PublishAsync([Write("with", "s"), bad], transaction, default), Throws.ArgumentException);
        transaction.Commit();

        Assert.That(await store.GetEventAsync(null, "good", default), Is.Not.Null);
        Assert.That(await store.GetEventAsync(null, "with", default), Is.Null);
        Assert.That(await store.GetEventAsync(null, "bad", default), Is.Null);
    }

    [Test]
    public async Task Publish_InADeferredTransactionThatCannotWrite_SaysHowToBeginIt()
    {
        var store = await OpenAsync(o => o.BusyTimeout = TimeSpan.FromMilliseconds(50));
        using var connection = new SqliteConnection($"{_folder.ConnectionString};Pooling=False");
        connection.Open();
        using var transaction = connection.BeginTransaction(deferred: true);
        using (var read = connection.CreateCommand())
        {
            read.CommandText = "SELECT count(*) FROM webhook_event";
            read.ExecuteScalar();
        }

        await store.PublishAsync([Write("meanwhile", "s")], null, default);
        Assert.That(
            async () => await store.PublishAsync([Write("e", "s")], transaction, default),
            Throws.TypeOf<WebhookStoreException>().With.Message.Contains("Begin it without deferred"));
    }

    [Test]
    public async Task Publish_ThroughALinkedFolder_IsTheSameFile()
    {
        var folder = Directory.CreateDirectory(_folder.PathOf("real")).FullName;
        var link = Directory.CreateSymbolicLink(_folder.PathOf("link"), folder).FullName;
        var store = new SqliteWebhookStore(new SqliteStoreOptions { ConnectionString = $"Data Source={Path.Combine(link, "w.db")}" }, _clock);
        _stores.Add(store);
        await store.InitializeAsync(default);
        using var connection = new SqliteConnection($"Data Source={Path.Combine(link, "w.db")};Pooling=False");
        connection.Open();
        using var transaction = connection.BeginTransaction();

        Assert.That((await store.PublishAsync([Write("e", "s")], transaction, default))[0].Status, Is.EqualTo(EventWriteStatus.Stored));
    }

    [Test]
    public async Task Initialize_Refused_LeavesTheFileAsItWas()
    {
        using (var connection = new SqliteConnection($"{_folder.ConnectionString};Pooling=False"))
        {
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = "CREATE TABLE webhook_event (x)";
            command.ExecuteNonQuery();
        }

        var before = await File.ReadAllBytesAsync(_folder.Database);
        using (var store = new SqliteWebhookStore(new SqliteStoreOptions { ConnectionString = _folder.ConnectionString }, _clock))
            Assert.That(async () => await store.InitializeAsync(default), Throws.TypeOf<WebhookStoreException>());
        Assert.That(await File.ReadAllBytesAsync(_folder.Database), Is.EqualTo(before));
    }

    [Test]
    public async Task Settle_BatchThatIsNotKept_LeavesNoText()
    {
        var store = await OpenAsync();
        await store.HeartbeatAsync("a", Lease, default);
        var partition = Partitioner.GetPartition("s", store.PartitionCount);
        var fence = (await store.AcquireAsync("a", [partition], Lease, default))[0].Fence;
        EventWrite[] writes = [Write("1", "s"), Write("2", "s")];
        await store.PublishAsync(writes, null, default);
        await store.SettleAsync(
            [
                new Settlement
                {
                    Partition = partition,
                    Fence = fence,
                    SubscriptionId = "s",
                    Deliveries = [.. writes.Select(w => w.Deliveries[0] with { Status = DeliveryStatus.Succeeded, AttemptCount = 1, CompletedAt = Now })],
                    Attempt = new DeliveryAttempt { MessageId = "b", BatchSize = 2, StartedAt = Now, Duration = TimeSpan.Zero, Outcome = AttemptOutcome.Succeeded, ResponseBody = "secret" },
                    RemovesSucceeded = true,
                },
            ],
            default);
        store.Dispose();

        using var connection = new SqliteConnection($"{_folder.ConnectionString};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT count(*) FROM webhook_batch_text";
        Assert.That(command.ExecuteScalar(), Is.Zero);
    }

    [Test]
    public async Task Heartbeat_OtherProcessDied_GivesItsPartitionsAtOnce()
    {
        var dead = await OpenAsync();
        await dead.HeartbeatAsync("dead", Lease, default);
        var lease = (await dead.AcquireAsync("dead", [3], Lease, default)).Single();

        var other = await OpenAsync();
        Assert.That((await other.HeartbeatAsync("other", Lease, default)).Nodes, Is.EqualTo(new[] { "dead", "other" }), "It lives.");
        Assert.That(await other.AcquireAsync("other", [3], Lease, default), Is.Empty);

        // Disposing releases its lock, as the operating system does when a process dies, and leaves its rows.
        dead.Dispose();
        Assert.That((await other.HeartbeatAsync("other", Lease, default)).Nodes, Is.EqualTo(new[] { "other" }));
        Assert.That((await other.AcquireAsync("other", [3], Lease, default)).Single().Fence, Is.GreaterThan(lease.Fence));
    }

    [Test]
    public async Task Leases_OfAnEarlierBoot_AreVoid()
    {
        _clock.Advance(TimeSpan.FromDays(30));
        var before = await OpenAsync();
        await before.HeartbeatAsync("before", Lease, default);
        await before.AcquireAsync("before", [3], Lease, default);

        // The machine's clock begins anew.
        var store = new SqliteWebhookStore(new SqliteStoreOptions { ConnectionString = _folder.ConnectionString }, new StoreClock());
        _stores.Add(store);
        await store.InitializeAsync(default);
        Assert.That((await store.HeartbeatAsync("after", Lease, default)).Nodes, Is.EqualTo(new[] { "after" }));
        Assert.That(await store.AcquireAsync("after", [3], Lease, default), Has.Count.EqualTo(1));
    }

    [Test]
    public async Task Locks_Afterwards_LeaveNoFile()
    {
        var store = await OpenAsync();
        await store.HeartbeatAsync("a", Lease, default);
        Assert.That(Directory.GetFiles(Path.GetDirectoryName(_folder.Database)!, "*-node-*"), Has.Length.EqualTo(1));

        await store.LeaveAsync("a", default);
        store.Dispose();
        Assert.That(Directory.GetFiles(Path.GetDirectoryName(_folder.Database)!).Select(Path.GetFileName), Is.EqualTo(new[] { "webhooks.db" }));
    }

    [Test]
    public async Task ReadChanges_LongAgo_IsWhole()
    {
        var store = await OpenAsync(maxDeleted: 2);
        await store.AddSubscriptionAsync(Subscription("stays"), default);
        for (var i = 0; i < 3; i++)
        {
            await store.AddSubscriptionAsync(Subscription($"s{i}"), default);
            await store.DeleteSubscriptionAsync($"s{i}", Now, default);
        }

        var old = await store.ReadChangesAsync(1, default);
        Assert.That((old.IsWhole, old.Changed.Single().Id, old.Deleted.Count), Is.EqualTo((true, "stays", 0)));
        var young = await store.ReadChangesAsync(3, default);
        Assert.That((young.IsWhole, young.Changed.Count, string.Join(',', young.Deleted)), Is.EqualTo((false, 0, "s1,s2")));
        Assert.That((await store.PublishAsync([Write("e") with { SubscriptionVersion = 2 }], null, default))[0].Status, Is.EqualTo(EventWriteStatus.Stale), "It may have missed a deletion.");
    }

    /// <summary>All other writes waited while millions were canceled in one transaction.</summary>
    [TestCase(25, true)]
    [TestCase(10, true)]
    [TestCase(9, false)]
    public async Task DeleteSubscription_ManyPending_CancelsInStepsAndDisablesItFirst(int pending, bool inSteps)
    {
        var store = await OpenAsync(maxCancelStep: 10);
        var added = (await store.AddSubscriptionAsync(Subscription("s"), default))!;
        await store.PublishAsync([.. Enumerable.Range(0, pending).Select(i => Write($"e{i}", "s"))], null, default);

        Assert.That(await store.DeleteSubscriptionAsync("s", Now, default), Is.True);

        var changes = await store.ReadChangesAsync(added.Version, default);
        Assert.That((changes.Version - added.Version, changes.Deleted.Single()), Is.EqualTo((inSteps ? 2L : 1L, "s")));
        Assert.That((await store.ListDeliveriesAsync(new DeliveryQuery { Status = DeliveryStatus.Canceled, Limit = 100 }, default)).Items, Has.Count.EqualTo(pending));
    }

    [Test]
    public async Task Publish_AfterAChangeInAnotherTenant_IsNotStale()
    {
        var store = await OpenAsync();
        await store.AddSubscriptionAsync(Subscription("s"), default);
        await store.AddSubscriptionAsync(Subscription("other") with { TenantId = "t" }, default);

        Assert.That((await store.PublishAsync([Write("e") with { SubscriptionVersion = 1 }], null, default))[0].Status, Is.EqualTo(EventWriteStatus.Stored));
        Assert.That((await store.PublishAsync([Write("f") with { SubscriptionVersion = 0 }], null, default))[0].Status, Is.EqualTo(EventWriteStatus.Stale));
    }

    [Test]
    public async Task List_MoreThanOneCallLooksAt_GoesOnWithTheNextPage()
    {
        var store = await OpenAsync(maxListSteps: 3);
        for (var i = 0; i < 10; i++) await store.PublishAsync([Write($"{i}", i % 4 == 1 ? "x" : "y")], null, default);

        foreach (var query in (DeliveryQuery[])[new() { Status = DeliveryStatus.Pending, To = Now.AddDays(1) }, new() { SubscriptionId = "y" }, new() { SubscriptionId = "x" }])
        {
            var expected = Enumerable.Range(0, 10).Reverse().Where(i => query.SubscriptionId is null || query.SubscriptionId == (i % 4 == 1 ? "x" : "y")).Select(i => $"{i}");
            List<string> ids = [];
            for (Page<WebhookDelivery>? page = null; page is null || page.Next is not null;)
            {
                page = await store.ListDeliveriesAsync(query with { After = page?.Next }, default);
                ids.AddRange(page.Items.Select(d => d.EventId));
            }

            Assert.That(ids, Is.EqualTo(expected), query.ToString());
        }

        List<string> missed = [];
        for (Page<WebhookEvent>? page = null; page is null || page.Next is not null;)
        {
            page = await store.ListMissedEventsAsync(null, "x", default, page?.Next, 5, default);
            missed.AddRange(page.Items.Select(e => e.Id));
        }

        Assert.That(missed, Is.EqualTo(new[] { "0", "2", "3", "4", "6", "7", "8" }));
    }

    [Test]
    public async Task ReadInSequence_ManyLeftOut_GoesOnBeyondThem()
    {
        var store = await OpenAsync();
        var writes = Enumerable.Range(0, 1000).Select(i => Write($"{i}", "s", i < 900 ? "closed" : "open")).ToList();
        await store.PublishAsync(writes, null, default);

        var held = writes.Skip(900).Take(50).Select(w => w.Deliveries[0].Id).ToHashSet();
        var read = await store.ReadAsync([new LaneRead("s", 20, InSequence: true) { WithoutKeys = ["closed"], Held = held }], default);
        Assert.That(read[0].Select(d => d.Event.Id), Is.EqualTo(Enumerable.Range(950, 20).Select(i => $"{i}")));
    }

    [Test]
    public async Task Dispose_Then_SaysSo()
    {
        var store = await OpenAsync();
        store.Dispose();
        store.Dispose();
        Assert.That(async () => await store.PublishAsync([Write("e")], null, default), Throws.TypeOf<ObjectDisposedException>());
        Assert.That(async () => await store.GetEventAsync(null, "e", default), Throws.TypeOf<ObjectDisposedException>());
        Assert.That(async () => await store.InitializeAsync(default), Throws.TypeOf<ObjectDisposedException>());
    }

    private async Task<SqliteWebhookStore> OpenAsync(Action<SqliteStoreOptions>? change = null, int? maxListSteps = null, int? maxDeleted = null, int maxCancelStep = SqliteWebhookStore.MaxCancelStep)
    {
        var options = new SqliteStoreOptions { ConnectionString = _folder.ConnectionString };
        change?.Invoke(options);
        var store = new SqliteWebhookStore(options, _clock, maxListSteps ?? SqliteWebhookStore.MaxListSteps, maxDeleted ?? SqliteWebhookStore.MaxDeleted, maxCancelStep);
        lock (_stores) _stores.Add(store);
        await store.InitializeAsync(default);
        return store;
    }

    private static WebhookSubscription Subscription(string id) => new() { Id = id, Url = new Uri("https://example.com/"), CreatedAt = Now, UpdatedAt = Now };

    private static EventWrite Write(string id, string? subscriptionId = null, string? orderingKey = null)
    {
        var webhookEvent = new WebhookEvent { Id = id, Type = "a.b", OccurredAt = Now, Data = "{}"u8.ToArray(), OrderingKey = orderingKey };
        WebhookDelivery[] deliveries = subscriptionId is null
            ? []
            : [new() { Id = Guid.CreateVersion7(), EventId = id, EventType = "a.b", SubscriptionId = subscriptionId, CreatedAt = Now, DueAt = Now }];
        return new EventWrite(webhookEvent, deliveries, null) { PublishedAt = Now };
    }
}
