namespace WebhookKit;

/// <summary>How webhooks are kept in a SQLite file.</summary>
public sealed class SqliteStoreOptions
{
    /// <summary>
    /// The connection string: <c>Data Source=webhooks.db</c>, and <c>Password</c> for a native library that encrypts; what else it says does
    /// not count. It must name a file on a local disk, which is made if it is not there; it may be the host's own database, whose other
    /// tables are not touched.
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
