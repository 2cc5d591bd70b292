using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Options;

namespace WebhookKit.Sqlite;

/// <summary>Refuses settings that cannot work, before any file is touched.</summary>
internal sealed class SqliteStoreOptionsValidator : IValidateOptions<SqliteStoreOptions>
{
    private static readonly TimeSpan MaxBusyTimeout = TimeSpan.FromMinutes(10);
    private const int MaxPartitions = 4096;

    public ValidateOptionsResult Validate(string? name, SqliteStoreOptions options)
    {
        string[] faults = [.. FindFaults(options)];
        return faults.Length == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }

    public static IEnumerable<string> FindFaults(SqliteStoreOptions options)
    {
        if (FindConnectionFault(options.ConnectionString) is { } fault) yield return fault;
        if (!Enum.IsDefined(options.Durability)) yield return $"SqliteStoreOptions.Durability is {options.Durability}. Use Full or Normal.";
        if (options.BusyTimeout < TimeSpan.Zero || options.BusyTimeout > MaxBusyTimeout)
            yield return $"SqliteStoreOptions.BusyTimeout is {options.BusyTimeout}, which is out of range. Use 0 to {MaxBusyTimeout}.";
        if (options.PartitionCount is < 1 or > MaxPartitions)
            yield return $"SqliteStoreOptions.PartitionCount is {options.PartitionCount}, which is out of range. Use 1 to {MaxPartitions}.";
    }

    private static string? FindConnectionFault(string? connectionString)
    {
        SqliteConnectionStringBuilder parts;
        try
        {
            parts = new SqliteConnectionStringBuilder(connectionString);
        }
        catch (ArgumentException cause)
        {
            // Its text names the keyword, not the value: a password does not show.
            return $"The connection string of UseSqlite is not one for SQLite: {cause.Message.TrimEnd('.')}. Use one such as \"Data Source=webhooks.db\".";
        }

        var source = parts.DataSource;
        if (parts.Mode == SqliteOpenMode.Memory || source.StartsWith(":memory:", StringComparison.OrdinalIgnoreCase) || source.Contains("mode=memory", StringComparison.OrdinalIgnoreCase))
        {
            return "UseSqlite is given a database in memory, which is gone with its connection: nothing would be durable. Name a file (\"Data Source=webhooks.db\"), "
                + "or leave UseSqlite out, which keeps everything in memory.";
        }

        if (source.Length == 0) return "The connection string of UseSqlite names no file. Use one such as \"Data Source=webhooks.db\".";
        return parts.Mode == SqliteOpenMode.ReadOnly
            ? $"The connection string of UseSqlite opens '{source}' read-only (Mode=ReadOnly), but deliveries are written. Leave Mode out."
            : null;
    }
}
