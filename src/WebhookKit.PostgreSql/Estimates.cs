using WebhookKit.PostgreSql.Connections;

namespace WebhookKit.PostgreSql;

/// <summary>What the planner believes of the large tables.</summary>
/// <remarks>
/// To the planner a table that was empty when it was last vacuumed stays empty until somebody looks at it again, which takes the server's own
/// a minute or more, however fast it grows. Meanwhile one index seems as good as any other, and each row that is looked up may cost reading one from end
/// to end. So each sweep looks whether there is such a table, and has it analyzed.
/// </remarks>
internal static class Estimates
{
    private const string Outdated = """
        SELECT c.relname::text FROM pg_catalog.pg_class c
        WHERE c.oid = ANY(SELECT to_regclass(name) FROM unnest($1::text[]) name) AND c.reltuples >= 0 AND c.reltuples < 1000
            AND pg_catalog.pg_stat_get_live_tuples(c.oid) > 2000 AND pg_catalog.pg_has_role(c.relowner, 'USAGE')
        """;

    private static readonly string[] Tables = ["webhook_event", "webhook_delivery", "webhook_run", "webhook_attempt", "webhook_delivery_removed"];

    /// <summary>Has them analyzed, if that can be: it only makes things faster, and a sweep must not depend on it.</summary>
    public static async Task TryRenewAsync(Session session, CancellationToken cancellationToken)
    {
        try
        {
            await RenewAsync(session, cancellationToken);
        }
        catch (Exception cause) when (StoreFaults.IsOfServer(cause))
        {
            // Whatever it is, what follows meets it too, and says so. The next sweep tries again.
        }
    }

    private static async Task RenewAsync(Session session, CancellationToken cancellationToken)
    {
        string[] names = [.. Tables.Select(t => session.Schema.Replace($"~.{t}"))];
        var outdated = await session.Use(Outdated).With(names).ListAsync(static r => r.GetString(0), cancellationToken);

        // One that is being vacuumed is left to that.
        foreach (var table in outdated) await session.Use($"ANALYZE (SKIP_LOCKED) ~.{table}").RunAsync(cancellationToken);
    }
}
