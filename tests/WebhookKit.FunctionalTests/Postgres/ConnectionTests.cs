using WebhookKit.FunctionalTests.Cluster;
using WebhookKit.Tests.Postgres;

namespace WebhookKit.FunctionalTests.Postgres;

/// <summary>What a node's connections are used for, as the server sees them.</summary>
internal sealed class ConnectionTests
{
    [OneTimeSetUp]
    public void RequirePostgres() => PostgresTests.Require();

    [Test]
    public async Task Request_AnswerHeldBack_NoTransactionStaysOpenMeanwhile()
    {
        await using var database = await SharedPostgres.CreateDatabaseAsync();
        await using var receiver = await TestReceiver.StartAsync();
        var (arrived, answer) = (Source(), Source());
        receiver.Answer("/hook", (_, _) =>
        {
            arrived.TrySetResult();
            return answer.Task;
        });
        await using var host = await TestHost.StartAsync(webhooks => webhooks.UsePostgreSql(database.ConnectionString));
        await host.Subscriptions.CreateAsync(new NewWebhookSubscription { Url = receiver.Url("hook"), EventTypes = ["*"] });
        await host.Publisher.PublishAsync("a.b", new { n = 1 });
        await arrived.Task;

        // What else the node does meanwhile takes transactions too, but those end although the request does not.
        var since = await PostgresSql.ScalarAsync<DateTime>(database.ConnectionString, "SELECT clock_timestamp()");
        await Eventually.BecomesTrueAsync(
            async () => await CountAsync(database, $"xact_start <= '{since:O}'") == 0, "all transactions that were open when the request arrived have ended");
        Assert.That(receiver.Requests, Is.Empty);
        answer.SetResult();
        await receiver.WhenReceivedAsync(1);
    }

    [Test]
    public async Task WakeUps_SwitchedOff_TheSweepFindsWhatAnotherNodePublished()
    {
        await using var database = await SharedPostgres.CreateDatabaseAsync();
        await using var receiver = await TestReceiver.StartAsync();
        await using var worker = await StartAsync(database.ConnectionString, dispatches: true);
        await using var front = await StartAsync(database.ConnectionString, dispatches: false);
        await front.Subscriptions.CreateAsync(new NewWebhookSubscription { Url = receiver.Url("hook"), EventTypes = ["*"] });
        for (var i = 1; i <= 3; i++)
        {
            await front.Publisher.PublishAsync("a.b", new { n = i });
            await receiver.WhenReceivedAsync(i);
        }

        Assert.That(await CountAsync(database, "query LIKE 'LISTEN%'"), Is.Zero);

        static Task<TestHost> StartAsync(string connectionString, bool dispatches) => TestHost.StartAsync(
            webhooks => webhooks.UsePostgreSql(connectionString, o => o.WakeUps = false),
            o => (o.Dispatch, o.SweepInterval) = (dispatches, TimeSpan.FromMilliseconds(200)));
    }

    private static TaskCompletionSource Source() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Counts connections to a database but the one that asks.</summary>
    private static Task<long> CountAsync(PostgresDatabase database, string condition) => PostgresSql.ScalarAsync<long>(
        database.ConnectionString, $"SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND {condition}");
}
