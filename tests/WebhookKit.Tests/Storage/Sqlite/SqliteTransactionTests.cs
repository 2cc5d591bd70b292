using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;
using WebhookKit.Testing;

namespace WebhookKit.Tests.Storage.Sqlite;

/// <summary>Publishing within the host's own transaction.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class SqliteTransactionTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly SqliteConnection _connection;

    public SqliteTransactionTests() => _connection = new SqliteConnection($"{_folder.ConnectionString};Pooling=False");

    public void Dispose()
    {
        _connection.Dispose();
        _folder.Dispose();
    }

    [Test]
    public async Task PublishAsync_Committed_IsStoredWithTheHostsRows()
    {
        await using var harness = await StartAsync();
        await using (var transaction = await BeginAsync())
        {
            Execute("INSERT INTO orders VALUES (42)", transaction);
            await harness.Publisher.PublishAsync("order.created", new { id = 42 }, new PublishOptions { EventId = "e", Transaction = transaction });
            Assert.That(await harness.Deliveries.GetEventAsync(null, "e"), Is.Null, "Nobody else sees it yet.");
            transaction.Commit();
        }

        Assert.That(await harness.Deliveries.GetEventAsync(null, "e"), Is.Not.Null);
        await harness.DrainAsync();
        Assert.That(harness.Requests, Has.Count.EqualTo(1));
        Assert.That(Scalar("SELECT count(*) FROM orders"), Is.EqualTo(1));
    }

    [Test]
    public async Task PublishAsync_RolledBack_IsGoneWithTheHostsRows()
    {
        await using var harness = await StartAsync();
        await using (var transaction = await BeginAsync())
        {
            Execute("INSERT INTO orders VALUES (42)", transaction);
            await harness.Publisher.PublishAsync("order.created", new { id = 42 }, new PublishOptions { EventId = "e", Transaction = transaction });
        }

        await harness.DrainAsync();
        Assert.That(await harness.Deliveries.GetEventAsync(null, "e"), Is.Null);
        Assert.That(harness.Requests, Is.Empty);
        Assert.That(Scalar("SELECT count(*) FROM orders"), Is.Zero);
    }

    [Test]
    public async Task PublishAsync_RefusedWithin_LeavesTheTransactionUsable()
    {
        await using var harness = await StartAsync();
        await using var transaction = await BeginAsync();
        Execute("INSERT INTO orders VALUES (42)", transaction);
        var deliveries = harness.Deliveries;
        await harness.Publisher.PublishAsync("order.created", new { id = 1 }, new PublishOptions { EventId = "e", Transaction = transaction });

        var again = await harness.Publisher.PublishAsync("order.created", new { id = 2 }, new PublishOptions { EventId = "e", Transaction = transaction });
        Assert.That(again.IsDuplicate, Is.True);
        await Assert.ThrowsAsync<WebhookValidationException>(async () =>
            await harness.Publisher.PublishAsync("not a type", new { id = 3 }, new PublishOptions { Transaction = transaction }));
        transaction.Commit();

        Assert.That(await deliveries.GetEventAsync(null, "e"), Is.Not.Null);
        Assert.That(Scalar("SELECT count(*) FROM orders"), Is.EqualTo(1));
    }

    [Test]
    public async Task PublishAsync_OnAnotherFile_IsRefusedBeforeAnythingIsWritten()
    {
        await using var harness = await StartAsync();
        using var other = new SqliteConnection($"Data Source={_folder.PathOf("other.db")};Pooling=False");
        other.Open();
        using var transaction = other.BeginTransaction();

        var refusal = await Assert.ThrowsAsync<WebhookConflictException>(async () =>
            await harness.Publisher.PublishAsync("order.created", new { id = 42 }, new PublishOptions { Transaction = transaction }));
        Assert.That(refusal!.Message, Does.Contain("other.db").And.Contain(_folder.Database));
    }

    [Test]
    public async Task PublishAsync_AlreadyCompleted_IsRefused()
    {
        await using var harness = await StartAsync();
        var transaction = await BeginAsync();
        transaction.Commit();

        var refusal = await Assert.ThrowsAsync<WebhookConflictException>(async () =>
            await harness.Publisher.PublishAsync("order.created", new { id = 42 }, new PublishOptions { Transaction = transaction }));
        Assert.That(refusal!.Message, Does.Contain("already completed"));
    }

    [Test]
    public async Task PublishAsync_OnALinkToTheFile_IsAccepted()
    {
        await using var harness = await StartAsync();
        var link = _folder.PathOf("link.db");
        File.CreateSymbolicLink(link, _folder.Database);
        using var linked = new SqliteConnection($"Data Source={link};Pooling=False");
        linked.Open();
        using var transaction = linked.BeginTransaction();

        await Assert.DoesNotThrowAsync(async () => await harness.Publisher.PublishAsync("order.created", new { id = 42 }, new PublishOptions { Transaction = transaction }));
    }

    private async Task<WebhookTestHarness> StartAsync()
    {
        var harness = await WebhookTestHarness.StartAsync(webhooks => webhooks.AddEventType("order.created", "An order came in.").UseSqlite(_folder.ConnectionString));
        await harness.Subscriptions.CreateAsync(new NewWebhookSubscription { Url = new Uri("https://example.com/hooks"), EventTypes = ["*"] });
        _connection.Open();
        Execute("CREATE TABLE orders (id INTEGER)", null);
        return harness;
    }

    private async Task<SqliteTransaction> BeginAsync() => (SqliteTransaction)await _connection.BeginTransactionAsync();

    private void Execute(string sql, SqliteTransaction? transaction)
    {
        using var command = _connection.CreateCommand();
        command.CommandText = sql;
        command.Transaction = transaction;
        command.ExecuteNonQuery();
    }

    private object? Scalar(string sql)
    {
        using var command = _connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
    }
}
