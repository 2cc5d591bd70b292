namespace WebhookKit.Tests.Postgres;

/// <summary>One server for all tests of this process, there from its first use until the process ends.</summary>
internal static class SharedPostgres
{
    private static readonly Lazy<Task<PostgresServer>> Starting = new(StartAsync);
    private static readonly Lazy<Task<PostgresDatabase>> Creating = new(async () => await PostgresDatabase.CreateAsync(await ServerAsync()));

    /// <summary>Why there is none, and what to do; null where there is one.</summary>
    public static string? WhyNot => PostgresServer.WhyNot;

    public static Task<PostgresServer> ServerAsync() => Starting.Value;

    /// <summary>A database of one's own: some 50 ms.</summary>
    public static async Task<PostgresDatabase> CreateDatabaseAsync() => await PostgresDatabase.CreateAsync(await ServerAsync());

    /// <summary>A schema of one's own in a database that is shared: free.</summary>
    public static async Task<PostgresSchema> CreateSchemaAsync() => new((await Creating.Value).ConnectionString);

    private static async Task<PostgresServer> StartAsync()
    {
        // What the machine's death would do is not tested, so no test waits for the disk.
        var server = await PostgresServer.FindOrStartAsync(new PostgresOptions { Fsync = false });
        AppDomain.CurrentDomain.ProcessExit += (_, _) => End(server);
        return server;
    }

    private static void End(PostgresServer server)
    {
        // An own server goes with all that is in it; another is left as it was.
        if (server.Folder is null && Creating.IsValueCreated) Creating.Value.GetAwaiter().GetResult().DisposeAsync().AsTask().GetAwaiter().GetResult();
        server.Dispose();
    }
}
