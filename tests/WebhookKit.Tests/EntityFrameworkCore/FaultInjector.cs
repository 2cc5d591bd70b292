using System.Data.Common;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Npgsql;
using WebhookKit.Tests.Postgres;

namespace WebhookKit.Tests.EntityFrameworkCore;

/// <summary>Breaks the connection of a context once, in a way that a retrying strategy takes for transient.</summary>
internal sealed class FaultInjector : DbTransactionInterceptor, IDbCommandInterceptor
{
    public Fault Next { get; set; }

    public int Injected { get; private set; }

    public InterceptionResult<DbDataReader> ReaderExecuting(DbCommand command, CommandEventData eventData, InterceptionResult<DbDataReader> result)
    {
        if (Take(Fault.BeforeRows)) throw Break();
        return result;
    }

    public ValueTask<InterceptionResult<DbDataReader>> ReaderExecutingAsync(
        DbCommand command, CommandEventData eventData, InterceptionResult<DbDataReader> result, CancellationToken cancellationToken = default) =>
        new(ReaderExecuting(command, eventData, result));

    public override InterceptionResult TransactionCommitting(DbTransaction transaction, TransactionEventData eventData, InterceptionResult result)
    {
        if (Take(Fault.BeforeCommit)) throw Break();
        if (Take(Fault.Terminated)) TerminateAsync((NpgsqlTransaction)transaction).GetAwaiter().GetResult();
        if (!Take(Fault.AfterCommit)) return result;
        transaction.Commit();
        throw Break();
    }

    public override ValueTask<InterceptionResult> TransactionCommittingAsync(
        DbTransaction transaction, TransactionEventData eventData, InterceptionResult result, CancellationToken cancellationToken = default) =>
        new(TransactionCommitting(transaction, eventData, result));

    private static NpgsqlException Break() => new("The connection broke.", new IOException("Connection reset by peer"));

    private static Task TerminateAsync(NpgsqlTransaction transaction)
    {
        var connection = transaction.Connection!;
        return PostgresSql.ExecuteAsync(connection.ConnectionString, $"SELECT pg_terminate_backend({connection.ProcessID}, 5000)");
    }

    private bool Take(Fault fault)
    {
        if (Next != fault) return false;
        Next = Fault.None;
        Injected++;
        return true;
    }
}
