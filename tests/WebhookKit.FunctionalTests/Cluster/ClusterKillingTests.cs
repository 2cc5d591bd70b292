using System.Globalization;
using WebhookKit.FunctionalTests.Durable;
using WebhookKit.Tests.Postgres;

namespace WebhookKit.FunctionalTests.Cluster;

/// <summary>
/// Kills processes that share a database, at random moments, and its server too, and looks at what arrives. WEBHOOKKIT_KILLS says how often
/// (50), and WEBHOOKKIT_SEED where from.
/// </summary>
public sealed class ClusterKillingTests
{
    private const int Nodes = 3;
    private const int ServerStops = 5;

    /// <summary>How long a publisher waits after each event, in milliseconds: a killed process's lanes wait for its lease, and must be caught up with.</summary>
    private const int Pause = 400;

    private static readonly int Kills = Number("WEBHOOKKIT_KILLS", 50);

    [OneTimeSetUp]
    public void RequirePostgres() => PostgresTests.RequireOwn();

    [Test]
    public async Task Kill_NodesAndServerAtRandomMoments_LosesNothingAndRepeatsOnlyWhatWasUnderWay()
    {
        var seed = Number("WEBHOOKKIT_SEED", Environment.TickCount);
        var random = new Random(seed);
        await using var cluster = await TestCluster.StartAsync(seed, copies: 3);
        CrashNodeProcess[] nodes = [.. Enumerable.Range(0, Nodes).Select(_ => cluster.StartNode(Pause))];
        for (var kill = 1; kill <= Kills; kill++)
        {
            var victim = random.Next(Nodes);
            await nodes[victim].WhenWrittenAsync('R', random.Next(1, 15));
            var stopsServer = kill * ServerStops % Kills < ServerStops;
            if (stopsServer) await cluster.Server.StopAsync();
            await cluster.KillAsync(nodes[victim]);
            nodes[victim] = cluster.StartNode(Pause);
            if (stopsServer) await cluster.Server.RestartAsync();
        }

        // One that has not begun yet does not know how to be stopped.
        foreach (var node in nodes) await node.WhenWrittenAsync('R', 1);
        await Task.WhenAll(nodes.Select(cluster.StopAsync));
        await cluster.FinishAsync();

        var ledger = cluster.Ledger;
        foreach (var (run, unsettled, duplicates) in ledger.Kills.Where(k => k.Unsettled > 0))
            TestContext.Out.WriteLine($"kill of {run}: {unsettled} deliveries accepted and not settled, {duplicates} of them came again");
        TestContext.Out.WriteLine(
            $"seed {seed}: {ledger.Kills.Count} kills, {ServerStops} of the server too; {ledger.Returned} events published, {ledger.Accepted} deliveries, "
            + $"{ledger.Duplicates} duplicates, {ledger.Fenced} lanes fenced");
        Assert.Multiple(() =>
        {
            Assert.That(ledger.Faults, Is.Empty, $"seed {seed}");
            Assert.That(ledger.Kills.Where(k => k.Duplicates > k.Unsettled), Is.Empty, "More came again than was under way.");
            Assert.That(ledger.Returned, Is.GreaterThan(Kills), "Too little was published for this to say anything.");
        });
    }

    private static int Number(string variable, int standard) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : standard;
}
