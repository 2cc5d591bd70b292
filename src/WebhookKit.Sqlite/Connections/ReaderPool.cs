using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;

namespace WebhookKit.Sqlite.Connections;

/// <summary>A few connections that read, each what was committed when its read began, beside the writer.</summary>
internal sealed class ReaderPool(SqliteFile file) : IDisposable
{
    private const int MaxReaders = 4;

    private readonly ConcurrentBag<SqliteSession> _free = [];
    private readonly SemaphoreSlim _places = new(MaxReaders);
    private volatile bool _isDisposed;

    /// <summary>Reads something. SQLite has no asynchronous reads: it happens on the caller's thread.</summary>
    public async ValueTask<T> ReadAsync<T>(Func<SqliteSession, T> read, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        ObjectDisposedException.ThrowIf(_isDisposed, typeof(SqliteWebhookStore));
        await _places.WaitAsync(cancellationToken);
        SqliteSession? session = null;
        try
        {
            if (!_free.TryTake(out session)) session = file.OpenReader();
            return read(session);
        }
        catch (SqliteException cause)
        {
            // A new one may fare better.
            session?.Dispose();
            session = null;
            throw file.Explain(cause);
        }
        finally
        {
            if (session is not null) GiveBack(session);
            _places.Release();
        }
    }

    public void Dispose()
    {
        _isDisposed = true;
        while (_free.TryTake(out var session)) session.Dispose();
    }

    private void GiveBack(SqliteSession session)
    {
        _free.Add(session);
        if (_isDisposed) Dispose();
    }
}
