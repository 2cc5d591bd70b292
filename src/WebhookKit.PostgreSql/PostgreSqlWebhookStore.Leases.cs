namespace WebhookKit.PostgreSql;

/// <remarks>
/// A partition's fence rises each time that it is taken, and counts while it has an owner. A lease that has run out still counts until
/// somebody takes the partition over: nobody else can have worked on it in between. All times are those of the database.
/// </remarks>
internal sealed partial class PostgreSqlWebhookStore
{
    private const string RenewNode = """
        INSERT INTO ~.webhook_node (id, until) VALUES ($1, clock_timestamp() + $2) ON CONFLICT (id) DO UPDATE SET until = EXCLUDED.until
        """;

    /// <summary>Nodes whose time has run out. What they own stays theirs until its own lease ends.</summary>
    private const string RemoveExpired = """
        DELETE FROM ~.webhook_node WHERE id IN (SELECT id FROM ~.webhook_node WHERE until <= clock_timestamp() FOR UPDATE SKIP LOCKED)
        """;

    private const string ListNodes = "SELECT id FROM ~.webhook_node WHERE until > clock_timestamp() ORDER BY id";

    private const string RenewLeases = """
        UPDATE ~.webhook_partition p SET until = clock_timestamp() + $2
        FROM (SELECT partition FROM ~.webhook_partition WHERE owner = $1 ORDER BY partition FOR NO KEY UPDATE) o
        WHERE p.partition = o.partition AND p.owner = $1
        RETURNING p.partition, p.fence
        """;

    /// <summary>
    /// What settles holds the row until it is stored, so that whoever takes the partition sees it. It is not waited for: if it stands still, its
    /// partitions are free when the server has ended it, and all others at once.
    /// </summary>
    private const string TakeFree = """
        UPDATE ~.webhook_partition p SET owner = $1, fence = p.fence + 1, until = clock_timestamp() + $3
        FROM (
            SELECT partition FROM ~.webhook_partition
            WHERE partition = ANY($2) AND (owner IS NULL OR until <= clock_timestamp())
            ORDER BY partition FOR NO KEY UPDATE SKIP LOCKED
        ) o
        WHERE p.partition = o.partition AND (p.owner IS NULL OR p.until <= clock_timestamp())
            AND EXISTS (SELECT 1 FROM ~.webhook_node WHERE id = $1 AND until > clock_timestamp())
        RETURNING p.partition, p.fence
        """;

    private const string ReleaseSome = """
        UPDATE ~.webhook_partition p SET owner = NULL
        FROM (
            SELECT p.partition FROM ~.webhook_partition p JOIN unnest($2, $3) l (partition, fence) ON l.partition = p.partition AND l.fence = p.fence
            WHERE p.owner = $1 ORDER BY p.partition FOR NO KEY UPDATE OF p
        ) o
        WHERE p.partition = o.partition
        """;

    private const string ReleaseAll = """
        UPDATE ~.webhook_partition p SET owner = NULL
        FROM (SELECT partition FROM ~.webhook_partition WHERE owner = $1 ORDER BY partition FOR NO KEY UPDATE) o
        WHERE p.partition = o.partition
        """;

    public async ValueTask<NodeView> HeartbeatAsync(string nodeId, TimeSpan lease, CancellationToken cancellationToken)
    {
        CheckLease(lease);
        return await Ready.TransactAsync(
            async session =>
            {
                await session.Use(RenewNode).With(nodeId).With(lease).RunAsync(cancellationToken);
                await session.Use(RemoveExpired).RunAsync(cancellationToken);
                var nodes = await session.Use(ListNodes).ListAsync(static r => r.GetString(0), cancellationToken);

                // Last, since what settles waits meanwhile.
                var leases = await session.Use(RenewLeases).With(nodeId).With(lease)
                    .ListAsync(r => new PartitionLease(r.GetInt16(0), r.GetInt64(1), lease), cancellationToken);
                return new NodeView(nodes, leases);
            },
            cancellationToken);
    }

    public async ValueTask<IReadOnlyList<PartitionLease>> AcquireAsync(string nodeId, IReadOnlyCollection<int> partitions, TimeSpan lease, CancellationToken cancellationToken)
    {
        CheckLease(lease);
        var wanted = CheckPartitions(partitions);
        return await Ready.RunAsync(
            session => session.Use(TakeFree).With(nodeId).With(wanted).With(lease).ListAsync(r => new PartitionLease(r.GetInt16(0), r.GetInt64(1), lease), cancellationToken),
            cancellationToken);
    }

    public async ValueTask ReleaseAsync(string nodeId, IReadOnlyCollection<PartitionLease> leases, CancellationToken cancellationToken)
    {
        var partitions = CheckPartitions([.. leases.Select(l => l.Partition)]);
        long[] fences = [.. leases.Select(l => l.Fence)];
        await Ready.RunAsync(session => session.Use(ReleaseSome).With(nodeId).With(partitions).With(fences).RunAsync(cancellationToken), cancellationToken);
    }

    public async ValueTask LeaveAsync(string nodeId, CancellationToken cancellationToken) => await Ready.TransactAsync(
        async session =>
        {
            await session.Use(ReleaseAll).With(nodeId).RunAsync(cancellationToken);
            return await session.Use("DELETE FROM ~.webhook_node WHERE id = $1").With(nodeId).RunAsync(cancellationToken);
        },
        cancellationToken);

    private static void CheckLease(TimeSpan lease) => ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(lease, TimeSpan.Zero);
}
