using System.Transactions;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using NUnit.Framework;
using WebhookKit.Testing;

namespace WebhookKit.Tests.Storage.PostgreSql;

/// <summary>The store commits on its own, whatever becomes of an ambient transaction: only <see cref="PublishOptions.Transaction"/> joins one.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class PostgreSqlAmbientTests : PostgreSqlFixture
{
    [Test]
    public async Task PublishAsync_ScopeNotCompleted_IsStoredAndDelivered([Values] bool isHostsSource)
    {
        await using var source = NpgsqlDataSource.Create(Schema.ConnectionString);
        await using var harness = await StartAsync(isHostsSource ? source : null);
        using (new TransactionScope(TransactionScopeAsyncFlowOption.Enabled))
        {
            await using var connection = new NpgsqlConnection(Schema.ConnectionString);
            await connection.OpenAsync();
            await using var command = new NpgsqlCommand($"INSERT INTO {Schema.Name}.orders VALUES (42)", connection);
            await command.ExecuteNonQueryAsync();
            await harness.Publisher.PublishAsync("order.created", new { id = 42 }, new PublishOptions { EventId = "e" });
            Assert.That(Transaction.Current, Is.Not.Null, "The host's own is left alone.");
        }

        await harness.DrainAsync();
        Assert.That(await harness.Deliveries.GetEventAsync(null, "e"), Is.Not.Null);
        Assert.That(harness.Requests, Has.Count.EqualTo(1));
        Assert.That(await ScalarAsync<long>($"SELECT count(*) FROM {Schema.Name}.orders"), Is.Zero);
    }

    [Test]
    public async Task PublishAsync_ScopeThatDoesNotFlow_IsStored()
    {
        await using var harness = await StartAsync();
        Task publishing;
        using (new TransactionScope()) publishing = harness.Publisher.PublishAsync("order.created", new { id = 42 }, new PublishOptions { EventId = "e" }).AsTask();

        await publishing;
        Assert.That(await harness.Deliveries.GetEventAsync(null, "e"), Is.Not.Null);
    }

    [Test]
    public async Task CreateAsync_ScopeNotCompleted_IsStored()
    {
        await using var harness = await StartAsync();
        using (new TransactionScope(TransactionScopeAsyncFlowOption.Enabled))
            await harness.Subscriptions.CreateAsync(new NewWebhookSubscription { Id = "second", Url = new Uri("https://example.com/2"), EventTypes = ["*"] });

        Assert.That(await harness.Subscriptions.GetAsync("second"), Is.Not.Null);
    }

    [Test]
    public async Task FirstCallOfAll_ScopeNotCompleted_MakesTheTablesAndStores()
    {
        var services = new ServiceCollection();
        services.AddWebhooks().AddEventType("order.created", "An order came in.").UsePostgreSql(Schema.ConnectionString, options => options.Schema = Schema.Name);
        await using var provider = services.BuildServiceProvider();
        using (new TransactionScope(TransactionScopeAsyncFlowOption.Enabled))
            await provider.GetRequiredService<IWebhookPublisher>().PublishAsync("order.created", new { id = 42 });

        Assert.That(await ScalarAsync<long>($"SELECT count(*) FROM {Schema.Name}.webhook_event"), Is.EqualTo(1));
    }

    private async Task<WebhookTestHarness> StartAsync(NpgsqlDataSource? source = null)
    {
        var harness = await WebhookTestHarness.StartAsync(webhooks =>
        {
            webhooks.AddEventType("order.created", "An order came in.");
            if (source is null) webhooks.UsePostgreSql(Schema.ConnectionString, options => options.Schema = Schema.Name);
            else webhooks.UsePostgreSql(source, options => options.Schema = Schema.Name);
        });
        await harness.Subscriptions.CreateAsync(new NewWebhookSubscription { Url = new Uri("https://example.com/hooks"), EventTypes = ["*"] });
        await ExecuteAsync($"CREATE TABLE {Schema.Name}.orders (id integer)");
        return harness;
    }
}
