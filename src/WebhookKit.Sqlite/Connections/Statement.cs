using System.Buffers;
using System.Text;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace WebhookKit.Sqlite.Connections;

/// <summary>
/// A prepared statement that is used again and again: bind, step, read, and dispose, which resets it for the next use. Parameters are
/// numbered from 1, columns from 0. What is not bound is null.
/// </summary>
/// <remarks>Every delivery takes several of these, so they go to SQLite directly, without a command, a reader and parameter objects.</remarks>
internal sealed class Statement(sqlite3 database, sqlite3_stmt handle) : IDisposable
{
    private const int MaxStackBytes = 512;

    public Statement Bind(int index, long value)
    {
        Check(raw.sqlite3_bind_int64(handle, index, value));
        return this;
    }

    public Statement Bind(int index, long? value) => value is { } number ? Bind(index, number) : this;

    public Statement Bind(int index, int value) => Bind(index, (long)value);

    public Statement Bind(int index, int? value) => value is { } number ? Bind(index, (long)number) : this;

    public Statement Bind(int index, bool value) => Bind(index, value ? 1L : 0L);

    public Statement Bind(int index, string? value)
    {
        if (value is null) return this;

        // An empty span would bind null; and the overload for strings ends a text at its first U+0000.
        if (value.Length == 0)
        {
            Check(raw.sqlite3_bind_text(handle, index, value));
            return this;
        }

        var most = Encoding.UTF8.GetMaxByteCount(value.Length);
        var rented = most > MaxStackBytes ? ArrayPool<byte>.Shared.Rent(most) : null;
        var bytes = rented ?? stackalloc byte[MaxStackBytes];
        try
        {
            var length = Encoding.UTF8.GetBytes(value, bytes);
            Check(raw.sqlite3_bind_text(handle, index, bytes[..length]));
        }
        finally
        {
            if (rented is not null) ArrayPool<byte>.Shared.Return(rented);
        }

        return this;
    }

    public Statement Bind(int index, ReadOnlySpan<byte> value)
    {
        Check(value.IsEmpty ? raw.sqlite3_bind_zeroblob(handle, index, 0) : raw.sqlite3_bind_blob(handle, index, value));
        return this;
    }

    public Statement Bind(int index, Guid value)
    {
        Span<byte> bytes = stackalloc byte[16];
        value.TryWriteBytes(bytes, bigEndian: true, out _);
        return Bind(index, bytes);
    }

    /// <summary>Goes to the next row.</summary>
    /// <returns>Whether there is one.</returns>
    public bool Step()
    {
        var code = raw.sqlite3_step(handle);
        if (code == raw.SQLITE_ROW) return true;
        if (code != raw.SQLITE_DONE) Check(code);
        return false;
    }

    /// <summary>Runs it to its end, and resets it.</summary>
    public void Run()
    {
        try
        {
            while (Step())
            {
            }
        }
        finally
        {
            Dispose();
        }
    }

    public bool IsNull(int column) => raw.sqlite3_column_type(handle, column) == raw.SQLITE_NULL;

    public long Long(int column) => raw.sqlite3_column_int64(handle, column);

    public int Int(int column) => (int)raw.sqlite3_column_int64(handle, column);

    public long? LongOrNull(int column) => IsNull(column) ? null : Long(column);

    public int? IntOrNull(int column) => IsNull(column) ? null : Int(column);

    // By its bytes: as text it would end at its first U+0000.
    public string Text(int column) => Encoding.UTF8.GetString(raw.sqlite3_column_blob(handle, column));

    /// <summary>A text that is probably known already, and then need not be made again.</summary>
    public string Text(int column, string likely)
    {
        var bytes = raw.sqlite3_column_blob(handle, column);
        return Ascii.Equals(bytes, likely) ? likely : Encoding.UTF8.GetString(bytes);
    }

    public string? TextOrNull(int column) => IsNull(column) ? null : Text(column);

    /// <summary>The bytes themselves, until the next step.</summary>
    public ReadOnlySpan<byte> Bytes(int column) => raw.sqlite3_column_blob(handle, column);

    public byte[] Blob(int column) => raw.sqlite3_column_blob(handle, column).ToArray();

    public Guid Guid(int column) => new(raw.sqlite3_column_blob(handle, column), bigEndian: true);

    /// <summary>Ends this use.</summary>
    public void Dispose() => raw.sqlite3_reset(handle);

    /// <summary>Begins the next use.</summary>
    public Statement Cleared()
    {
        raw.sqlite3_clear_bindings(handle);
        return this;
    }

    /// <summary>Ends it for good.</summary>
    public void Destroy() => handle.Dispose();

    private void Check(int code)
    {
        if (code != raw.SQLITE_OK) SqliteException.ThrowExceptionForRC(code, database);
    }
}
