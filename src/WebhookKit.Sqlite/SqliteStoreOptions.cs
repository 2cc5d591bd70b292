namespace WebhookKit;

/// <summary>How webhooks are kept in a SQLite file.</summary>
public sealed class SqliteStoreOptions
{
    /// <summary>
    /// The connection string, as Microsoft.Data.Sqlite understands it: <c>Data Source=webhooks.db</c>. It must name a file on a local disk;
    /// the file may be the host's own database, whose other tables are not touched.
    /// </summary>
    public string ConnectionString { get; set; } = "";

    /// <summary>When the disk has what was committed. Default: <see cref="SqliteDurability.Full"/>.</summary>
    public SqliteDurability Durability { get; set; }

    /// <summary>
    /// How long a write waits while another process, or the host's own transaction, holds the file's write lock. 0 to 10 minutes.
    /// Default: 30 seconds.
    /// </summary>
    public TimeSpan BusyTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Into how many partitions the lanes are divided; fixed when the tables are made. 1 to 4,096. Default: 64.</summary>
    public int PartitionCount { get; set; } = 64;
}
