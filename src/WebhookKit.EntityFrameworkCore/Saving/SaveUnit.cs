using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace WebhookKit.EntityFrameworkCore.Saving;

/// <summary>
/// What rows and events are saved in, whole or not at all: the context's transaction, back to a savepoint if it fails, or one of its own.
/// </summary>
internal sealed class SaveUnit : IDisposable, IAsyncDisposable
{
    private const string Savepoint = "webhook_save";

    private readonly DbContext _context;
    private readonly IDbContextTransaction _transaction;
    private readonly bool _isOwn;
    private readonly bool _autoSavepoints;
    private bool _hasSavepoint;

    private SaveUnit(DbContext context, IDbContextTransaction transaction, bool isOwn, bool hasSavepoint)
    {
        _context = context;
        _transaction = transaction;
        _isOwn = isOwn;
        _hasSavepoint = hasSavepoint;

        // This goes back as a whole: EF Core need not set a savepoint of its own within.
        _autoSavepoints = context.Database.AutoSavepointsEnabled;
        context.Database.AutoSavepointsEnabled = false;
    }

    public DbTransaction Transaction => _transaction.GetDbTransaction();

    public Guid Id => _transaction.TransactionId;

    public static SaveUnit Begin(DbContext context, IRelationalConnection connection)
    {
        RefuseAmbient(context, connection);
        if (connection.CurrentTransaction is not { } current) return new SaveUnit(context, connection.BeginTransaction(), isOwn: true, hasSavepoint: false);
        var needsSavepoint = NeedsSavepoint(context, current);
        if (needsSavepoint) current.CreateSavepoint(Savepoint);
        return new SaveUnit(context, current, isOwn: false, needsSavepoint);
    }

    public static async Task<SaveUnit> BeginAsync(DbContext context, IRelationalConnection connection, CancellationToken cancellationToken)
    {
        RefuseAmbient(context, connection);
        if (connection.CurrentTransaction is not { } current)
            return new SaveUnit(context, await connection.BeginTransactionAsync(cancellationToken), isOwn: true, hasSavepoint: false);
        var needsSavepoint = NeedsSavepoint(context, current);
        if (needsSavepoint) await current.CreateSavepointAsync(Savepoint, cancellationToken);
        return new SaveUnit(context, current, isOwn: false, needsSavepoint);
    }

    public void Complete()
    {
        if (_isOwn) _transaction.Commit();
        else if (_hasSavepoint) _transaction.ReleaseSavepoint(Savepoint);
        _hasSavepoint = false;
    }

    public async Task CompleteAsync(CancellationToken cancellationToken)
    {
        if (_isOwn) await _transaction.CommitAsync(cancellationToken);
        else if (_hasSavepoint) await _transaction.ReleaseSavepointAsync(Savepoint, cancellationToken);
        _hasSavepoint = false;
    }

    public void Dispose()
    {
        _context.Database.AutoSavepointsEnabled = _autoSavepoints;
        if (_isOwn) _transaction.Dispose();
        if (!_hasSavepoint) return;
        try
        {
            _transaction.RollbackToSavepoint(Savepoint);
        }
        catch (Exception)
        {
            // The connection is gone, and the transaction with it. What made the saving fail is what the host has to know.
        }
    }

    public async ValueTask DisposeAsync()
    {
        _context.Database.AutoSavepointsEnabled = _autoSavepoints;
        if (_isOwn) await _transaction.DisposeAsync();
        if (!_hasSavepoint) return;
        try
        {
            await _transaction.RollbackToSavepointAsync(Savepoint);
        }
        catch (Exception)
        {
            // As above.
        }
    }

    private static bool NeedsSavepoint(DbContext context, IDbContextTransaction transaction) =>
        context.Database.AutoSavepointsEnabled && transaction.SupportsSavepoints;

    /// <summary>An ambient transaction has no <see cref="DbTransaction"/> that a store could join.</summary>
    private static void RefuseAmbient(DbContext context, IRelationalConnection connection)
    {
        if (connection.CurrentTransaction is not null) return;
        if (System.Transactions.Transaction.Current is null && connection is not ITransactionEnlistmentManager { EnlistedTransaction: not null }) return;
        throw new WebhookConflictException(
            $"Events raised on {context.GetType().Name} cannot be stored in a TransactionScope or another ambient transaction; nothing was saved. Use Database.BeginTransaction instead of it.");
    }
}
