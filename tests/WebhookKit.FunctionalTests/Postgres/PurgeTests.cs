using WebhookKit.FunctionalTests.Cluster;
using WebhookKit.PostgreSql;
using WebhookKit.Tests.Postgres;

namespace WebhookKit.FunctionalTests.Postgres;

/// <summary>Removing old history keeps nobody waiting, and waits for nobody.</summary>
internal sealed class PurgeTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    [Test]
    public async Task Purge_CommitsWaitForAStandbyThatIsAway_DoesNotWait()
    {
        PostgresTests.RequireOwn();
        await using var server = await PostgresServer.StartAsync(new PostgresOptions { Fsync = false });
        await using var store = new PostgreSqlWebhookStore(new PostgreSqlStoreOptions { ConnectionString = server.ConnectionString }, TimeProvider.System);
        await store.InitializeAsync(default);
        var now = TimeProvider.System.GetUtcNow();
        await store.PublishAsync([new EventWrite(new WebhookEvent { Id = "old", Type = "a.b", Data = "{}"u8.ToArray() }, [], null) { PublishedAt = now.AddDays(-1) }], null, default);

        // Every commit that waits for its record to be safe now waits for ever.
        await PostgresSql.ExecuteAsync(server.ConnectionString, "ALTER SYSTEM SET synchronous_standby_names = 'away'");
        await PostgresSql.ExecuteAsync(server.ConnectionString, "SELECT pg_reload_conf()");
        await Eventually.BecomesTrueAsync(
            async () => await PostgresSql.ScalarAsync<string>(server.ConnectionString, "SHOW synchronous_standby_names") == "away", "the server has the setting");

        var query = new PurgeQuery { SucceededBefore = now, FailedBefore = now, AttemptsBefore = now, EventsBefore = now, Limit = 100 };
        Assert.That(await store.PurgeAsync(query, default).AsTask().WaitAsync(Patience), Is.EqualTo(1));
    }
}
