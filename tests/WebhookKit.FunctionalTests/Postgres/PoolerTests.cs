using System.Text.Json;
using Npgsql;
using WebhookKit.Tests.Postgres;

namespace WebhookKit.FunctionalTests.Postgres;

/// <summary>Through PgBouncer, which gives each transaction whichever connection is free.</summary>
[NonParallelizable]
internal sealed class PoolerTests
{
    private const int Events = 300;

    [Test]
    public async Task TransactionMode_TwoNodes_DeliverEverythingOnce()
    {
        PostgresTests.RequireOwn();
        await using var server = await PostgresServer.StartAsync(new PostgresOptions { Fsync = false });
        await using var pooler = await PgBouncer.StartAsync(server);
        await using var receiver = await TestReceiver.StartAsync();
        await using var one = await StartAsync(pooler, server);
        await one.Subscriptions.CreateAsync(new NewWebhookSubscription { Url = receiver.Url("strict"), EventTypes = ["strict"], Order = DeliveryOrder.Strict });
        await one.Subscriptions.CreateAsync(new NewWebhookSubscription { Url = receiver.Url("free"), EventTypes = ["free"] });
        await using var other = await StartAsync(pooler, server);

        await Task.WhenAll(PublishAsync(one, "free"), PublishAsync(other, "free"), PublishAsync(one, "strict"));
        await receiver.WhenReceivedAsync(3 * Events);

        Assert.That(receiver.Requests.Select(r => r.Headers["webhook-id"]), Is.Unique);
        Assert.That(receiver.RequestsTo("/strict").Select(NumberOf), Is.EqualTo(Enumerable.Range(0, Events)));
    }

    [Test]
    public async Task TransactionMode_NowhereToListen_TheSweepFindsWhatAnotherNodePublishedAndNothingIsPrepared()
    {
        PostgresTests.RequireOwn();
        await using var server = await PostgresServer.StartAsync(new PostgresOptions { Fsync = false });
        await using var pooler = await PgBouncer.StartAsync(server);
        await using var receiver = await TestReceiver.StartAsync();
        await using var worker = await TestHost.StartAsync(webhooks => webhooks.UsePostgreSql(pooler.ConnectionString), o => o.SweepInterval = TimeSpan.FromMilliseconds(200));
        await using var front = await TestHost.StartAsync(webhooks => webhooks.UsePostgreSql(pooler.ConnectionString), o => o.Dispatch = false);
        await front.Subscriptions.CreateAsync(new NewWebhookSubscription { Url = receiver.Url("hook"), EventTypes = ["*"] });
        for (var i = 1; i <= 3; i++)
        {
            await front.Publisher.PublishAsync("a.b", new { number = i });
            await receiver.WhenReceivedAsync(i);
        }

        Assert.That(await PostgresSql.ScalarAsync<long>(server.ConnectionString, "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'LISTEN%'"), Is.Zero);
        await front.StopAsync();
        await worker.StopAsync();
        Assert.That(await CountPreparedAsync(pooler), Is.Zero);
    }

    /// <summary>Looks at all connections that the pooler has, by holding them all at once.</summary>
    private static async Task<long> CountPreparedAsync(PgBouncer pooler)
    {
        await using var source = NpgsqlDataSource.Create(pooler.ConnectionString);
        var (count, held) = (0L, new List<NpgsqlConnection>());
        for (var i = 0; i < PgBouncer.Connections; i++)
        {
            var connection = await source.OpenConnectionAsync();
            held.Add(connection);
            await connection.BeginTransactionAsync();
            await using var command = new NpgsqlCommand("SELECT count(*) FROM pg_prepared_statements", connection);
            count += (long)(await command.ExecuteScalarAsync())!;
        }

        foreach (var connection in held) await connection.DisposeAsync();
        return count;
    }

    private static Task<TestHost> StartAsync(PgBouncer pooler, PostgresServer server) =>
        TestHost.StartAsync(webhooks => webhooks.UsePostgreSql(pooler.ConnectionString, o => o.ListenConnectionString = server.ConnectionString));

    private static async Task PublishAsync(TestHost host, string type)
    {
        for (var i = 0; i < Events; i++) await host.Publisher.PublishAsync(type, new { number = i });
    }

    private static int NumberOf(Received received)
    {
        using var body = JsonDocument.Parse(received.Body);
        return body.RootElement.GetProperty("data").GetProperty("number").GetInt32();
    }
}
