using WebhookKit.PostgreSql;
using WebhookKit.PostgreSql.Schema;

namespace WebhookKit;

/// <summary>The tables in PostgreSQL, for hosts whose databases only administrators change.</summary>
public static class PostgreSqlSchema
{
    /// <summary>The version of the tables that this library works with.</summary>
    public static int Version => Migrations.Latest;

    /// <summary>
    /// A script that makes the tables, or brings those of an earlier version up to date, in one transaction; to be run with <c>psql</c> or the
    /// like. It begins with the version that it expects and changes nothing when it finds another.
    /// </summary>
    /// <param name="schema">The schema: <see cref="PostgreSqlStoreOptions.Schema"/>.</param>
    /// <param name="fromVersion">The version of the tables that are there; 0 when there are none.</param>
    /// <param name="partitionCount">Into how many partitions the lanes are divided: <see cref="PostgreSqlStoreOptions.PartitionCount"/>.</param>
    /// <returns>The script.</returns>
    /// <exception cref="ArgumentException">The schema is no name for one.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no such version, or the number of partitions is not 1 to 4,096.</exception>
    public static string CreateScript(string schema = "webhooks", int fromVersion = 0, int partitionCount = 64)
    {
        if (PostgreSqlStoreOptionsValidator.FindSchemaFault(schema) is { } fault) throw new ArgumentException(fault, nameof(schema));
        if (PostgreSqlStoreOptionsValidator.FindPartitionFault(partitionCount) is { } partitionFault)
            throw new ArgumentOutOfRangeException(nameof(partitionCount), partitionCount, partitionFault);
        ArgumentOutOfRangeException.ThrowIfNegative(fromVersion);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(fromVersion, Version);
        return Migrations.CreateScript(schema, fromVersion, partitionCount);
    }
}
