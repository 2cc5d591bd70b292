using Npgsql;

namespace WebhookKit;

/// <summary>How webhooks are kept in PostgreSQL.</summary>
public sealed class PostgreSqlStoreOptions
{
    /// <summary>
    /// The connection string, such as <c>Host=db;Database=app;Username=app;Password=…</c>. Several hosts with
    /// <c>Target Session Attributes=read-write</c> follow a fail-over. Not used when <see cref="DataSource"/> is set.
    /// </summary>
    public string ConnectionString { get; set; } = "";

    /// <summary>The host's own data source, which it keeps and disposes; <see langword="null"/> (the default) makes one from <see cref="ConnectionString"/>.</summary>
    public NpgsqlDataSource? DataSource { get; set; }

    /// <summary>
    /// The schema whose tables, which all begin with <c>webhook_</c>, hold everything: 1 to 63 bytes in UTF-8. Made if it is not there. Default:
    /// <c>webhooks</c>.
    /// </summary>
    public string Schema { get; set; } = "webhooks";

    /// <summary>Into how many partitions the lanes are divided; fixed when the tables are made. 1 to 4,096. Default: 64.</summary>
    public int PartitionCount { get; set; } = 64;

    /// <summary>
    /// Makes and migrates the tables at start. Default: yes. Where only administrators may, set it to <see langword="false"/> and let them run
    /// what <see cref="PostgreSqlSchema.CreateScript"/> gives; the start then only checks that the tables are there and up to date.
    /// </summary>
    public bool Migrate { get; set; } = true;

    /// <summary>
    /// Whether statements are prepared once for each connection. <see langword="null"/> (the default): yes, unless a pooler such as PgBouncer
    /// is seen between this process and the server. PgBouncer 1.21 and newer can carry them: set <see langword="true"/> then.
    /// </summary>
    public bool? PrepareStatements { get; set; }

    /// <summary>
    /// Tells other nodes of new work by NOTIFY and listens for theirs on one connection of its own (LISTEN). Default: yes. Without it, work that
    /// another node published is found by the sweep (<see cref="WebhookOptions.SweepInterval"/>).
    /// </summary>
    public bool WakeUps { get; set; } = true;

    /// <summary>
    /// Where to listen, if not where everything else goes: LISTEN does not work through a pooler, so that one that is seen is not listened
    /// through. Names the server itself then. Default: <see langword="null"/>.
    /// </summary>
    public string? ListenConnectionString { get; set; }

    /// <summary>How long one statement may take. 1 second to 10 minutes. Default: 30 seconds.</summary>
    public TimeSpan CommandTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How long publishing waits, trying again with a growing delay, while the server cannot be reached (a fail-over, a restart), counted from when
    /// this process first found it so; after that it throws <see cref="WebhookStoreException"/>, and who comes later is tried but once. What delivers tries for ever. 0 to 10 minutes. Default: 30 seconds.
    /// </summary>
    public TimeSpan PublishPatience { get; set; } = TimeSpan.FromSeconds(30);
}
