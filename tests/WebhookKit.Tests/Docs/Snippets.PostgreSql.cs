using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Npgsql;
using NUnit.Framework;
using WebhookKit.Testing;
using WebhookKit.Tests.Postgres;

namespace WebhookKit.Tests.Docs;

public sealed partial class Snippets
{
    [Test]
    public async Task PostgreSql_Used_IsTheStore()
    {
        var services = new ServiceCollection();

        // snippet: postgresql
        services.AddWebhooks()
            .AddEventType("subscriber.created", "Fires when a subscriber is added.")
            .UsePostgreSql("Host=db;Database=app;Username=app");
        // end snippet

        Assert.That((await AcceptedPostgreSqlAsync(services)).ConnectionString, Is.EqualTo("Host=db;Database=app;Username=app"));
    }

    [Test]
    public async Task PostgreSql_Options_AreAccepted()
    {
        var services = new ServiceCollection();

        // snippet: postgresql-options
        services.AddWebhooks().UsePostgreSql("Host=db;Database=app;Username=app", store => store.Schema = "hooks");
        // end snippet

        Assert.That((await AcceptedPostgreSqlAsync(services)).Schema, Is.EqualTo("hooks"));
    }

    [Test]
    public async Task PostgreSql_OwnTransaction_StoresWithIt()
    {
        await using var schema = await PostgresTests.CreateSchemaAsync();
        await using var harness = await WebhookTestHarness.StartAsync(webhooks => webhooks
            .AddEventType("order.paid", "Fires when an order is paid.")
            .UsePostgreSql(schema.ConnectionString, store => store.Schema = schema.Name));
        await SubscribeAsync(harness);
        var publisher = harness.Publisher;
        await using var connection = new NpgsqlConnection(schema.ConnectionString);
        await connection.OpenAsync();

        // snippet: postgresql-transaction
        await using var transaction = await connection.BeginTransactionAsync();
        // … your own rows …
        await publisher.PublishAsync("order.paid", new { id = "42" }, new PublishOptions { Transaction = transaction });
        await transaction.CommitAsync();
        // end snippet

        await harness.DrainAsync();
        await harness.AssertDeliveredAsync("order.paid", times: 1);
    }

    private static async Task<PostgreSqlStoreOptions> AcceptedPostgreSqlAsync(IServiceCollection services)
    {
        await using var provider = services.BuildServiceProvider();
        return provider.GetRequiredService<IOptions<PostgreSqlStoreOptions>>().Value;
    }
}
