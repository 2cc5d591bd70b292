using WebhookKit.Benchmarks.Measuring;
using WebhookKit.Tests.Postgres;

namespace WebhookKit.Benchmarks.Stores;

/// <summary>The PostgreSQL server that is measured with.</summary>
internal static class BenchServer
{
    /// <summary>How many log files of 16 MB there are beforehand.</summary>
    private const int LogFiles = 64;

    public static async Task<PostgresServer> FindOrStartAsync()
    {
        var server = await PostgresServer.FindOrStartAsync(new PostgresOptions
        {
            // A server that has been set up for the work, as one has it that others depend on.
            Settings = new Dictionary<string, string> { ["shared_buffers"] = "512MB", ["max_wal_size"] = "4GB", ["min_wal_size"] = "1GB" },
        });
        if (server.Folder is not null) await MakeLogFilesAsync(server);
        return server;
    }

    /// <summary>Its processes, where it is one of its own.</summary>
    public static ProcessTree? ProcessesOf(PostgresServer server) => server.Folder is null ? null : new ProcessTree(server.ProcessId);

    /// <summary>
    /// A server that has run for a while uses its log files again. Making one holds up all that is written, for as long as two thousand deliveries
    /// take, and there would be one for every thirty thousand.
    /// </summary>
    private static async Task MakeLogFilesAsync(PostgresServer server)
    {
        for (var i = 0; i < LogFiles; i++)
            await PostgresSql.ExecuteAsync(server.ConnectionString, "SELECT pg_logical_emit_message(false, '', ''); SELECT pg_switch_wal()");
        await PostgresSql.ExecuteAsync(server.ConnectionString, "CHECKPOINT");
    }
}
