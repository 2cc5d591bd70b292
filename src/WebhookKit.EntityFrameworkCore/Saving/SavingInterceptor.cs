using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Storage;

namespace WebhookKit.EntityFrameworkCore.Saving;

/// <summary>Stores events that come without rows, and follows transactions to their end.</summary>
internal sealed class SavingInterceptor(ICurrentDbContext current, PendingWebhooks pending, EventStorer storer, WebhookServices services)
    : ISaveChangesInterceptor, IDbTransactionInterceptor
{
    private IRelationalConnection Connection => current.Context.GetService<IRelationalConnection>();

    public InterceptionResult<int> SavingChanges(DbContextEventData eventData, InterceptionResult<int> result)
    {
        pending.BeginSaving();
        return result;
    }

    public ValueTask<InterceptionResult<int>> SavingChangesAsync(
        DbContextEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default) => new(SavingChanges(eventData, result));

    public int SavedChanges(SaveChangesCompletedEventData eventData, int result)
    {
        if (pending.EndSaving(succeeded: true)) return result;
        if (pending.Collect() is not { Count: > 0 } raised) return result;

        pending.BeginSaving();
        current.Context.Database.CreateExecutionStrategy().Execute(() =>
        {
            using var unit = SaveUnit.Begin(current.Context, Connection);
            storer.Store(raised, unit);
            unit.Complete();
        });
        pending.EndSaving(succeeded: true);
        pending.Accept(raised);
        return result;
    }

    public async ValueTask<int> SavedChangesAsync(SaveChangesCompletedEventData eventData, int result, CancellationToken cancellationToken = default)
    {
        if (pending.EndSaving(succeeded: true)) return result;
        if (pending.Collect() is not { Count: > 0 } raised) return result;

        pending.BeginSaving();
        await current.Context.Database.CreateExecutionStrategy().ExecuteAsync(
            async cancellation =>
            {
                await using var unit = await SaveUnit.BeginAsync(current.Context, Connection, cancellation);
                await storer.StoreAsync(raised, unit, cancellation);
                await unit.CompleteAsync(cancellation);
            },
            cancellationToken);
        pending.EndSaving(succeeded: true);
        pending.Accept(raised);
        return result;
    }

    public void SaveChangesFailed(DbContextErrorEventData eventData) => pending.EndSaving(succeeded: false);

    public Task SaveChangesFailedAsync(DbContextErrorEventData eventData, CancellationToken cancellationToken = default) => End();

    public void SaveChangesCanceled(DbContextEventData eventData) => pending.EndSaving(succeeded: false);

    public Task SaveChangesCanceledAsync(DbContextEventData eventData, CancellationToken cancellationToken = default) => End();

    public DbTransaction TransactionStarted(DbConnection connection, TransactionEndEventData eventData, DbTransaction result)
    {
        pending.Began(eventData.TransactionId);
        return result;
    }

    public ValueTask<DbTransaction> TransactionStartedAsync(
        DbConnection connection, TransactionEndEventData eventData, DbTransaction result, CancellationToken cancellationToken = default) =>
        new(TransactionStarted(connection, eventData, result));

    public void TransactionCommitted(DbTransaction transaction, TransactionEndEventData eventData)
    {
        pending.Ended(eventData.TransactionId, isCommitted: true);
        services.Transactions?.OnCommitted(transaction);
    }

    public Task TransactionCommittedAsync(DbTransaction transaction, TransactionEndEventData eventData, CancellationToken cancellationToken = default)
    {
        TransactionCommitted(transaction, eventData);
        return Task.CompletedTask;
    }

    public void TransactionRolledBack(DbTransaction transaction, TransactionEndEventData eventData) => pending.Ended(eventData.TransactionId, isCommitted: false);

    public Task TransactionRolledBackAsync(DbTransaction transaction, TransactionEndEventData eventData, CancellationToken cancellationToken = default)
    {
        TransactionRolledBack(transaction, eventData);
        return Task.CompletedTask;
    }

    public void RolledBackToSavepoint(DbTransaction transaction, TransactionEventData eventData) => pending.WentBack(eventData.TransactionId);

    public Task RolledBackToSavepointAsync(DbTransaction transaction, TransactionEventData eventData, CancellationToken cancellationToken = default)
    {
        RolledBackToSavepoint(transaction, eventData);
        return Task.CompletedTask;
    }

    private Task End()
    {
        pending.EndSaving(succeeded: false);
        return Task.CompletedTask;
    }
}
