using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace WebhookKit.Sqlite.Connections;

/// <summary>Waits for a lock of the file that another connection, here or in another process, holds.</summary>
/// <remarks>
/// SQLite waits by itself, but some builds of its library, that of SQLitePCLRaw among them, sleep for a whole second between two looks, so
/// that the lock goes to others again and again. And for the lock that a new write-ahead log takes it does not wait at all.
/// </remarks>
internal static class LockWait
{
    private static readonly TimeSpan Longest = TimeSpan.FromMilliseconds(20);

    /// <summary>Tries something that takes a lock until it gets it.</summary>
    /// <param name="session">The connection.</param>
    /// <param name="patience">How long it tries; the last failure is thrown then.</param>
    /// <param name="attempt">Tries it once; whatever it has begun is over when it fails.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>What the attempt that got it returned.</returns>
    public static T Take<T>(SqliteSession session, TimeSpan patience, Func<SqliteSession, T> attempt, CancellationToken cancellationToken)
    {
        session.SetBusyTimeout(TimeSpan.Zero);
        try
        {
            var waited = TimeSpan.Zero;
            for (var wait = TimeSpan.FromMilliseconds(1); ; wait = wait * 2 < Longest ? wait * 2 : Longest)
            {
                try
                {
                    return attempt(session);
                }
                catch (SqliteException cause) when (cause.SqliteErrorCode == raw.SQLITE_BUSY && waited < patience)
                {
                    cancellationToken.WaitHandle.WaitOne(wait);
                    cancellationToken.ThrowIfCancellationRequested();
                    waited += wait;
                }
            }
        }
        finally
        {
            session.SetBusyTimeout(patience);
        }
    }
}
