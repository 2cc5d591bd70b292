namespace WebhookKit.Tests.Postgres;

/// <summary>How a private server is to be.</summary>
internal sealed record PostgresOptions
{
    /// <summary>Null: everybody on this machine may connect. Otherwise the superuser's password, which is asked for on every connection.</summary>
    public string? Password { get; init; }

    /// <summary>
    /// Whether a commit waits for the disk, as it does unless somebody sets it otherwise. Without it a commit still outlives the server's
    /// death, only not the machine's: enough for tests, and much faster.
    /// </summary>
    public bool Fsync { get; init; } = true;

    /// <summary>Further settings of postgresql.conf.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>();
}
