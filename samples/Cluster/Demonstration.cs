using System.Globalization;
using Cluster.Nodes;
using WebhookKit.Tests.Postgres;

namespace Cluster;

/// <summary>The course of events: start, publish, kill one node, see the others take over, count.</summary>
internal sealed class Demonstration(Options options, NodeGroup nodes, Receiver receiver, string connectionString, string schema, Display display)
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly Dictionary<string, int> _deliveredBefore = [];
    private readonly long _began = TimeProvider.System.GetTimestamp();
    private TimeSpan _shownAt;

    private TimeSpan Elapsed => TimeProvider.System.GetElapsedTime(_began);

    /// <summary>Runs it, with all that it needs, and removes that again.</summary>
    /// <returns>Whether everything arrived, in order.</returns>
    public static async Task<bool> RunAsync(Options options, CancellationToken stop)
    {
        var display = new Display(Console.Out, isTerminal: !Console.IsOutputRedirected && Console.WindowWidth >= Display.Width);
        display.Say(options.Postgres is null ? "Starting PostgreSQL and the nodes…" : "Starting the nodes…");
        await using var server = options.Postgres is null ? await PostgresServer.FindOrStartAsync(new PostgresOptions { Fsync = false }) : null;
        await PostgresSql.ExecuteAsync(options.Postgres ?? server!.ConnectionString, "SELECT 1 -- before anything is begun");
        await using var schema = new PostgresSchema(options.Postgres ?? server!.ConnectionString);
        await using var receiver = await Receiver.StartAsync(stop);
        await using var nodes = new NodeGroup(schema.ConnectionString, schema.Name, receiver.Address);
        return await new Demonstration(options, nodes, receiver, schema.ConnectionString, schema.Name, display).RunAsync(stop);
    }

    private async Task<bool> RunAsync(CancellationToken stop)
    {
        await nodes.StartWorkersAsync(options.Nodes, stop);
        await ShowUntilAsync(owners => owners.Distinct().Order().SequenceEqual(nodes.Workers.Select(w => w.Name).Order()), stop);
        await nodes.StartPublisherAsync(stop);
        var (began, length) = (Elapsed, TimeSpan.FromSeconds(options.Seconds));
        await ShowUntilAsync(_ => Elapsed - began > length / 3, stop);

        var victim = nodes.Workers[^1];
        victim.Kill();
        var killedAt = Elapsed;
        display.Say(Text($"{killedAt.TotalSeconds,5:0.0} s: {victim.Name} is killed (kill -9). Its lease runs out in a few seconds; then the others take its partitions over."));
        await ShowUntilAsync(owners => !owners.Contains(victim.Name) && !owners.Contains(""), stop);
        display.Say(Text($"{Elapsed.TotalSeconds,5:0.0} s: the others own them all, {(Elapsed - killedAt).TotalSeconds:0.0} s later."));

        await ShowUntilAsync(_ => Elapsed - began > length, stop);
        await nodes.StopPublisherAsync();
        display.Say(Text($"{Elapsed.TotalSeconds,5:0.0} s: nothing more is published."));
        await ShowUntilAsync(_ => receiver.CountMissing(nodes.Published) == 0 || Elapsed - began > length + (60 * Second), stop);
        return Report();
    }

    private bool Report()
    {
        var (published, missing, arrivals) = (nodes.Published, receiver.CountMissing(nodes.Published), receiver.Count());
        display.Say("");
        display.Say(Text($"published: {published:#,0} events for {ClusterWebhooks.Endpoints} endpoints, which makes {published * ClusterWebhooks.Endpoints:#,0} deliveries"));
        display.Say(Text($"arrived once: {arrivals.Deliveries - arrivals.MoreThanOnce:#,0}, more than once: {arrivals.MoreThanOnce} (under way when the node was killed), missing: {missing}, out of order: {arrivals.OutOfOrder}"));
        if (missing > 0 || arrivals.OutOfOrder > 0) return false;
        display.Say("Nothing was lost, and every endpoint got its events in order.");
        return true;
    }

    private async Task ShowUntilAsync(Func<IReadOnlyList<string>, bool> isReached, CancellationToken stop)
    {
        while (true)
        {
            var owners = await Ownership.ReadAsync(connectionString, schema, stop);
            if (Elapsed - _shownAt >= Second) Show(owners);
            if (isReached(owners)) return;
            await Task.Delay(Second / 10, stop);
        }
    }

    private void Show(IReadOnlyList<string> owners)
    {
        var (now, before) = (Elapsed, _shownAt);
        var states = nodes.Workers.Select(worker =>
        {
            var delivered = receiver.CountOf(worker.Name);
            var perSecond = (delivered - _deliveredBefore.GetValueOrDefault(worker.Name)) / (now - before).TotalSeconds;
            _deliveredBefore[worker.Name] = delivered;
            return new NodeState(worker.Name, worker.IsKilled, delivered, perSecond);
        });
        display.Show(new Moment(now, nodes.Published, receiver.Count(), owners, [.. states]));
        _shownAt = now;
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
