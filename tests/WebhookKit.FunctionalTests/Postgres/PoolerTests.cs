using System.Text.Json;
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
