using NUnit.Framework;
using WebhookKit.PostgreSql;
using WebhookKit.Tests.Postgres;

namespace WebhookKit.Tests.Storage.PostgreSql;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class PostgreSqlRunTests : RunTests
{
    private PostgresSchema? _schema;

    [SetUp]
    public async Task CreateSchemaAsync() => _schema = await PostgresTests.CreateSchemaAsync();

    [TearDown]
    public async Task DropSchemaAsync() => await (_schema?.DisposeAsync() ?? default);

    /// <summary>Of a batch some are in the run that they were published in, and the others in rows or in a run that another process has changed.</summary>
    [Test]
    public async Task SettleAsync_PartOfABatchCannotBeStored_StoresNoneOfIt([Values] bool hasRows)
    {
        var store = await StartAsync();
        WebhookDelivery[] deliveries = [.. await PublishAsync(store, 5), .. await PublishAsync(store, hasRows ? 3 : 5, from: 5)];
        if (!hasRows) await (await StartAsync()).CancelAsync(deliveries[^1].Id, Now, default);
        await BrokenTable.BreakAsync(_schema!, "webhook_delivery");

        await Assert.ThatAsync(async () => await store.SettleAsync([Batch(store, deliveries)], default), Throws.TypeOf<WebhookStoreException>());

        Assert.That(await ListAsync(store, new DeliveryQuery { Status = DeliveryStatus.Succeeded, Limit = 10 }), Is.Empty);
    }

    /// <summary>What had been stored in runs by then counted as superseded when all was tried again.</summary>
    [Test]
    public async Task SettleAsync_RowsAreTriedAgain_AppliesWhatIsInRunsToo()
    {
        var store = await StartAsync();
        WebhookDelivery[] deliveries = [.. await PublishAsync(store, 5), .. await PublishAsync(store, 3, from: 5)];
        await BrokenTable.BreakOnceAsync(_schema!, "webhook_delivery");

        Assert.That(await store.SettleAsync([.. deliveries.Select(d => Succeed(store, d))], default), Is.All.EqualTo(SettleResult.Applied));

        Assert.That(await ListAsync(store, new DeliveryQuery { Status = DeliveryStatus.Succeeded, Limit = 10 }), Has.Count.EqualTo(8));
    }

    /// <summary>Each may have hundreds of deliveries, and all that had ended were read and locked for the sake of one or two.</summary>
    [Test]
    public async Task PurgeAsync_ManyRuns_LocksFewMoreThanItRemoves()
    {
        var store = await StartAsync();
        await DeliverAsync(store, runs: 30, each: 4);
        var query = new PurgeQuery { SucceededBefore = Now.AddDays(1), FailedBefore = Now, AttemptsBefore = Now, EventsBefore = Now.AddDays(-1), Limit = 41 };
        Assert.That(await store.PurgeAsync(query, default), Is.EqualTo(41));

        Assert.That(await CountAsync("webhook_run"), Is.EqualTo(19), "11 runs are gone");
        Assert.That(await CountAsync("webhook_run WHERE xmax <> 0"), Is.EqualTo(5), "those of the second eight that were locked and not removed");
        await PurgeAllAsync(store, query);

        Assert.That(await CountAsync("webhook_run"), Is.Zero);
    }

    /// <summary>
    /// A fail-over to a server that had not got the latest: numbers are given a second time there, and what stands at a place is another delivery than that which
    /// this process has sent.
    /// </summary>
    [Test]
    public async Task SettleAsync_AnotherRunHasTheNumberOfOneThatWasLost_LeavesItsDeliveries()
    {
        var store = await StartAsync();
        var lost = await PublishAsync(store, 5);
        await ExecuteAsync($"DELETE FROM {_schema!.Name}.webhook_run; DELETE FROM {_schema.Name}.webhook_event; SELECT setval('{_schema.Name}.webhook_event_seq', 1, false)");
        var others = await PublishAsync(store, 5, from: 5);

        Assert.That(await store.SettleAsync([.. lost.Select(d => Succeed(store, d))], default), Is.All.EqualTo(SettleResult.Superseded));

        var read = (await store.ReadAsync([new LaneRead(Lane, 10, InSequence: false)], default))[0];
        Assert.That(read.Select(p => p.Delivery), Is.EqualTo(others));
    }

    protected override IWebhookStore Open(int? maxListSteps) => new PostgreSqlWebhookStore(
        new PostgreSqlStoreOptions { ConnectionString = _schema!.ConnectionString, Schema = _schema.Name },
        TimeProvider.System,
        maxListSteps: maxListSteps ?? PostgreSqlWebhookStore.MaxListSteps);

    private Task ExecuteAsync(string sql) => PostgresSql.ExecuteAsync(_schema!.ConnectionString, sql);

    protected override Task<long> CountAsync(string table) => PostgresSql.ScalarAsync<long>(_schema!.ConnectionString, $"SELECT count(*) FROM {_schema.Name}.{table}");
}
