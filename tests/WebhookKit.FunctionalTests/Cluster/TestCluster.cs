using System.Globalization;
using Npgsql;
using WebhookKit.FunctionalTests.Durable;
using WebhookKit.Tests.Postgres;

namespace WebhookKit.FunctionalTests.Cluster;

/// <summary>Processes of tests/CrashNode that share one database of a server of their own, and the receiver that they deliver to.</summary>
internal sealed class TestCluster : IAsyncDisposable
{
    private static readonly string[] Kinds = ["free", "batch", "strict", "keyed"];
    private static readonly string[] Limited = ["few", "rate"];

    /// <summary>How often in a row asking must find the same owners: for longer than it takes until a process looks again whom it should make room for.</summary>
    private const int SettledLooks = 40;

    private readonly List<CrashNodeProcess> _nodes = [];
    private readonly string[] _common;
    private int _lastRun;

    private TestCluster(PostgresServer server, TestReceiver receiver, Ledger ledger, int copies, bool hasLimits, int timeout)
    {
        Server = server;
        Receiver = receiver;
        Ledger = ledger;
        ConnectionString = new NpgsqlConnectionStringBuilder(server.ConnectionString) { MaxPoolSize = 15 }.ConnectionString;
        string[] kinds = hasLimits ? [.. Kinds, .. Limited] : Kinds;
        Lanes = [.. kinds.SelectMany(kind => Enumerable.Range(1, copies).Select(copy => $"{kind}-{copy}"))];
        _common =
        [
            "--postgres", ConnectionString, "--receiver", receiver.Url("/").ToString(), "--copies", $"{copies}", "--limits", hasLimits ? "true" : "false",
            "--timeout", $"{timeout}",
        ];
        receiver.OnRequest = ledger.Receive;
    }

    public PostgresServer Server { get; }

    public TestReceiver Receiver { get; }

    public Ledger Ledger { get; }

    public string ConnectionString { get; }

    /// <summary>All subscriptions; the name begins with the kind.</summary>
    public IReadOnlyList<string> Lanes { get; }

    /// <param name="seed">Which requests are refused.</param>
    /// <param name="copies">How many subscriptions of each kind.</param>
    /// <param name="hasLimits">Whether some have limits.</param>
    /// <param name="timeout">The deadline of an attempt, in milliseconds. A lease is 1.2 times 5 seconds more.</param>
    public static async Task<TestCluster> StartAsync(int seed, int copies, bool hasLimits = false, int timeout = 1000)
    {
        // What outlives the server's death is tested, not what outlives the machine's.
        var server = await PostgresServer.StartAsync(new PostgresOptions { Fsync = false });
        await PostgresSql.ExecuteAsync(server.ConnectionString, PostgreSqlSchema.CreateScript());
        return new TestCluster(server, await TestReceiver.StartAsync(), new Ledger(seed, publishersOverlap: true), copies, hasLimits, timeout);
    }

    /// <summary>Starts a process that publishes and delivers.</summary>
    public CrashNodeProcess StartNode(int pause) => Start("--publish", "true", "--pause", $"{pause}");

    /// <summary>Starts one that only publishes.</summary>
    public CrashNodeProcess StartPublisher(int pause) => Start("--publish", "true", "--pause", $"{pause}", "--dispatch", "false");

    /// <summary>Starts one that only delivers.</summary>
    public CrashNodeProcess StartWorker() => Start();

    /// <summary>Kills one, which may leave deliveries behind that come again.</summary>
    public async Task KillAsync(CrashNodeProcess node)
    {
        await node.KillAsync();
        Ledger.NoteKill(node.Run);
        await RemoveAsync(node);
    }

    /// <summary>Pauses one for longer than its lease, which may leave such deliveries behind too.</summary>
    public async Task PauseAsync(CrashNodeProcess node)
    {
        await node.PauseAsync();
        Ledger.NoteKill(node.Run);
    }

    /// <summary>Lets one that has begun end as a host does that is stopped.</summary>
    public async Task StopAsync(CrashNodeProcess node)
    {
        Assert.That(await node.StopAsync(), Is.Zero, $"process {node.Run} did not end well");
        await RemoveAsync(node);
    }

    /// <summary>Delivers what is left, and checks the account.</summary>
    public async Task FinishAsync()
    {
        var last = Start("--finish", "true");
        await last.WhenWrittenAsync('I', 1);
        await RemoveAsync(last);
        Ledger.CheckComplete(Lanes);
    }

