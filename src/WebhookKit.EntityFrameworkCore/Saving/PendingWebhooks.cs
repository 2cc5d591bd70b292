using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Update;

namespace WebhookKit.EntityFrameworkCore.Saving;

/// <summary>
/// What has been raised on one context and on the entities that it tracks, and how far each event has come: raised, stored in a transaction, its changes
/// accepted, committed. Events are given ids when they are made, so storing one again is harmless; only losing or inventing one is not.
/// </summary>
internal sealed class PendingWebhooks(ICurrentDbContext current, WebhookServices services) : IResettableService
{
    private readonly RaisedWebhookCollection _onContext = new();

    /// <summary>Stored within <see cref="_transaction"/>, which has not been committed yet.</summary>
    private readonly List<RaisedWebhook> _stored = [];

    /// <summary>How much of that was there before the saving that is under way; null while none is.</summary>
    private int? _storedBefore;

    /// <summary>Stands for what is tracked since the tracker was last cleared.</summary>
    private object _tracking = new();

    /// <summary>The transaction in which something was raised or stored.</summary>
    private Guid? _transaction;

    /// <summary>The last transaction that EF Core began itself, and whose end it therefore knows.</summary>
    private Guid? _begun;

    private (IReadOnlyList<RaisedWebhook> Raised, IList<IUpdateEntry> Entries)? _saved;

    private Guid? CurrentTransaction => current.Context.Database.CurrentTransaction?.TransactionId;

    /// <exception cref="InvalidOperationException">The context is not set up.</exception>
    public static PendingWebhooks Of(DbContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return (PendingWebhooks?)((IInfrastructure<IServiceProvider>)context).Instance.GetService(typeof(PendingWebhooks)) ?? throw new InvalidOperationException(
            $"{context.GetType().Name} is not set up for webhooks, so an event raised on it would be lost. Add services.AddWebhooks().UseDbContext<{context.GetType().Name}>(), "
            + "or, where the context is made by hand, options.UseWebhooks(services).");
    }

    /// <summary>Notes an event.</summary>
    /// <returns>Its id.</returns>
    public string Raise(RaisedWebhook raised)
    {
        EndIfOver();
        var made = raised.Make(services.Factory);
        if (services.Factory.IsPublishingSuppressed) return made.Id;
        raised.RaisedIn = CurrentTransaction;
        _transaction = raised.RaisedIn;
        _onContext.Add(raised);
        return made.Id;
    }

    /// <summary>What the next saving has to store, in the order of raising.</summary>
    public IReadOnlyList<RaisedWebhook> Collect()
    {
        EndIfOver();
        List<RaisedWebhook> all = [.. _onContext];
        foreach (var (entity, state) in QuietTracker.Read(
            current.Context, static (c, _) => c.ChangeTracker.Entries<IHasWebhookEvents>().Select(e => (e.Entity, e.State)).ToList(), 0))
        {
            foreach (var raised in entity.RaisedWebhooks ?? [])
            {
                if (raised.SpentFor == _tracking && !IsSavedAgain(raised, state)) continue;
                raised.SavedAs = state;
                all.Add(raised);
            }
        }

        all.Sort(static (a, b) => a.Number.CompareTo(b.Number));
        return all;
    }

    /// <summary>Notes that events lie in a transaction that is still to be committed.</summary>
    public void Stored(IReadOnlyList<RaisedWebhook> raised, Guid transaction)
    {
        _transaction = transaction;
        _stored.AddRange(raised);
    }

    /// <summary>Notes which rows events were stored with.</summary>
    public void Saved(IReadOnlyList<RaisedWebhook> raised, IList<IUpdateEntry> entries) => _saved = (raised, entries);

    /// <summary>Notes that something is about to be saved, which goes back no further than to here if it fails.</summary>
    public void BeginSaving()
    {
        EndIfOver();
        _storedBefore = _stored.Count;
    }

    /// <summary>Notes that <c>SaveChanges</c> has ended.</summary>
    /// <returns>Whether it wrote events together with rows.</returns>
    public bool EndSaving(bool succeeded)
    {
        var saved = _saved;
        _saved = null;
        _storedBefore = null;
        if (saved is null) return false;

        // With acceptAllChangesOnSuccess: false the rows are still to be saved if the transaction is rolled back, and so are their events.
        if (succeeded && !saved.Value.Entries.Any(e => e.EntityState is EntityState.Added or EntityState.Modified or EntityState.Deleted)) Accept(saved.Value.Raised);
        return true;
    }

    /// <summary>Their changes will not be saved again, even if the transaction is rolled back: neither will they.</summary>
    public void Accept(IReadOnlyList<RaisedWebhook> raised)
    {
        var accepted = raised.ToHashSet();
        foreach (var r in accepted) r.SpentFor = _tracking;
        _onContext.RemoveAll(accepted.Contains);
    }

    public void Began(Guid transaction)
    {
        EndIfOver();
        _begun = transaction;
    }

    public void Ended(Guid transaction, bool isCommitted)
    {
        if (transaction != _transaction) return;
        _transaction = null;
        if (isCommitted)
        {
            foreach (var raised in _stored) raised.IsDone = true;
            foreach (var owner in _stored.Select(r => r.Owner!).Distinct()) owner.RemoveAll(static r => r.IsDone);
        }
        else if (_begun == transaction)
        {
            _onContext.RemoveAll(r => r.RaisedIn == transaction);
        }

        _stored.Clear();
        foreach (var raised in _onContext) raised.RaisedIn = null;
    }

    /// <summary>
    /// Part of what is stored is gone: of what this saving has stored, all; where the host goes back, nobody says how far. What is still pending is
    /// stored once more with the next saving.
    /// </summary>
    public void WentBack(Guid transaction)
    {
        if (transaction != _transaction) return;
        var kept = Math.Min(_storedBefore ?? 0, _stored.Count);
        _stored.RemoveRange(kept, _stored.Count - kept);
    }

    /// <summary>The tracker has forgotten its changes; so are their events.</summary>
    public void Forget()
    {
        _onContext.Clear();
        _tracking = new object();
    }

    /// <summary>The context goes back to its pool.</summary>
    public void ResetState()
    {
        Forget();
        _stored.Clear();
        _transaction = _begun = null;
        _saved = null;
        _storedBefore = null;
    }

    public Task ResetStateAsync(CancellationToken cancellationToken = default)
    {
        ResetState();
        return Task.CompletedTask;
    }

    /// <summary>
    /// Whether the row that an event was saved with is inserted or deleted once more, as a retried delegate does. A row that is changed once more may
    /// be changed otherwise, so what came of the first change does not go with it.
    /// </summary>
    private static bool IsSavedAgain(RaisedWebhook raised, EntityState state) => state is EntityState.Added or EntityState.Deleted && state == raised.SavedAs;

    /// <summary>EF Core tells of a commit, but not of a transaction that was just disposed of.</summary>
    private void EndIfOver()
    {
        if (_transaction is { } transaction && CurrentTransaction != transaction) Ended(transaction, isCommitted: false);
    }
}
