using Npgsql;
using WebhookKit.Tests.Postgres;

namespace WebhookKit.FunctionalTests.Postgres;

/// <summary>One of two servers may be written to, and then the other.</summary>
[NonParallelizable]
internal sealed class FailOverTests
{
    [Test]
    public async Task PrimaryStoppedForGood_OtherPromoted_GoesOnThere()
    {
        PostgresTests.RequireOwn();
        await using var receiver = await TestReceiver.StartAsync();
        await using var primary = await StartServerAsync(receiver);
        await using var standby = await StartServerAsync(receiver);
        await SetReadOnlyAsync(standby, true);

        // The standby stands first, and is passed over.
        await using var host = await TestHost.StartAsync(webhooks => webhooks.UsePostgreSql(new NpgsqlConnectionStringBuilder(primary.ConnectionString)
        {
            Host = $"{AddressOf(standby)},{AddressOf(primary)}",
            TargetSessionAttributes = "read-write",
            HostRecheckSeconds = 1,
        }.ConnectionString));
        await host.Publisher.PublishAsync("a.b", new { n = 1 }, new PublishOptions { EventId = "before" });
        await receiver.WhenReceivedAsync(1);
        Assert.That(await CountAsync(primary), Is.EqualTo(1));

        await primary.StopAsync();
        var publishing = host.Publisher.PublishAsync("a.b", new { n = 2 }, new PublishOptions { EventId = "after" }).AsTask();
        Assert.That(publishing.IsCompleted, Is.False);
        await SetReadOnlyAsync(standby, false);

        await publishing;
        await receiver.WhenReceivedAsync(2);
        Assert.That(receiver.Requests.Last().Headers["webhook-id"], Is.EqualTo("after"));
        Assert.That(await CountAsync(standby), Is.EqualTo(1));
    }

    /// <summary>With what a replica has: the tables and the subscription.</summary>
    private static async Task<PostgresServer> StartServerAsync(TestReceiver receiver)
    {
        var server = await PostgresServer.StartAsync(new PostgresOptions { Fsync = false });
        await using var host = await TestHost.StartAsync(webhooks => webhooks.UsePostgreSql(server.ConnectionString), o => o.Dispatch = false);
        await host.Subscriptions.CreateAsync(new NewWebhookSubscription { Id = "hook", Url = receiver.Url("hook"), EventTypes = ["*"] });
        await PostgresSql.ExecuteAsync(server.ConnectionString, $"UPDATE webhooks.webhook_info SET store_id = '{Guid.Empty}'");
        return server;
    }

    private static string AddressOf(PostgresServer server) => new NpgsqlConnectionStringBuilder(server.ConnectionString) is var parts ? $"{parts.Host}:{parts.Port}" : "";

    private static async Task SetReadOnlyAsync(PostgresServer server, bool value)
    {
        await PostgresSql.ExecuteAsync(server.ConnectionString, $"ALTER SYSTEM SET default_transaction_read_only = {(value ? "on" : "off")}");
        await PostgresSql.ExecuteAsync(server.ConnectionString, "SELECT pg_reload_conf()");
    }

    private static Task<long> CountAsync(PostgresServer server) => PostgresSql.ScalarAsync<long>(server.ConnectionString, "SELECT count(*) FROM webhooks.webhook_event");
}
