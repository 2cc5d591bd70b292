using WebhookKit.Sqlite.Connections;

namespace WebhookKit.Sqlite.Rows;

/// <summary>The nodes that work on this file.</summary>
internal static class NodeRows
{
    public static void Renew(SqliteSession session, string nodeId, long now, TimeSpan lease)
    {
        var length = PartitionRows.Milliseconds(lease);
        session.Use("INSERT INTO webhook_node (id, until, lease) VALUES (?1, ?2, ?3) ON CONFLICT (id) DO UPDATE SET until = ?2, lease = ?3")
            .Bind(1, nodeId).Bind(2, now + length).Bind(3, length).Run();
    }

    public static bool IsAlive(SqliteSession session, string nodeId, long now)
    {
        using var statement = session.Use("SELECT 1 FROM webhook_node WHERE id = ?1 AND until > ?2");
        return statement.Bind(1, nodeId).Bind(2, now).Step();
    }

    /// <summary>The ids of all nodes, in ordinal order.</summary>
    public static List<string> List(SqliteSession session)
    {
        using var statement = session.Use("SELECT id FROM webhook_node ORDER BY id");
        List<string> ids = [];
        while (statement.Step()) ids.Add(statement.Text(0));
        return ids;
    }

    /// <summary>Removes the nodes whose time has run out. What they own stays theirs until its own lease ends.</summary>
    public static void RemoveExpired(SqliteSession session, long now) =>
        session.Use("DELETE FROM webhook_node WHERE until <= ?1 OR until - ?1 > lease").Bind(1, now).Run();

    public static void Remove(SqliteSession session, string nodeId) => session.Use("DELETE FROM webhook_node WHERE id = ?1").Bind(1, nodeId).Run();
}
