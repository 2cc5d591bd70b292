using WebhookKit.Tests.Postgres;

namespace WebhookKit.FunctionalTests.Cluster;

/// <summary>A process that is stopped past its lease, as a debugger or an overloaded machine does it.</summary>
public sealed class FencingTests
{
    /// <summary>Long, since the test holds answers back for a while; the lease follows from it.</summary>
    private const int AttemptTimeout = 5000;

    private const int Pause = 100;

    [OneTimeSetUp]
    public void RequirePostgres() => PostgresTests.RequireOwn();

    [Test]
    [Platform(Exclude = "Win", Reason = "It has no SIGSTOP.")]
    public async Task Pause_PastTheLease_LateSettlementsChangeNothing()
    {
        await using var cluster = await TestCluster.StartAsync(seed: 4, copies: 4, timeout: AttemptTimeout);
        var (sleeper, other) = (cluster.StartWorker(), cluster.StartWorker());
        var publisher = cluster.StartPublisher(Pause);
        await publisher.WhenWrittenAsync('R', 10);
        await cluster.WhenSharedOutAsync(sleeper, other);
        var lanes = await cluster.FindLanesOfAsync(sleeper);

        // It is paused while it waits for answers, and does nothing else: each of its lanes has settlements to make when it wakes up.
        var held = new HeldRequests(cluster, sleeper.Run);
        held.Begin();
        await Eventually.BecomesTrueAsync(() => lanes.All(held.Holds), "all lanes of the process wait for answers");
        await cluster.StopAsync(publisher);
        await held.WhenQuietAsync();
        await cluster.PauseAsync(sleeper);
        held.AnswerAll();

        // The other one takes over, and delivers everything again, while more is published; but on one lane everything stays as the sleeper knows
        // it, so that nothing but the fence stands against what it settles.
        await using var management = await TestHost.StartAsync(
            webhooks => webhooks.UsePostgreSql(cluster.ConnectionString).AddProfile(WebhookProfiles.StandardWebhooks with { Name = "crash" }),
            options => options.Dispatch = false);
        await management.Subscriptions.PauseAsync(lanes[0]);
        await cluster.WhenSharedOutAsync(other);
        publisher = cluster.StartPublisher(Pause);
        await publisher.WhenWrittenAsync('R', 50);
        await cluster.StopAsync(publisher);
        await Eventually.BecomesTrueAsync(async () => await cluster.CountPendingAsync(except: lanes[0]) == 0, "everything is settled");
        var stored = await cluster.DescribeDeliveriesAsync();

        held.IsAwakeAgain();
        await sleeper.ResumeAsync();
        await Eventually.BecomesTrueAsync(() => cluster.Ledger.Fenced == lanes.Count, "what it settles is refused on each of its lanes");
        Assert.That(await cluster.DescribeDeliveriesAsync(), Is.EqualTo(stored), "What the process settled too late changed something.");

        // It takes part again once it owns partitions, and not before.
        await management.Subscriptions.EnableAsync(lanes[0]);
        await cluster.WhenSharedOutAsync(sleeper, other);
        publisher = cluster.StartPublisher(Pause);
        await publisher.WhenWrittenAsync('R', 1);
        await Eventually.BecomesTrueAsync(() => held.Late > 0, "the process delivers again");
        await cluster.StopAsync(publisher);
        await cluster.FinishAsync();

        var ledger = cluster.Ledger;
        TestContext.Out.WriteLine($"{lanes.Count} of {cluster.Lanes.Count} lanes taken over: {ledger.Accepted} deliveries, {ledger.Duplicates} duplicates, {held.Late} requests after waking up");
        Assert.Multiple(() =>
        {
            Assert.That(held.Trespasses, Is.Empty, "It sent for lanes that it did not own.");
            Assert.That(ledger.Faults, Is.Empty);
        });
    }
}
