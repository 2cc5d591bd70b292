using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using NUnit.Framework;
using WebhookKit.Testing;
using WebhookKit.Tests.Storage.Sqlite;

namespace WebhookKit.Tests.Docs;

public sealed partial class Snippets
{
    [Test]
    public async Task Sqlite_Used_IsTheStore()
    {
        var services = new ServiceCollection();

        // snippet: sqlite
        services.AddWebhooks()
            .AddEventType("subscriber.created", "Fires when a subscriber is added.")
            .UseSqlite("Data Source=webhooks.db");
        // end snippet

        Assert.That((await AcceptedAsync(services)).ConnectionString, Is.EqualTo("Data Source=webhooks.db"));
    }

    [Test]
    public async Task Sqlite_Options_AreAccepted()
    {
        var services = new ServiceCollection();

        // snippet: sqlite-options
        services.AddWebhooks().UseSqlite("Data Source=webhooks.db", store => store.Durability = SqliteDurability.Normal);
        // end snippet

        Assert.That((await AcceptedAsync(services)).Durability, Is.EqualTo(SqliteDurability.Normal));
    }

    [Test]
    public async Task Sqlite_OwnTransaction_StoresWithIt()
    {
        using var folder = new TempFolder();
        await using var harness = await WebhookTestHarness.StartAsync(webhooks => webhooks
            .AddEventType("order.paid", "Fires when an order is paid.")
            .UseSqlite(folder.ConnectionString));
        await SubscribeAsync(harness);
        var publisher = harness.Publisher;
        await using var connection = new SqliteConnection($"{folder.ConnectionString};Pooling=False");
        await connection.OpenAsync();

        // snippet: sqlite-transaction
        await using var transaction = await connection.BeginTransactionAsync();
        // … your own rows …
        await publisher.PublishAsync("order.paid", new { id = "42" }, new PublishOptions { Transaction = transaction });
        await transaction.CommitAsync();
        // end snippet

        await harness.DrainAsync();
        await harness.AssertDeliveredAsync("order.paid", times: 1);
    }

    /// <summary>The settings that a host would start with: making the file is left out.</summary>
    private static async Task<SqliteStoreOptions> AcceptedAsync(IServiceCollection services)
    {
        await using var provider = services.BuildServiceProvider();
        foreach (var check in provider.GetServices<IStartupValidator>()) check.Validate();
        return provider.GetRequiredService<IOptions<SqliteStoreOptions>>().Value;
    }
}
