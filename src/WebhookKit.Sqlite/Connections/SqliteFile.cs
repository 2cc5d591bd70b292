using System.Globalization;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace WebhookKit.Sqlite.Connections;

/// <summary>The file of the store: how it is opened, and what is said when it cannot be used.</summary>
internal sealed class SqliteFile
{
    /// <summary>The first with RETURNING and with all that the statements need.</summary>
    private const int LeastVersion = 3_035_000;

    private readonly SqliteStoreOptions _options;
    private readonly string _password;

    public SqliteFile(SqliteStoreOptions options)
    {
        var parts = new SqliteConnectionStringBuilder(options.ConnectionString);
        _options = options;
        _password = parts.Password;
        Path = System.IO.Path.GetFullPath(WithoutScheme(parts.DataSource));
    }

    public string Path { get; }

    /// <summary>Opens a connection for the one writer. The file is not changed yet.</summary>
    public SqliteSession OpenWriter(CancellationToken cancellationToken)
    {
        var session = Open();
        try
        {
            // SQLite opens a file that it cannot write all the same, and says so only when something is to be written. (Opening the file
            // here to look would cost other connections of this process their locks on it, once it is closed.)
            BeginWriting(session, cancellationToken);
            session.Run("ROLLBACK");
            return session;
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    /// <summary>Sets how the writer writes.</summary>
    public void Prepare(SqliteSession writer, CancellationToken cancellationToken)
    {
        // The page size is taken over by a file that has nothing in it yet.
        writer.RunScript("PRAGMA page_size = 8192");
        if (LockWait.Take(writer, _options.BusyTimeout, static s => s.Scalar("PRAGMA journal_mode = WAL"), cancellationToken) is not "wal")
        {
            throw new WebhookStoreException(
                $"The webhook database '{Path}' cannot use a write-ahead log, which it needs. Is it on a network drive? Move it to a local disk.");
        }

        writer.RunScript($"PRAGMA synchronous = {(_options.Durability == SqliteDurability.Full ? "FULL" : "NORMAL")}; PRAGMA cache_size = -32000;");
    }

    /// <summary>Begins a transaction that writes, once no other connection does.</summary>
    public void BeginWriting(SqliteSession session, CancellationToken cancellationToken) => LockWait.Take(
        session,
        _options.BusyTimeout,
        static s =>
        {
            s.Run("BEGIN IMMEDIATE");
            return true;
        },
        cancellationToken);

    /// <summary>Opens a connection for reads beside the writer.</summary>
    public SqliteSession OpenReader()
    {
        var session = Open();
        session.RunScript("PRAGMA query_only = ON; PRAGMA cache_size = -8000;");
        return session;
    }

    /// <summary>Says what is wrong and what to do.</summary>
    public WebhookStoreException Explain(SqliteException cause)
    {
        var (fault, fix) = cause.SqliteErrorCode switch
        {
            raw.SQLITE_NOTADB => ($"is not a SQLite database: {FindBeginning()}", "Name another file in UseSqlite(…), or restore this one from a backup."),
            // The last is what reading a damaged schema can end with.
            raw.SQLITE_CORRUPT or raw.SQLITE_FORMAT or raw.SQLITE_TOOBIG => ($"is damaged ({Words(cause)})", "Restore it from a backup, or save what is left with the sqlite3 tool's .recover."),
            raw.SQLITE_READONLY or raw.SQLITE_PERM or raw.SQLITE_AUTH => ("cannot be written", "Let the user that this process runs as write the file and its directory, where SQLite keeps its -wal and -shm files."),
            raw.SQLITE_CANTOPEN => ($"cannot be opened ({Words(cause)})", "Let the user that this process runs as read and write the file and its directory."),
            raw.SQLITE_BUSY or raw.SQLITE_LOCKED => (
                string.Create(CultureInfo.InvariantCulture, $"has been locked by another connection for {_options.BusyTimeout.TotalSeconds:0.#} s"),
                "End the transaction that holds it (inside one of your own on the same file, pass it as PublishOptions.Transaction), or raise SqliteStoreOptions.BusyTimeout."),
            raw.SQLITE_FULL => ("cannot grow: its disk or quota is full", "Make room: what is stored stays, and what is pending goes on then."),
            raw.SQLITE_IOERR => ($"cannot be read or written ({Words(cause)})", "Check its disk: is it full, or failing?"),
            _ => ($"cannot be used ({Words(cause)})", "Look it up among SQLite's result codes. What is stored stays."),
        };
        return new WebhookStoreException($"The webhook database '{Path}' {fault}. {fix}", cause);
    }

    private SqliteSession Open()
    {
        var directory = System.IO.Path.GetDirectoryName(Path);
        if (directory is not null && !Directory.Exists(directory))
            throw new WebhookStoreException($"The directory of the webhook database '{Path}' does not exist. Create it, or change the Data Source in UseSqlite(…).");
        if (Directory.Exists(Path))
            throw new WebhookStoreException($"The webhook database '{Path}' is a directory. Name a file in it in UseSqlite(…).");

        EnsureNativeLibrary();

        // A connection is used by one thread at a time, so it needs no mutex of its own.
        var code = raw.sqlite3_open_v2(Path, out var database, raw.SQLITE_OPEN_READWRITE | raw.SQLITE_OPEN_CREATE | raw.SQLITE_OPEN_NOMUTEX, vfs: null);
        try
        {
            if (code != raw.SQLITE_OK) SqliteException.ThrowExceptionForRC(code, database);
            var session = new SqliteSession(database, isOwn: true);
            session.SetBusyTimeout(_options.BusyTimeout);
            if (_password.Length > 0) Unlock(session);
            session.RunScript("PRAGMA foreign_keys = ON");
            return session;
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }

    /// <summary>Gives the key of an encrypted file to a native library that encrypts.</summary>
    private void Unlock(SqliteSession session)
    {
        string quoted;
        using (var statement = session.Use("SELECT quote(?1)"))
        {
            statement.Bind(1, _password).Step();
            quoted = statement.Text(0);
        }

        session.RunScript($"PRAGMA key = {quoted}");
    }

    /// <summary>The host brings the native library; Microsoft.Data.Sqlite finds it.</summary>
    private static void EnsureNativeLibrary()
    {
        try
        {
            using var connection = new SqliteConnection();
            if (raw.sqlite3_libversion_number() >= LeastVersion) return;
        }
        catch (Exception cause) when (cause is TypeInitializationException or DllNotFoundException)
        {
            throw NoNativeLibrary(cause);
        }

        throw new WebhookStoreException(
            $"The native SQLite library is version {raw.sqlite3_libversion().utf8_to_string()}, but the webhook store needs 3.35 or newer. Reference a newer SQLitePCLRaw bundle.");
    }

    private static WebhookStoreException NoNativeLibrary(Exception cause) => new(
        "There is no native SQLite library. Reference the package Microsoft.Data.Sqlite, or SQLitePCLRaw.bundle_e_sqlite3 or another bundle, in the host.", cause);

    /// <summary>
    /// What the file begins with. One that could be an encrypted database is not looked into: other connections of this process may hold
    /// locks on it, which closing it would release.
    /// </summary>
    private string FindBeginning()
    {
        const int smallestPage = 512;
        try
        {
            if (new FileInfo(Path).Length % smallestPage == 0) return "it may be encrypted, with another key";
            using var file = new FileStream(Path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            Span<byte> bytes = stackalloc byte[16];
            var length = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            Span<char> text = stackalloc char[length];
            for (var i = 0; i < length; i++) text[i] = bytes[i] is >= 0x20 and < 0x7f ? (char)bytes[i] : '.';
            return $"it begins with '{text}'";
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            return "it cannot be read either";
        }
    }

    /// <summary>What SQLite says of it, without the provider's preface.</summary>
    private static string Words(SqliteException cause)
    {
        var from = cause.Message.IndexOf('\'', StringComparison.Ordinal);
        return $"SQLite error {cause.SqliteErrorCode}: {(from < 0 ? cause.Message : cause.Message[from..].Trim('\'', '.'))}";
    }

    private static string WithoutScheme(string source) => source.StartsWith("file:", StringComparison.OrdinalIgnoreCase) ? source["file:".Length..].Split('?')[0] : source;
}
