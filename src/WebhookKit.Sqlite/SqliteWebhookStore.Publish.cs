using System.Data.Common;
using Microsoft.Data.Sqlite;
using WebhookKit.Sqlite.Connections;
using WebhookKit.Sqlite.Rows;

namespace WebhookKit.Sqlite;

internal sealed partial class SqliteWebhookStore
{
    public ValueTask<IReadOnlyList<EventWriteResult>> PublishAsync(IReadOnlyList<EventWrite> writes, DbTransaction? transaction, CancellationToken cancellationToken)
    {
        if (transaction is null) return new(JoinAsync<IReadOnlyList<EventWriteResult>>(own => Publish(own, writes), cancellationToken));
        cancellationToken.ThrowIfCancellationRequested();
        return new(PublishIn(FindConnection(transaction), writes));
    }

    private static EventWriteResult[] Publish(WriteTransaction transaction, IReadOnlyList<EventWrite> writes)
    {
        var results = new EventWriteResult[writes.Count];
        for (var i = 0; i < results.Length; i++) results[i] = Publish(transaction, writes[i]);
        return results;
    }

    private static EventWriteResult Publish(WriteTransaction transaction, EventWrite write)
    {
        var session = transaction.Session;
        if (IsStale(transaction, write))
        {
            // A duplicate stays one, whatever it is matched against: it need not be matched again to be told so.
            return EventRows.FindFirstDeliveries(session, write.Event.TenantId, write.Event.Id) is { } known
                ? new EventWriteResult(EventWriteStatus.Duplicate, known)
                : new EventWriteResult(EventWriteStatus.Stale, 0);
        }

        if (EventRows.TryAdd(session, write) is not { } seq)
            return new EventWriteResult(EventWriteStatus.Duplicate, EventRows.FindFirstDeliveries(session, write.Event.TenantId, write.Event.Id)!.Value);

        foreach (var delivery in InOrder(write.Deliveries))
        {
            if (transaction.Runs is { } runs) runs.Add(seq, delivery);
            else DeliveryRows.Add(session, seq, delivery);
        }

        return new EventWriteResult(EventWriteStatus.Stored, write.Deliveries.Count);
    }

    /// <summary>Those of one event are listed run after run, in this order.</summary>
    private static IEnumerable<WebhookDelivery> InOrder(IReadOnlyList<WebhookDelivery> deliveries) =>
        deliveries.Count > 1 ? deliveries.OrderBy(static d => d.SubscriptionId, StringComparer.Ordinal) : deliveries;

    private static bool IsStale(WriteTransaction transaction, EventWrite write)
    {
        if (write.SubscriptionVersion is not { } matched || matched >= transaction.ChangeNumber) return false;

        // Something has changed, but perhaps not for this tenant.
        return write.AllTenants || matched < InfoRow.ReadForgottenUpTo(transaction.Session) || SubscriptionRows.FindLatestChange(transaction.Session, write.Event.TenantId) > matched;
    }

    /// <summary>Stores within the host's own transaction, on its connection: whole or, if it fails, nothing.</summary>
    private EventWriteResult[] PublishIn(SqliteConnection connection, IReadOnlyList<EventWrite> writes)
    {
        using var session = new SqliteSession(connection.Handle!, isOwn: false);
        session.SetBusyTimeout(_options.BusyTimeout);
        try
        {
            session.Run("SAVEPOINT webhook_publish");
            try
            {
                var results = Publish(new WriteTransaction(session, runs: null), writes);
                session.Run("RELEASE webhook_publish");
                return results;
            }
            catch
            {
                // Some errors have ended the whole transaction already.
                if (session.IsInTransaction) session.RunScript("ROLLBACK TO webhook_publish; RELEASE webhook_publish");
                throw;
            }
        }
        catch (SqliteException cause) when (cause.SqliteErrorCode == SQLitePCL.raw.SQLITE_BUSY)
        {
            throw new WebhookStoreException(
                $"The transaction in PublishOptions.Transaction cannot write to '{_file.Path}': another one has written since it began to read, or holds the lock. Begin it without deferred.", cause);
        }
        catch (SqliteException cause)
        {
            throw _file.Explain(cause);
        }
        finally
        {
            // As the provider has it, whose commands wait by themselves.
            session.SetBusyTimeout(TimeSpan.Zero);
        }
    }

    private SqliteConnection FindConnection(DbTransaction transaction)
    {
        if (_writer is null) throw NotReady();
        if (transaction is not SqliteTransaction sqlite)
        {
            throw new WebhookConflictException(
                $"PublishOptions.Transaction is a {transaction.GetType().Name}, but webhooks are kept in the SQLite database '{_file.Path}'. Pass a SqliteTransaction on that file, or leave it out.");
        }

        if (sqlite.Connection is not { } connection)
            throw new WebhookConflictException("PublishOptions.Transaction is already completed, so nothing can be stored in it. Publish before you commit.");

        using var session = new SqliteSession(connection.Handle!, isOwn: false);
        if (!IsSameFile(session.FilePath))
        {
            throw new WebhookConflictException(
                $"PublishOptions.Transaction is on the database '{session.FilePath}', but webhooks are kept in '{_file.Path}'. Use a connection to that file, or leave the transaction out.");
        }

        return connection;
    }

    /// <summary>SQLite follows links; so does this.</summary>
    private bool IsSameFile(string path) =>
        path.Length > 0 && (path == _file.Path || path == _openedAs || Resolve(path) == Resolve(_file.Path));

    private static string Resolve(string path) => new FileInfo(path) is { } file && file.ResolveLinkTarget(returnFinalTarget: true) is { } target ? target.FullName : Path.GetFullPath(path);
}
