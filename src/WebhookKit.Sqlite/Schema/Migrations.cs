using System.Globalization;
using System.Reflection;
using WebhookKit.Sqlite.Connections;

namespace WebhookKit.Sqlite.Schema;

/// <summary>Makes the tables, and brings older ones up to date, by numbered scripts.</summary>
internal static class Migrations
{
    /// <summary>The number of the last script: the version of the tables that this library works with.</summary>
    public static int Latest { get; } = Assembly.GetExecutingAssembly().GetManifestResourceNames().Count(n => n.EndsWith(".sql", StringComparison.Ordinal));

    /// <summary>Refuses tables that a newer library, or somebody else, has made.</summary>
    /// <returns>Their version; 0 when there are none.</returns>
    public static int ThrowIfNotOurs(SqliteSession session, string path)
    {
        var version = FindVersion(session, path);
        return version <= Latest ? version : throw new WebhookStoreException(string.Create(
            CultureInfo.InvariantCulture,
            $"The webhook database '{path}' was made by a newer version of this library (its tables have version {version}, this library knows {Latest}). Update the package WebhookKit.Sqlite."));
    }

    /// <summary>Applies what is missing, within one transaction; two processes that start at once do it one after the other.</summary>
    /// <returns>Into how many partitions the lanes are divided.</returns>
    public static int Apply(SqliteSession session, SqliteFile file, int partitionCount, CancellationToken cancellationToken)
    {
        file.BeginWriting(session, cancellationToken);
        try
        {
            var version = ThrowIfNotOurs(session, file.Path);
            for (var next = version + 1; next <= Latest; next++) session.RunScript(ReadScript(next));
            if (version == 0) Fill(session, partitionCount);
            else if (version < Latest) session.Run(string.Create(CultureInfo.InvariantCulture, $"UPDATE webhook_info SET schema_version = {Latest}"));
            session.Run("COMMIT");
        }
        catch
        {
            session.RollBack();
            throw;
        }

        return int.Parse(session.Scalar("SELECT partition_count FROM webhook_info")!, CultureInfo.InvariantCulture);
    }

    private static int FindVersion(SqliteSession session, string path)
    {
        List<string> tables = [];
        using (var statement = session.Use("SELECT name FROM sqlite_master WHERE type = 'table' AND name LIKE 'webhook\\_%' ESCAPE '\\' ORDER BY name"))
        {
            while (statement.Step()) tables.Add(statement.Text(0));
        }

        if (tables.Count == 0) return 0;
        if (tables.Contains("webhook_info") && HasColumn(session, "schema_version") && session.Scalar("SELECT schema_version FROM webhook_info") is { } version)
            return int.Parse(version, CultureInfo.InvariantCulture);

        throw new WebhookStoreException(
            $"The database '{path}' has tables that this library did not make: {string.Join(", ", tables.Take(5))}. Name another file in UseSqlite(…), or rename these tables: names that begin with 'webhook_' are the library's.");
    }

    private static bool HasColumn(SqliteSession session, string column) =>
        session.Scalar($"SELECT 1 FROM pragma_table_info('webhook_info') WHERE name = '{column}'") is not null;

    private static void Fill(SqliteSession session, int partitionCount)
    {
        using (var info = session.Use("INSERT INTO webhook_info (id, schema_version, partition_count, change_number, forgotten_up_to) VALUES (1, ?1, ?2, 0, 0)"))
            info.Bind(1, Latest).Bind(2, partitionCount).Run();
        for (var partition = 0; partition < partitionCount; partition++)
        {
            using var row = session.Use("INSERT INTO webhook_partition (partition, owner, fence, until, lease) VALUES (?1, NULL, 0, 0, 0)");
            row.Bind(1, partition).Run();
        }
    }

    private static string ReadScript(int number)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"WebhookKit.Sqlite.Schema.{number:000}.sql");
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(name)!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
