namespace WebhookKit.Benchmarks.Reporting;

/// <summary>One benchmark of the report, run in a process of its own.</summary>
/// <param name="Topic">The heading that it stands under.</param>
/// <param name="Store">What it keeps everything in, as the command line says it.</param>
/// <param name="Arguments">Its command line without the store.</param>
/// <param name="Minutes">How long it may take: what hangs must not take the others with it.</param>
internal sealed record Part(string Topic, string Store, string Arguments, double Minutes = 4)
{
    public const string Memory = "memory";
    public const string Sqlite = "sqlite";
    public const string Postgres = "postgres";

    /// <summary>What it is to reach.</summary>
    public IReadOnlyList<Goal> Goals { get; init; } = [];

    public string StoreName => Store switch
    {
        Memory => "in memory",
        Sqlite => "SQLite",
        _ => "PostgreSQL",
    };

    public string[] CommandLine => [.. Arguments.Split(' '), "--store", Store];
}