    /// <summary>Waits until each partition has an owner among some processes, each of them has some, and none changes hands any more.</summary>
    /// <returns>How many each of them owns.</returns>
    public async Task<IReadOnlyDictionary<int, int>> WhenSharedOutAsync(params CrashNodeProcess[] nodes)
    {
        var (owners, looks) = (Array.Empty<int>(), 0);
        await Eventually.BecomesTrueAsync(
            async () =>
            {
                var now = await ListOwnersAsync();
                (owners, looks) = (now, now.SequenceEqual(owners) ? looks + 1 : 0);
                return looks >= SettledLooks && owners.Distinct().Order().SequenceEqual(nodes.Select(n => n.Run).Order());
            },
            $"the processes {string.Join(", ", nodes.Select(n => n.Run))} own all partitions");
        return owners.CountBy(run => run).ToDictionary();
    }

    /// <summary>The process that owns a lane's partition; 0 while none does.</summary>
    public async Task<int> OwnerOfAsync(string lane) => RunOf(await PostgresSql.ScalarAsync<string>(ConnectionString, $"""
        SELECT coalesce(max(owner), '') FROM webhooks.webhook_partition
        WHERE until > clock_timestamp() AND partition = (
            SELECT partition FROM (SELECT partition, subscription_id FROM webhooks.webhook_delivery UNION ALL SELECT partition, subscription_id FROM webhooks.webhook_run) d
            WHERE subscription_id = '{lane}' LIMIT 1)
        """));

    /// <summary>The lanes whose partitions a process owns. There must have been an event for each.</summary>
    public async Task<IReadOnlyList<string>> FindLanesOfAsync(CrashNodeProcess node)
    {
        List<string> found = [];
        foreach (var lane in Lanes)
        {
            if (await OwnerOfAsync(lane) == node.Run) found.Add(lane);
        }

        return found;
    }

    /// <summary>How many deliveries are pending on all lanes but one.</summary>
    public Task<long> CountPendingAsync(string except) =>
        PostgresSql.ScalarAsync<long>(ConnectionString, $"""
            SELECT (SELECT count(*) FROM webhooks.webhook_delivery WHERE status = 0 AND subscription_id <> '{except}')
                + (SELECT coalesce(sum(pending), 0) FROM webhooks.webhook_run WHERE subscription_id <> '{except}')
            """);

    /// <summary>What the store has of all deliveries, in the order of their events.</summary>
    public Task<string> DescribeDeliveriesAsync() => PostgresSql.ScalarAsync<string>(ConnectionString, """
        SELECT string_agg(concat_ws(' ', subscription_id, event_seq, status, attempt_count, attempt_started_at, last_outcome, completed_at), E'\n'
            ORDER BY event_seq, subscription_id) || (
            SELECT coalesce(string_agg(concat_ws(' ', subscription_id, event_group, pending, completed_at, encode(outcomes, 'hex')), E'\n' ORDER BY event_group, subscription_id), '')
            FROM webhooks.webhook_run)
        FROM webhooks.webhook_delivery
        """);

    public async ValueTask DisposeAsync()
    {
        foreach (var node in _nodes) await node.DisposeAsync();
        await Receiver.DisposeAsync();
        using (var pool = new NpgsqlConnection(ConnectionString)) NpgsqlConnection.ClearPool(pool);
        await Server.DisposeAsync();
    }

    private CrashNodeProcess Start(params string[] more)
    {
        var node = CrashNodeProcess.Start(Ledger, ++_lastRun, [.. _common, .. more]);
        _nodes.Add(node);
        return node;
    }

    private async Task RemoveAsync(CrashNodeProcess node)
    {
        _nodes.Remove(node);
        await node.DisposeAsync();
    }

    private async Task<int[]> ListOwnersAsync() => [.. (await PostgresSql.ScalarAsync<string[]>(
        ConnectionString, "SELECT array_agg(coalesce(owner, '') ORDER BY partition) FROM webhooks.webhook_partition")).Select(RunOf)];

    /// <summary>A node's id is <c>node-run-…</c>.</summary>
    private static int RunOf(string node) => node.Length == 0 ? 0 : int.Parse(node.Split('-')[1], CultureInfo.InvariantCulture);
}
