using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.EntityFrameworkCore.Update;

namespace WebhookKit.EntityFrameworkCore.Saving;

/// <summary>
/// Saves rows as ever, and events with them. EF Core calls this within its execution strategy, before it accepts the changes: what fails here is tried
/// again, rows and events together, or none of them counts as saved.
/// </summary>
internal sealed class WebhookDatabase(
    DatabaseDependencies dependencies,
    RelationalDatabaseDependencies relationalDependencies,
    ICurrentDbContext current,
    PendingWebhooks pending,
    EventStorer storer) : RelationalDatabase(dependencies, relationalDependencies)
{
    public override int SaveChanges(IList<IUpdateEntry> entries)
    {
        var raised = pending.Collect();
        if (raised.Count == 0) return base.SaveChanges(entries);

        using var unit = SaveUnit.Begin(current.Context, RelationalDependencies.Connection);
        var rows = base.SaveChanges(entries);
        storer.Store(raised, unit);
        unit.Complete();
        pending.Saved(raised, entries);
        return rows;
    }

    public override async Task<int> SaveChangesAsync(IList<IUpdateEntry> entries, CancellationToken cancellationToken = default)
    {
        var raised = pending.Collect();
        if (raised.Count == 0) return await base.SaveChangesAsync(entries, cancellationToken);

        await using var unit = await SaveUnit.BeginAsync(current.Context, RelationalDependencies.Connection, cancellationToken);
        var rows = await base.SaveChangesAsync(entries, cancellationToken);
        await storer.StoreAsync(raised, unit, cancellationToken);
        await unit.CompleteAsync(cancellationToken);
        pending.Saved(raised, entries);
        return rows;
    }
}
