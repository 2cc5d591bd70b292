using WebhookKit.Tests.Postgres;

namespace WebhookKit.FunctionalTests.Postgres;

/// <summary>The server goes and comes back: nothing is lost, and nobody has to do anything.</summary>
[NonParallelizable]
internal sealed class OutageTests
{
    [Test]
    public async Task Server_StoppedHardAndStartedAgain_PublishingWaitsAndEverythingArrives()
    {
        PostgresTests.RequireOwn();
        await using var server = await PostgresServer.StartAsync(new PostgresOptions { Fsync = false });
        await using var receiver = await TestReceiver.StartAsync();
        await using var host = await TestHost.StartAsync(webhooks => webhooks.UsePostgreSql(server.ConnectionString));
        await host.Subscriptions.CreateAsync(new NewWebhookSubscription { Url = receiver.Url("hook"), EventTypes = ["*"] });
        await host.Publisher.PublishAsync("a.b", new { n = 1 });
        await receiver.WhenReceivedAsync(1);

        await server.StopAsync();
        var publishing = host.Publisher.PublishAsync("a.b", new { n = 2 }).AsTask();
        Assert.That(publishing.IsCompleted, Is.False);
        await server.RestartAsync();

        await publishing;
        await receiver.WhenReceivedAsync(2);
    }

    [Test]
    public async Task Server_AwayForLongerThanPublishingWaits_ThrowsAndSaysWhatToDo()
    {
        PostgresTests.RequireOwn();
        await using var server = await PostgresServer.StartAsync(new PostgresOptions { Fsync = false });
        await using var host = await TestHost.StartAsync(webhooks => webhooks.UsePostgreSql(server.ConnectionString, o => o.PublishPatience = TimeSpan.Zero));
        await server.StopAsync();

        var refusal = await Assert.ThrowsAsync<WebhookStoreException>(async () => await host.Publisher.PublishAsync("a.b", new { n = 1 }));
        Assert.That(refusal!.Message, Does.Contain("The webhook database 'postgres' on 127.0.0.1"));
    }
}
