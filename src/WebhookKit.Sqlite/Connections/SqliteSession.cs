using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace WebhookKit.Sqlite.Connections;

/// <summary>An open connection with its prepared statements. Used by one thread at a time.</summary>
/// <param name="database">The connection.</param>
/// <param name="isOwn">Whether it is the store's own, and not one that the host has lent with its transaction.</param>
internal sealed class SqliteSession(sqlite3 database, bool isOwn) : IDisposable
{
    // By reference: each text is a constant.
    private readonly Dictionary<string, Statement> _statements = new(ReferenceEqualityComparer.Instance);

    /// <summary>How many rows the last statement has changed.</summary>
    public int Changes => raw.sqlite3_changes(database);

    public long LastRowId => raw.sqlite3_last_insert_rowid(database);

    /// <summary>The prepared statement of a text, ready to be bound. Dispose it after use.</summary>
    public Statement Use(string sql)
    {
        if (_statements.TryGetValue(sql, out var statement)) return statement.Cleared();
        var code = raw.sqlite3_prepare_v2(database, sql, out var handle);
        if (code != raw.SQLITE_OK) SqliteException.ThrowExceptionForRC(code, database);
        statement = new Statement(database, handle);
        _statements.Add(sql, statement);
        return statement;
    }

    /// <summary>Runs a statement without parameters and rows that matter.</summary>
    public void Run(string sql) => Use(sql).Run();

    /// <summary>The first column of a statement's only row.</summary>
    public string? Scalar(string sql)
    {
        using var statement = Use(sql);
        return statement.Step() ? statement.TextOrNull(0) : null;
    }

    /// <summary>Reads by several statements what was committed at one moment.</summary>
    public T ReadAtOnce<T>(Func<SqliteSession, T> read)
    {
        Run("BEGIN");
        try
        {
            return read(this);
        }
        finally
        {
            RollBack();
        }
    }

    /// <summary>Runs a script of several statements.</summary>
    public void RunScript(string script)
    {
        var code = raw.sqlite3_exec(database, script);
        if (code != raw.SQLITE_OK) SqliteException.ThrowExceptionForRC(code, database);
    }

    public bool IsInTransaction => raw.sqlite3_get_autocommit(database) == 0;

    /// <summary>Ends a transaction that has failed, if SQLite has not done so by itself.</summary>
    public void RollBack()
    {
        if (IsInTransaction) Run("ROLLBACK");
    }

    /// <summary>How long to wait for the write lock.</summary>
    public void SetBusyTimeout(TimeSpan timeout) => raw.sqlite3_busy_timeout(database, (int)timeout.TotalMilliseconds);

    /// <summary>The full path of the main database's file.</summary>
    public string FilePath => raw.sqlite3_db_filename(database, "main").utf8_to_string();

    public void Dispose()
    {
        foreach (var statement in _statements.Values) statement.Destroy();
        _statements.Clear();
        if (isOwn) database.Dispose();
    }
}
