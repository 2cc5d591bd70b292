using System.Globalization;
using System.Reflection;
using Npgsql;
using WebhookKit.PostgreSql.Connections;

namespace WebhookKit.PostgreSql.Schema;

/// <summary>Makes the tables, and brings older ones up to date, by numbered scripts.</summary>
internal static class Migrations
{
    /// <summary>The first that has all that the statements need.</summary>
    private static readonly Version LeastServer = new(13, 0);

    /// <summary>The number of the last script: the version of the tables that this library works with.</summary>
    public static int Latest { get; } = Assembly.GetExecutingAssembly().GetManifestResourceNames().Count(n => n.EndsWith(".sql", StringComparison.Ordinal));

    /// <summary>Refuses a server that is too old, whose texts are not in UTF-8, or that nothing can be written to.</summary>
    public static async Task CheckServerAsync(Session session, StoreFaults faults, CancellationToken cancellationToken)
    {
        CheckVersion(session.Connection.PostgreSqlVersion, faults);
        if (await session.Use("SELECT current_setting('server_encoding')").ScalarAsync<string>(cancellationToken) is var encoding and not "UTF8")
            throw faults.Refuse($"has the encoding {encoding}", "Use a database with the encoding UTF8.");
        if (await session.Use("SELECT current_setting('transaction_read_only')").ScalarAsync<string>(cancellationToken) == "on") throw faults.RefuseReadOnly();
    }

    public static void CheckVersion(Version server, StoreFaults faults)
    {
        if (server < LeastServer)
            throw faults.Refuse(string.Create(CultureInfo.InvariantCulture, $"runs on PostgreSQL {server}, which is too old"), $"Use PostgreSQL {LeastServer.Major} or newer.");
    }

    /// <summary>Finds the version of the tables.</summary>
    /// <returns>0 when there are none.</returns>
    /// <exception cref="WebhookStoreException">A newer library, or somebody else, has made them.</exception>
    public static async Task<int> FindVersionAsync(Session session, StoreFaults faults, CancellationToken cancellationToken)
    {
        var schema = session.Schema.Name;
        var tables = await session.Use("""
            SELECT c.relname FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
            WHERE n.nspname = $1 AND c.relkind IN ('r', 'p') AND c.relname LIKE 'webhook\_%' ORDER BY c.relname
            """).With(schema).ListAsync(static r => r.GetString(0), cancellationToken);
        if (tables.Count == 0) return 0;
        if (!tables.Contains("webhook_info") || !await HasVersionAsync(session, cancellationToken))
        {
            throw faults.Refuse(
                $"has tables in the schema '{schema}' that this library did not make: {string.Join(", ", tables.Take(5))}",
                "Name another schema (PostgreSqlStoreOptions.Schema), or rename these tables: names that begin with 'webhook_' are the library's.");
        }

        await Rights.CheckAsync(session, faults, cancellationToken);
        var version = await session.Use("SELECT schema_version FROM ~.webhook_info").ScalarAsync<int>(cancellationToken);
        return version <= Latest ? version : throw faults.Refuse(
            string.Create(CultureInfo.InvariantCulture, $"was made by a newer version of this library (its tables have version {version}, this library knows {Latest})"),
            "Update the package WebhookKit.PostgreSql.");
    }

    /// <summary>Applies what is missing, within a transaction; processes that start at once do it one after the other.</summary>
    public static async Task ApplyAsync(Session session, StoreFaults faults, int partitionCount, CancellationToken cancellationToken)
    {
        var schema = session.Schema;
        await session.Use("SELECT pg_advisory_xact_lock(hashtextextended('webhookkit:' || $1, 0))").With(schema.Name).RunAsync(cancellationToken);
        var version = await FindVersionAsync(session, faults, cancellationToken);
        if (version == Latest) return;
        var exists = await session.Use("SELECT EXISTS (SELECT 1 FROM pg_catalog.pg_namespace WHERE nspname = $1)").With(schema.Name).ScalarAsync<bool>(cancellationToken);
        await RunScriptAsync(session, CreateChanges(schema, version, partitionCount, makesSchema: !exists), cancellationToken);
    }

    /// <summary>A script for administrators.</summary>
    public static string CreateScript(string schemaName, int fromVersion, int partitionCount)
    {
        var schema = new SchemaName(schemaName);
        var check = fromVersion == 0 ? "" : schema.Replace(string.Create(CultureInfo.InvariantCulture, $"""
            DO $$ BEGIN
                IF (SELECT schema_version FROM ~.webhook_info) <> {fromVersion} THEN RAISE EXCEPTION 'The tables do not have version {fromVersion}.'; END IF;
            END $$;


            """));
        return $"BEGIN;\n\n{check}{CreateChanges(schema, fromVersion, partitionCount, makesSchema: fromVersion == 0)}\nCOMMIT;\n".ReplaceLineEndings("\n");
    }

    private static string CreateChanges(SchemaName schema, int fromVersion, int partitionCount, bool makesSchema)
    {
        var text = new System.Text.StringBuilder();
        if (makesSchema) text.Append(CultureInfo.InvariantCulture, $"CREATE SCHEMA IF NOT EXISTS {schema.Quoted};\n\n");
        for (var next = fromVersion + 1; next <= Latest; next++) text.Append(schema.Replace(ReadScript(next))).Append('\n');
        text.Append(fromVersion == 0
            ? schema.Replace(string.Create(CultureInfo.InvariantCulture, $"""
                INSERT INTO ~.webhook_info (id, store_id, schema_version, partition_count, change_number, forgotten_up_to)
                VALUES (1, gen_random_uuid(), {Latest}, {partitionCount}, 0, 0);

                INSERT INTO ~.webhook_partition (partition, owner, fence, until)
                SELECT p, NULL, 0, 'epoch' FROM generate_series(0, {partitionCount - 1}) p;

                """))
            : schema.Replace(string.Create(CultureInfo.InvariantCulture, $"UPDATE ~.webhook_info SET schema_version = {Latest};\n")));
        return text.ToString();
    }

    private static async Task<bool> HasVersionAsync(Session session, CancellationToken cancellationToken) => await session.Use("""
        SELECT EXISTS (
            SELECT 1 FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_class c ON c.oid = a.attrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
            WHERE n.nspname = $1 AND c.relname = 'webhook_info' AND a.attname = 'store_id' AND NOT a.attisdropped)
        """).With(session.Schema.Name).ScalarAsync<bool>(cancellationToken);

    private static async Task RunScriptAsync(Session session, string script, CancellationToken cancellationToken)
    {
        // Without parameters it goes as one simple query of many statements.
        await using var command = new NpgsqlCommand(script, session.Connection, session.Transaction) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static string ReadScript(int number)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"WebhookKit.PostgreSql.Schema.{number:000}.sql");
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(name)!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
