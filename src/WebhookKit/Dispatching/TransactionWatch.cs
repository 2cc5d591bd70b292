using System.Data;
using System.Data.Common;
using WebhookKit.Matching;

namespace WebhookKit.Dispatching;

/// <summary>
/// Brings what was published inside a host's transaction to its lanes, here or on other nodes, soon after the transaction has ended. Nothing tells of the end, but
/// then a transaction has no connection any more. What is missed here is found by the sweep.
/// </summary>
internal sealed class TransactionWatch : IWebhookTransactions, IDisposable
{
    private const int MaxWatched = 10_000;
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    private readonly Lock _gate = new();
    private readonly Handover _handover;
    private readonly TimeProvider _time;
    private readonly ITimer _timer;
    private List<Watched> _watched = [];

    public TransactionWatch(Handover handover, TimeProvider time)
    {
        _handover = handover;
        _time = time;
        using (ExecutionContext.SuppressFlow())
            _timer = time.CreateTimer(static watch => ((TransactionWatch)watch!).Look(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Watches a transaction.</summary>
    /// <param name="transaction">The transaction that events were stored in.</param>
    /// <param name="targets">The subscriptions that each event is owed to.</param>
    public void Add(DbTransaction transaction, SubscriptionModel[][] targets)
    {
        SubscriptionModel[] lanes = [.. targets.SelectMany(t => t).Where(_handover.CanTell).DistinctBy(m => m.Id)];
        if (lanes.Length == 0) return;
        lock (_gate)
        {
            if (_watched.Count >= MaxWatched) return;
            _watched.Add(new Watched(transaction, lanes, _time.GetUtcNow() + Patience));
            if (_watched.Count == 1) _timer.Change(Interval, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>Looks at once, and by the timer as ever: the caller's commit does not wait for lanes.</summary>
    public void OnCommitted(DbTransaction transaction)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        lock (_gate)
        {
            var told = false;
            foreach (var watched in _watched)
            {
                if (!ReferenceEquals(watched.Transaction, transaction)) continue;
                watched.IsCommitted = true;
                told = true;
            }

            if (told) _timer.Change(TimeSpan.Zero, Timeout.InfiniteTimeSpan);
        }
    }

    public void Dispose() => _timer.Dispose();

    private void Look()
    {
        List<Watched> ended = [];
        var now = _time.GetUtcNow();
        lock (_gate)
        {
            var left = new List<Watched>(_watched.Count);
            foreach (var watched in _watched) (watched.IsCommitted || HasEnded(watched.Transaction) || watched.Until <= now ? ended : left).Add(watched);
            _watched = left;
            if (left.Count > 0) _timer.Change(Interval, Timeout.InfiniteTimeSpan);
        }

        foreach (var model in ended.SelectMany(w => w.Lanes).DistinctBy(m => m.Id)) _handover.Tell(model);
    }

    /// <summary>Npgsql names the connection until the transaction is disposed of, but answers nothing else once it has ended.</summary>
    private static bool HasEnded(DbTransaction transaction)
    {
        try
        {
            return transaction.Connection is null || transaction.IsolationLevel == IsolationLevel.Chaos;
        }
        catch (Exception)
        {
            // Whatever a provider throws for it: it is of no use any more, and looking at the lanes once too often harms nothing.
            return true;
        }
    }

    private sealed record Watched(DbTransaction Transaction, SubscriptionModel[] Lanes, DateTimeOffset Until)
    {
        public bool IsCommitted { get; set; }
    }
}
