using System.Diagnostics;
using WebhookKit.FunctionalTests.Durable;
using WebhookKit.Tests.Postgres;

namespace WebhookKit.FunctionalTests.Cluster;

/// <summary>Processes join and leave while deliveries flow.</summary>
public sealed class RebalancingTests
{
    private const int Partitions = 64;

    /// <summary>The deadline of an attempt, in milliseconds.</summary>
    private const int AttemptTimeout = 2000;

    private const int MaxConcurrency = 3;

    /// <summary>How many deliveries must be made between two restarts: not how fast, which is up to the machine.</summary>
    private const int DeliveriesPerRestart = 5000;

    /// <summary>As tests/CrashNode has it: 60 requests in any 4 seconds.</summary>
    private const int Rate = 60;

    /// <summary>
    /// What a request takes from its start, which the limit counts, to its arrival is not known, but it is less than the deadline of an attempt.
    /// So two that start 4 seconds apart or more arrive with more than this between them.
    /// </summary>
    private static readonly TimeSpan RateWindow = TimeSpan.FromSeconds(4) - TimeSpan.FromMilliseconds(AttemptTimeout);

    [OneTimeSetUp]
    public void RequirePostgres() => PostgresTests.RequireOwn();

    [Test]
    public async Task JoinAndLeave_WhileDeliveriesFlow_KeepsOrderAndLimits()
    {
        await using var cluster = await TestCluster.StartAsync(seed: 5, copies: 3, hasLimits: true, timeout: AttemptTimeout);
        var few = WatchAll(cluster, "few");
        var rate = WatchAll(cluster, "rate");
        var publisher = cluster.StartPublisher(pause: 150);
        List<CrashNodeProcess> nodes = [];

        async Task ChangeAsync(Func<Task> change)
        {
            var before = cluster.Ledger.Accepted;
            await change();
            var owned = await cluster.WhenSharedOutAsync([.. nodes]);
            TestContext.Out.WriteLine($"{nodes.Count} processes own {string.Join(" + ", owned.Values)} partitions, {cluster.Ledger.Accepted - before} deliveries later");
            Assert.That(owned.Values.Sum(), Is.EqualTo(Partitions));

            // A hash shares them out: four standard deviations and more from the mean is no accident.
            Assert.That(owned.Values, Has.All.GreaterThanOrEqualTo(Partitions / nodes.Count / 4), "The partitions are not shared out fairly.");
            await Eventually.BecomesTrueAsync(() => cluster.Ledger.Accepted > before + 300, "deliveries flow");
        }

        Task JoinAsync() => ChangeAsync(() =>
        {
            nodes.Add(cluster.StartWorker());
            return Task.CompletedTask;
        });
        Task LeaveAsync() => ChangeAsync(async () =>
        {
            var leaving = nodes[0];
            nodes.RemoveAt(0);
            await cluster.StopAsync(leaving);
        });

        await JoinAsync();
        await JoinAsync();
        await JoinAsync();
        await LeaveAsync();
        await JoinAsync();
        await LeaveAsync();
        await LeaveAsync();
        await cluster.StopAsync(publisher);
        await cluster.FinishAsync();

        var ledger = cluster.Ledger;
        TestContext.Out.WriteLine($"{ledger.Returned} events, {ledger.Accepted} deliveries, {ledger.Duplicates} duplicates");
        foreach (var (lane, watch) in few) TestContext.Out.WriteLine($"{lane}: {watch.Requests} requests, at most {watch.MostAtOnce} at once");
        foreach (var (lane, watch) in rate) TestContext.Out.WriteLine($"{lane}: {watch.Requests} requests, at most {watch.MostWithin(RateWindow)} in {RateWindow.TotalSeconds} s");
        Assert.Multiple(() =>
        {
            Assert.That(few.Values.Select(w => w.MostAtOnce), Has.All.LessThanOrEqualTo(MaxConcurrency));
            Assert.That(rate.Values.Select(w => w.MostWithin(RateWindow)), Has.All.LessThanOrEqualTo(Rate));
            Assert.That(rate.Values.Select(w => w.Requests), Has.All.GreaterThan(2 * Rate), "Too few for the limit to be felt.");
            Assert.That(ledger.Faults, Is.Empty);
            Assert.That(ledger.Duplicates, Is.Zero);
        });
    }

    [Test]
    public async Task RollingRestart_WhileDeliveriesFlow_LosesNothingAndRepeatsNothing()
    {
        // 60 lanes and 40 events a second: 2,400 deliveries a second, where the machine can.
        await using var cluster = await TestCluster.StartAsync(seed: 6, copies: 15, timeout: AttemptTimeout);
        CrashNodeProcess[] nodes = [.. Enumerable.Range(0, 3).Select(_ => cluster.StartWorker())];
        var publisher = cluster.StartPublisher(pause: 100);
        await cluster.WhenSharedOutAsync(nodes);
        var (began, deliveredBefore) = (Stopwatch.GetTimestamp(), cluster.Ledger.Accepted);
        for (var i = 0; i < nodes.Length; i++)
        {
            var before = cluster.Ledger.Accepted;
            await Eventually.BecomesTrueAsync(() => cluster.Ledger.Accepted > before + DeliveriesPerRestart, "deliveries flow");
            await nodes[i].WhenWrittenAsync('S', 100);
            await cluster.StopAsync(nodes[i]);
            nodes[i] = cluster.StartWorker();
            await nodes[i].WhenWrittenAsync('S', 1);
        }

        var perSecond = (cluster.Ledger.Accepted - deliveredBefore) / Stopwatch.GetElapsedTime(began).TotalSeconds;
        await cluster.StopAsync(publisher);
        await cluster.FinishAsync();

        var ledger = cluster.Ledger;
        TestContext.Out.WriteLine($"{ledger.Returned} events, {ledger.Accepted} deliveries, {perSecond:N0} a second during the restarts, {ledger.Duplicates} duplicates");
        Assert.Multiple(() =>
        {
            Assert.That(ledger.Accepted, Is.GreaterThanOrEqualTo(Math.Max(ledger.Returned * cluster.Lanes.Count, nodes.Length * DeliveriesPerRestart)));
            Assert.That(ledger.Faults, Is.Empty);
            Assert.That(ledger.Duplicates, Is.Zero);
        });
    }

    private static Dictionary<string, LimitWatch> WatchAll(TestCluster cluster, string kind) =>
        cluster.Lanes.Where(lane => lane.StartsWith(kind, StringComparison.Ordinal)).ToDictionary(lane => lane, lane => new LimitWatch(cluster.Receiver, lane));
}
