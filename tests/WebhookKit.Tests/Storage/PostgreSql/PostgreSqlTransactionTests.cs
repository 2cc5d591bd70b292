using System.Data;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using NUnit.Framework;
using WebhookKit.Testing;
using WebhookKit.Tests.Postgres;

namespace WebhookKit.Tests.Storage.PostgreSql;

/// <summary>Publishing within the host's own transaction.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class PostgreSqlTransactionTests : PostgreSqlFixture
{
    [Test]
    public async Task PublishAsync_Committed_IsStoredWithTheHostsRows()
    {
        await using var harness = await StartAsync();
        await using var connection = await OpenAsync(Schema.ConnectionString);
        await using (var transaction = await connection.BeginTransactionAsync())
        {
            await ExecuteAsync(connection, $"INSERT INTO {Schema.Name}.orders VALUES (42)");
            await harness.Publisher.PublishAsync("order.created", new { id = 42 }, new PublishOptions { EventId = "e", Transaction = transaction });
            Assert.That(await harness.Deliveries.GetEventAsync(null, "e"), Is.Null, "Nobody else sees it yet.");
            await transaction.CommitAsync();
        }

        Assert.That(await harness.Deliveries.GetEventAsync(null, "e"), Is.Not.Null);
        await harness.DrainAsync();
        Assert.That(harness.Requests, Has.Count.EqualTo(1));
        Assert.That(await CountOrdersAsync(), Is.EqualTo(1));
    }

    [Test]
    public async Task PublishAsync_RolledBack_IsGoneWithTheHostsRows()
    {
        await using var harness = await StartAsync();
        await using var connection = await OpenAsync(Schema.ConnectionString);
        await using (var transaction = await connection.BeginTransactionAsync())
        {
            await ExecuteAsync(connection, $"INSERT INTO {Schema.Name}.orders VALUES (42)");
            await harness.Publisher.PublishAsync("order.created", new { id = 42 }, new PublishOptions { EventId = "e", Transaction = transaction });
        }

        await harness.DrainAsync();
        Assert.That(await harness.Deliveries.GetEventAsync(null, "e"), Is.Null);
        Assert.That(harness.Requests, Is.Empty);
        Assert.That(await CountOrdersAsync(), Is.Zero);
    }

    [Test]
    public async Task PublishAsync_RefusedWithin_LeavesTheTransactionUsable()
    {
        await using var harness = await StartAsync();
        await using var connection = await OpenAsync(Schema.ConnectionString);
        await using var transaction = await connection.BeginTransactionAsync();
        await ExecuteAsync(connection, $"INSERT INTO {Schema.Name}.orders VALUES (42)");
        await harness.Publisher.PublishAsync("order.created", new { id = 1 }, new PublishOptions { EventId = "e", Transaction = transaction });

        var again = await harness.Publisher.PublishAsync("order.created", new { id = 2 }, new PublishOptions { EventId = "e", Transaction = transaction });
        Assert.That(again.IsDuplicate, Is.True);
        await Assert.ThrowsAsync<WebhookValidationException>(async () =>
            await harness.Publisher.PublishAsync("not a type", new { id = 3 }, new PublishOptions { Transaction = transaction }));
        await transaction.CommitAsync();

        Assert.That(await harness.Deliveries.GetEventAsync(null, "e"), Is.Not.Null);
        Assert.That(await CountOrdersAsync(), Is.EqualTo(1));
    }

    [Test]
    public async Task PublishAsync_DeliveryIdTaken_LeavesTheTransactionUsable()
    {
        await using var store = CreateStore();
        await store.InitializeAsync(default);
        var driver = new StoreWrites();
        await store.PublishAsync([driver.Write("first")], null, default);
        await using var connection = await OpenAsync(Schema.ConnectionString);
        await using var transaction = await connection.BeginTransactionAsync();

        await Assert.ThrowsAsync<ArgumentException>(async () => await store.PublishAsync([driver.Write("second", takesIdOfFirst: true)], transaction, default));
        await store.PublishAsync([driver.Write("third")], transaction, default);
        await transaction.CommitAsync();

        Assert.That(await store.GetEventAsync(null, "second", default), Is.Null);
        Assert.That(await store.GetEventAsync(null, "third", default), Is.Not.Null);
    }

    [TestCase(IsolationLevel.RepeatableRead)]
    [TestCase(IsolationLevel.Serializable)]
    public async Task PublishAsync_SubscriptionNewerThanTheTransactionsView_IsMatched(IsolationLevel isolation)
    {
        await using var harness = await StartAsync();
        await using var connection = await OpenAsync(Schema.ConnectionString);
        await using var transaction = await connection.BeginTransactionAsync(isolation);
        await ExecuteAsync(connection, $"SELECT count(*) FROM {Schema.Name}.orders");

        // By another node, of which this one has not heard.
        await using var other = CreateStore();
        await other.InitializeAsync(default);
        var known = (await other.ReadChangesAsync(0, default)).Changed[0];
        await other.AddSubscriptionAsync(known with { Id = "newer" }, default);
        var receipt = await harness.Publisher.PublishAsync("order.created", new { id = 42 }, new PublishOptions { Transaction = transaction });
        await transaction.CommitAsync();

        Assert.That(receipt.Deliveries, Is.EqualTo(2));
    }

    /// <summary>Who waited for the open transaction held up all who published on the same node.</summary>
    [Test]
    public async Task PublishAsync_SameEventInAnOpenTransaction_HoldsUpNobodyElse()
    {
        await using var harness = await StartAsync();
        await using var rival = await RivalTransaction.BeginAsync(Schema.ConnectionString);
        await harness.Publisher.PublishAsync("order.created", new { id = 42 }, new PublishOptions { EventId = "e", Transaction = rival.Transaction });

        var same = Enumerable.Range(0, 3)
            .Select(_ => harness.Publisher.PublishAsync("order.created", new { id = 42 }, new PublishOptions { EventId = "e" }).AsTask()).ToArray();
        await rival.WhenWaitedForAsync(same[0]);
        await Task.WhenAll(Enumerable.Range(0, 20).Select(i => harness.Publisher.PublishAsync("order.created", new { id = i }).AsTask()));
        Assert.That(same.Select(s => s.IsCompleted), Is.All.False);
        await rival.CommitAsync();

        Assert.That((await Task.WhenAll(same)).Select(r => r.IsDuplicate), Is.All.True);
    }

    [Test]
    public async Task PublishAsync_SameEventInATransactionThatIsRolledBack_IsStoredAndSent()
    {
        await using var harness = await StartAsync();
        await using var rival = await RivalTransaction.BeginAsync(Schema.ConnectionString);
        await harness.Publisher.PublishAsync("order.created", new { id = 42 }, new PublishOptions { EventId = "e", Transaction = rival.Transaction });

        var same = harness.Publisher.PublishAsync("order.created", new { id = 42 }, new PublishOptions { EventId = "e" }).AsTask();
        await rival.WhenWaitedForAsync(same);
        await harness.Publisher.PublishAsync("order.created", new { id = 43 });
        await rival.RollbackAsync();

        Assert.That((await same).IsDuplicate, Is.False);
        await harness.DrainAsync();
        Assert.That(harness.Requests, Has.Count.EqualTo(2));
    }

    [Test]
    public async Task PublishAsync_OnAnotherDatabase_IsRefusedBeforeAnythingIsWritten()
    {
        await using var harness = await StartAsync();
        await using var database = await SharedPostgres.CreateDatabaseAsync();
        await using var connection = await OpenAsync(database.ConnectionString);
        await using var transaction = await connection.BeginTransactionAsync();

        var refusal = await Assert.ThrowsAsync<WebhookConflictException>(async () =>
            await harness.Publisher.PublishAsync("order.created", new { id = 42 }, new PublishOptions { Transaction = transaction }));

        Assert.That(refusal!.Message, Does.Contain(database.Name).And.Contain("is not the one that webhooks are kept in"));
        await Assert.DoesNotThrowAsync(() => transaction.CommitAsync());
    }

    [Test]
    public async Task PublishAsync_OnAnotherStoreWithTheSameNames_IsRefused()
    {
        await using var harness = await StartAsync();
        await using var database = await SharedPostgres.CreateDatabaseAsync();
        await using (var other = CreateStore(o => o.ConnectionString = database.ConnectionString)) await other.InitializeAsync(default);
        await using var connection = await OpenAsync(database.ConnectionString);
        await using var transaction = await connection.BeginTransactionAsync();

        await Assert.ThrowsAsync<WebhookConflictException>(async () =>
            await harness.Publisher.PublishAsync("order.created", new { id = 42 }, new PublishOptions { Transaction = transaction }));
    }

    [Test]
    public async Task PublishAsync_UserWithoutRights_IsRefusedAndLeavesTheTransactionUsable([Values] bool seesTheSchema)
    {
        await using var harness = await StartAsync();
        var role = $"role_{Guid.NewGuid():N}";
        await ExecuteAsync($"CREATE ROLE {role} LOGIN");
        if (seesTheSchema) await ExecuteAsync($"GRANT USAGE ON SCHEMA {Schema.Name} TO {role}");
        try
        {
            await using var connection = await OpenAsync($"{Schema.ConnectionString};Username={role};Pooling=false");
            await using var transaction = await connection.BeginTransactionAsync();

            var refusal = await Assert.ThrowsAsync<WebhookStoreException>(async () =>
                await harness.Publisher.PublishAsync("order.created", new { id = 42 }, new PublishOptions { Transaction = transaction }));

            Assert.That(refusal!.Message, Does.Contain($"'{role}'").And.Contain($"GRANT USAGE ON SEQUENCE {Schema.Name}.webhook_event_seq TO {role};"));
            await Assert.DoesNotThrowAsync(() => ExecuteAsync(connection, "SELECT 1"));
        }
        finally
        {
            await ExecuteAsync($"DROP OWNED BY {role}; DROP ROLE {role}");
        }
    }

    [Test]
    public async Task PublishAsync_CommittedAfterLaterEvents_GoesBeforeThoseThatArePending()
    {
        await using var harness = await StartAsync();
        await harness.Subscriptions.CreateAsync(new NewWebhookSubscription { Url = new Uri("https://example.com/strict"), EventTypes = ["*"], Order = DeliveryOrder.Strict });
        await using var connection = await OpenAsync(Schema.ConnectionString);
        await using var transaction = await connection.BeginTransactionAsync();
        await PublishAsync("first", transaction);
        await PublishAsync("second");
        await harness.DrainAsync();
        Assert.That(Arrived(), Is.EqualTo(new[] { "second" }), "Nothing waits for a transaction that may never be committed.");

        await PublishAsync("third");
        await transaction.CommitAsync();
        await harness.DrainAsync();
        Assert.That(Arrived(), Is.EqualTo(new[] { "second", "first", "third" }));

        Task PublishAsync(string id, NpgsqlTransaction? within = null) =>
            harness.Publisher.PublishAsync("order.created", 1, new PublishOptions { EventId = id, Transaction = within }).AsTask();
        string[] Arrived() => [.. harness.RequestsTo("https://example.com/strict").Select(r => r.Headers["webhook-id"])];
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task PublishAsync_AlreadyCompleted_IsRefused(bool isDisposed)
    {
        await using var harness = await StartAsync();
        await using var connection = await OpenAsync(Schema.ConnectionString);
        var transaction = await connection.BeginTransactionAsync();
        await transaction.CommitAsync();
        if (isDisposed) await transaction.DisposeAsync();

        var refusal = await Assert.ThrowsAsync<WebhookConflictException>(async () =>
            await harness.Publisher.PublishAsync("order.created", new { id = 42 }, new PublishOptions { Transaction = transaction }));
        Assert.That(refusal!.Message, Does.Contain("already completed"));
    }

    private async Task<WebhookTestHarness> StartAsync()
    {
        var harness = await WebhookTestHarness.StartAsync(webhooks => webhooks
            .AddEventType("order.created", "An order came in.")
            .UsePostgreSql(Schema.ConnectionString, options => options.Schema = Schema.Name));
        await harness.Subscriptions.CreateAsync(new NewWebhookSubscription { Url = new Uri("https://example.com/hooks"), EventTypes = ["*"] });
        await ExecuteAsync($"CREATE TABLE {Schema.Name}.orders (id integer)");
        return harness;
    }

    private Task<long> CountOrdersAsync() => ScalarAsync<long>($"SELECT count(*) FROM {Schema.Name}.orders");

    private static async Task<NpgsqlConnection> OpenAsync(string connectionString)
    {
        var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync();
        return connection;
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
