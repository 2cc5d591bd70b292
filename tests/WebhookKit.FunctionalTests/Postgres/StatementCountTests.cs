using WebhookKit.Tests.Postgres;

namespace WebhookKit.FunctionalTests.Postgres;

/// <summary>How many statements the server is sent for each delivery, the engine's own housekeeping included.</summary>
[NonParallelizable]
internal sealed class StatementCountTests
{
    private const int Events = 20_000;
    private const int Publishers = 64;
    private const double Most = 0.2;

    [Test]
    public async Task Engine_UnderLoad_SendsFewStatementsPerDelivery()
    {
        PostgresTests.Require();
        await using var database = await SharedPostgres.CreateDatabaseAsync();
        await PostgresSql.ExecuteAsync(database.ConnectionString, "CREATE EXTENSION pg_stat_statements");
        await using var receiver = await TestReceiver.StartAsync();
        await using var host = await TestHost.StartAsync(webhooks => webhooks.UsePostgreSql(database.ConnectionString));
        for (var i = 0; i < 10; i++)
            await host.Subscriptions.CreateAsync(new NewWebhookSubscription { Url = receiver.Url($"hook{i}"), EventTypes = [$"a.b{i}"] });
        var before = await CountAsync(database);

        var next = 0;
        await Task.WhenAll(Enumerable.Range(0, Publishers).Select(_ => Task.Run(async () =>
        {
            while (Interlocked.Increment(ref next) is var i && i <= Events) await host.Publisher.PublishAsync($"a.b{i % 10}", new { number = i });
        })));
        await host.Deliveries.DrainAsync(TimeSpan.FromMinutes(2), default);

        var perDelivery = (await CountAsync(database) - before) / (double)Events;
        TestContext.Out.WriteLine($"{perDelivery:0.000} statements per delivery");
        Assert.That(receiver.Requests, Has.Count.EqualTo(Events));
        Assert.That(perDelivery, Is.LessThan(Most));
    }

    private static async Task<long> CountAsync(PostgresDatabase database) => (long)await PostgresSql.ScalarAsync<decimal>(
        database.ConnectionString, $"SELECT coalesce(sum(calls), 0) FROM pg_stat_statements WHERE dbid = (SELECT oid FROM pg_database WHERE datname = '{database.Name}')");
}
