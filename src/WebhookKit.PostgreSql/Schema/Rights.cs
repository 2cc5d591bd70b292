using WebhookKit.PostgreSql.Connections;

namespace WebhookKit.PostgreSql.Schema;

/// <summary>What the user of a connection may not do although the store has to.</summary>
internal static class Rights
{
    /// <remarks>By the catalogue, which everybody may read: it fails for nobody, and finds all at once. The server may ask in any order, but for CASE.</remarks>
    private const string MissingToWork = """
        WITH schema AS (SELECT oid, nspname FROM pg_catalog.pg_namespace WHERE nspname = $1),
        relation AS (SELECT c.oid, c.relkind, format('%I.%I', s.nspname, c.relname) AS name FROM pg_catalog.pg_class c JOIN schema s ON s.oid = c.relnamespace
            WHERE c.relname LIKE 'webhook\_%'),
        lacking AS (
            SELECT string_agg(p.name, ', ' ORDER BY p.place) AS rights, r.name
            FROM relation r CROSS JOIN unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE']) WITH ORDINALITY p (name, place)
            WHERE CASE WHEN r.relkind IN ('r', 'p') THEN NOT has_table_privilege(r.oid, p.name) END GROUP BY r.name)
        SELECT format('USAGE ON SCHEMA %I', nspname) FROM schema WHERE NOT has_schema_privilege(oid, 'USAGE')
        UNION ALL SELECT format('%s ON %s', rights, string_agg(name, ', ' ORDER BY name)) FROM lacking GROUP BY rights
        UNION ALL SELECT format('USAGE ON SEQUENCE %s', name) FROM relation WHERE CASE WHEN relkind = 'S' THEN NOT has_sequence_privilege(oid, 'USAGE') END
        """;

    /// <summary>A schema that is there is made use of, and one that is not is made.</summary>
    private const string MissingToMake = """
        SELECT CASE WHEN s.oid IS NULL THEN format('CREATE ON DATABASE %I', current_database())
            ELSE format('%s ON SCHEMA %I', (SELECT string_agg(p, ', ' ORDER BY p) FROM unnest(ARRAY['CREATE', 'USAGE']) p WHERE NOT has_schema_privilege(s.oid, p)), s.nspname) END
        FROM (SELECT 1) one LEFT JOIN pg_catalog.pg_namespace s ON s.nspname = $1
        WHERE CASE WHEN s.oid IS NULL THEN NOT has_database_privilege(current_database(), 'CREATE')
            ELSE NOT (has_schema_privilege(s.oid, 'CREATE') AND has_schema_privilege(s.oid, 'USAGE')) END
        """;

    /// <summary>Refuses a user who could not work on the tables that are there.</summary>
    public static Task CheckAsync(Session session, StoreFaults faults, CancellationToken cancellationToken) => CheckAsync(session, faults, MissingToWork, cancellationToken);

    /// <summary>Refuses a user who could not make the tables.</summary>
    public static Task CheckToMakeAsync(Session session, StoreFaults faults, CancellationToken cancellationToken) => CheckAsync(session, faults, MissingToMake, cancellationToken);

    private static async Task CheckAsync(Session session, StoreFaults faults, string missing, CancellationToken cancellationToken)
    {
        var rights = await session.Use(missing).With(session.Schema.Name).ListAsync(static r => r.GetString(0), cancellationToken);
        if (rights.Count == 0) return;
        var user = await session.Use("SELECT current_user::text, quote_ident(current_user)").ListAsync(static r => (Name: r.GetString(0), Quoted: r.GetString(1)), cancellationToken);
        throw faults.Refuse(
            $"does not give the user '{user[0].Name}' the rights that it needs",
            $"Let an administrator run: {string.Join(' ', rights.Select(r => $"GRANT {r} TO {user[0].Quoted};"))}");
    }
}
