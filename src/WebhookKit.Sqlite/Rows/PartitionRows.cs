using WebhookKit.Sqlite.Connections;

namespace WebhookKit.Sqlite.Rows;

/// <summary>Which node owns which partition.</summary>
internal static class PartitionRows
{
    /// <summary>The fencing number of a partition; <see langword="null"/> while nobody owns it.</summary>
    public static long? ReadFence(SqliteSession session, int partition)
    {
        using var statement = session.Use("SELECT fence FROM webhook_partition WHERE partition = ?1 AND owner IS NOT NULL");
        return statement.Bind(1, partition).Step() ? statement.Long(0) : null;
    }

    /// <summary>Renews the leases of a node.</summary>
    public static List<PartitionLease> Renew(SqliteSession session, string nodeId, long now, TimeSpan lease)
    {
        session.Use("UPDATE webhook_partition SET until = ?2, lease = ?3 WHERE owner = ?1")
            .Bind(1, nodeId).Bind(2, now + Milliseconds(lease)).Bind(3, Milliseconds(lease)).Run();
        List<PartitionLease> leases = [];
        using var statement = session.Use("SELECT partition, fence FROM webhook_partition WHERE owner = ?1 ORDER BY partition");
        statement.Bind(1, nodeId);
        while (statement.Step()) leases.Add(new PartitionLease(statement.Int(0), statement.Long(1), lease));
        return leases;
    }

    /// <summary>Takes a partition, if it is free.</summary>
    /// <returns>Its new fencing number.</returns>
    public static long? TryTake(SqliteSession session, int partition, string nodeId, long now, TimeSpan lease)
    {
        using var statement = session.Use("""
            UPDATE webhook_partition SET owner = ?2, fence = fence + 1, until = ?3, lease = ?4
            WHERE partition = ?1 AND (owner IS NULL OR until <= ?5 OR until - ?5 > lease)
            RETURNING fence
            """);
        statement.Bind(1, partition).Bind(2, nodeId).Bind(3, now + Milliseconds(lease)).Bind(4, Milliseconds(lease)).Bind(5, now);

        // The first step has made the change.
        return statement.Step() ? statement.Long(0) : null;
    }

    public static void Release(SqliteSession session, PartitionLease lease, string nodeId) =>
        session.Use("UPDATE webhook_partition SET owner = NULL WHERE partition = ?1 AND owner = ?2 AND fence = ?3")
            .Bind(1, lease.Partition).Bind(2, nodeId).Bind(3, lease.Fence).Run();

    public static void ReleaseAll(SqliteSession session, string nodeId) =>
        session.Use("UPDATE webhook_partition SET owner = NULL WHERE owner = ?1").Bind(1, nodeId).Run();

    public static long Milliseconds(TimeSpan time) => (long)time.TotalMilliseconds;
}
