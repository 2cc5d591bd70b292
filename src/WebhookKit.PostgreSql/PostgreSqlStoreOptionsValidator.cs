using System.Text;
using Microsoft.Extensions.Options;
using Npgsql;

namespace WebhookKit.PostgreSql;

/// <summary>Refuses settings that cannot work, before any server is asked.</summary>
internal sealed class PostgreSqlStoreOptionsValidator : IValidateOptions<PostgreSqlStoreOptions>
{
    private const int MaxPartitions = 4096;

    /// <summary>The server cuts off what is longer, and would not find the schema by its whole name again.</summary>
    private const int MaxSchemaBytes = 63;

    private static readonly TimeSpan MinTimeout = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan MaxTime = TimeSpan.FromMinutes(10);

    public ValidateOptionsResult Validate(string? name, PostgreSqlStoreOptions options)
    {
        string[] faults = [.. FindFaults(options)];
        return faults.Length == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }

    public static IEnumerable<string> FindFaults(PostgreSqlStoreOptions options)
    {
        if (options.DataSource is null && FindConnectionFault("The connection string of UsePostgreSql", options.ConnectionString) is { } fault) yield return fault;
        if (options.ListenConnectionString is { } listen && FindConnectionFault("PostgreSqlStoreOptions.ListenConnectionString", listen) is { } listenFault)
            yield return listenFault;
        if (FindSchemaFault(options.Schema) is { } schemaFault) yield return $"PostgreSqlStoreOptions.{schemaFault}";
        if (FindPartitionFault(options.PartitionCount) is { } partitionFault) yield return $"PostgreSqlStoreOptions.{partitionFault}";
        if (options.CommandTimeout < MinTimeout || options.CommandTimeout > MaxTime)
            yield return $"PostgreSqlStoreOptions.CommandTimeout is {options.CommandTimeout}, which is out of range. Use {MinTimeout} to {MaxTime}.";
        if (options.PublishPatience < TimeSpan.Zero || options.PublishPatience > MaxTime)
            yield return $"PostgreSqlStoreOptions.PublishPatience is {options.PublishPatience}, which is out of range. Use 0 to {MaxTime}.";
    }

    public static string? FindSchemaFault(string? schema) =>
        string.IsNullOrWhiteSpace(schema) || Encoding.UTF8.GetByteCount(schema) > MaxSchemaBytes || schema.AsSpan().IndexOfAny('\0', '"', '\'') >= 0 || schema.StartsWith("pg_", StringComparison.Ordinal)
            ? $"Schema is '{schema}'. Use 1 to {MaxSchemaBytes} bytes in UTF-8 without quotation marks, not beginning with 'pg_'."
            : null;

    public static string? FindPartitionFault(int count) =>
        count is < 1 or > MaxPartitions ? $"PartitionCount is {count}, which is out of range. Use 1 to {MaxPartitions}." : null;

    private static string? FindConnectionFault(string what, string? connectionString)
    {
        const string example = "Use one such as \"Host=localhost;Database=app;Username=app;Password=…\".";
        try
        {
            var parts = new NpgsqlConnectionStringBuilder(connectionString);
            return string.IsNullOrEmpty(parts.Host) ? $"{what} names no host. {example}"
                : !parts.Host.Contains(',', StringComparison.Ordinal) && parts.TargetSessionAttributes is { } wanted && !wanted.Equals("any", StringComparison.OrdinalIgnoreCase)
                    ? $"{what} names one host, but with Target Session Attributes={wanted} there has to be a choice. Name several hosts, separated by commas, or leave it out."
                : null;
        }
        catch (Exception cause) when (cause is ArgumentException or FormatException or InvalidCastException)
        {
            // Its text names the keyword, not the value: a password does not show.
            return $"{what} is not one for PostgreSQL: {cause.Message.TrimEnd('.')}. {example}";
        }
    }
}
