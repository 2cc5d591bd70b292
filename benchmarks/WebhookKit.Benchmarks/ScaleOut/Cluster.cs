using System.Diagnostics;
using WebhookKit.Benchmarks.Measuring;
using WebhookKit.Tests.Postgres;

namespace WebhookKit.Benchmarks.ScaleOut;

/// <summary>Worker processes on one database, watched from there.</summary>
internal sealed class Cluster : IAsyncDisposable
{
    private const string Owners = "SELECT coalesce(string_agg(coalesce(owner, '-'), ' ' ORDER BY partition), '') FROM webhooks.webhook_partition";
    private const string Pending = """
        SELECT (SELECT count(*) FROM webhooks.webhook_delivery WHERE status = 0) + (SELECT coalesce(sum(pending), 0) FROM webhooks.webhook_run)
        """;
    private const string Busy = """
        SELECT count(DISTINCT owner) FROM webhooks.webhook_partition p
        WHERE EXISTS (SELECT 1 FROM webhooks.webhook_delivery d WHERE d.partition = p.partition AND d.status = 0)
            OR EXISTS (SELECT 1 FROM webhooks.webhook_run r WHERE r.partition = p.partition AND r.pending > 0)
        """;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan Calm = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly string _database;
    private readonly OwnProcess[] _nodes;

    private Cluster(string database, OwnProcess[] nodes) => (_database, _nodes) = (database, nodes);

    public static async Task<Cluster> StartAsync(string database, int nodes, int concurrency)
    {
        var cluster = new Cluster(database, [.. Enumerable.Range(0, nodes).Select(_ => ScaleOutNode.Start(database, concurrency))]);
        foreach (var node in cluster._nodes) await node.ReadAsync();
        return cluster;
    }

    /// <summary>The processor time that the nodes have used.</summary>
    public TimeSpan ProcessorTime => _nodes.Aggregate(TimeSpan.Zero, (sum, node) => sum + node.ProcessorTime);

    public Task<long> CountPendingAsync() => PostgresSql.ScalarAsync<long>(_database, Pending);

    /// <summary>Waits until every node has partitions and none has changed hands for a while.</summary>
    public async Task WhenSharedOutAsync()
    {
        var began = Stopwatch.GetTimestamp();
        var (last, since) = ("", began);
        while (Stopwatch.GetElapsedTime(since) < Calm || !IsSharedOut(last))
        {
            if (Stopwatch.GetElapsedTime(began) > Patience) throw new InvalidOperationException($"The partitions are not shared out: {last}");
            await Task.Delay(Pause);
            var owners = await PostgresSql.ScalarAsync<string>(_database, Owners);
            if (owners != last) (last, since) = (owners, Stopwatch.GetTimestamp());
        }
    }

    /// <summary>A node without work would say nothing about how many could be of use.</summary>
    public async Task CheckAllBusyAsync()
    {
        var busy = await PostgresSql.ScalarAsync<long>(_database, Busy);
        if (busy < _nodes.Length) throw new InvalidOperationException($"Only {busy} of {_nodes.Length} nodes still had work at the end.");
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in _nodes) await node.DisposeAsync();
    }

    private bool IsSharedOut(string owners)
    {
        var each = owners.Split(' ');
        return !each.Contains("-") && each.Distinct().Count() == _nodes.Length;
    }
}
