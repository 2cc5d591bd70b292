using WebhookKit.Benchmarks.Measuring;
using WebhookKit.Tests.Postgres;

namespace WebhookKit.Benchmarks.Stores;

/// <summary>The PostgreSQL server that is measured with.</summary>
internal static class BenchServer
{
    public static Task<PostgresServer> FindOrStartAsync() => PostgresServer.FindOrStartAsync(new PostgresOptions
    {
        // A server that has been set up for the work, as one has it that others depend on.
        Settings = new Dictionary<string, string> { ["shared_buffers"] = "512MB", ["max_wal_size"] = "4GB" },
    });

    /// <summary>Its processes, where it is one of its own.</summary>
    public static ProcessTree? ProcessesOf(PostgresServer server) => server.Folder is null ? null : new ProcessTree(server.ProcessId);
}
