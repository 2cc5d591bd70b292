using WebhookKit.Sqlite.Connections;

namespace WebhookKit.Sqlite;

/// <summary>Looks at a file before it is used.</summary>
internal static class FileCheck
{
    /// <summary>A check of every page takes a second for each few hundred MiB: larger files are not checked whole.</summary>
    private const long MaxCheckedBytes = 64 * 1024 * 1024;

    /// <summary>Refuses a damaged file.</summary>
    public static void ThrowIfDamaged(SqliteSession session, string path)
    {
        if (new FileInfo(path).Length > MaxCheckedBytes) return;
        if (session.Scalar("PRAGMA quick_check(1)") is { } found and not "ok")
            throw new WebhookStoreException($"The webhook database '{path}' is damaged: {found}. Restore it from a backup, or save what is left with the sqlite3 tool's .recover.");
    }
}
