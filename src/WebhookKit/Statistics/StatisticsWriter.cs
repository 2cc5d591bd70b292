using WebhookKit.Diagnostics;
using WebhookKit.Storage;

namespace WebhookKit.Statistics;

/// <summary>
/// Stores what this node has counted: a row for each span, of each subscription and of its tenant in total. What cannot be stored waits for the
/// next time, as much as there is room for.
/// </summary>
internal sealed class StatisticsWriter(AttemptCounters counters, IDeliveryStatistics store, SafeLogger<StatisticsWriter> logger, int maxUnsaved = StatisticsWriter.MaxUnsaved)
{
    /// <summary>How many rows wait at most, of some 400 bytes each: those of 6,000 subscriptions that were busy while the store was away.</summary>
    internal const int MaxUnsaved = 20_000;

    /// <summary>Small enough that nobody who publishes or settles waits for it.</summary>
    private const int StepSize = 500;

    /// <summary>How many rows one subscription has: one for each span, and as many for its tenant.</summary>
    private static readonly int RowsEach = 2 * StatisticsSpans.All.Length;

    private readonly Gate _oneAtATime = new(1);

    /// <summary>Guarded by the gate.</summary>
    private readonly Dictionary<Key, DeliveryCounts> _unsaved = [];

    /// <summary>Stores what has been counted until now.</summary>
    /// <exception cref="WebhookStoreException">The store cannot be used; what could not be stored waits.</exception>
    public async Task FlushAsync(CancellationToken cancellationToken)
    {
        await _oneAtATime.WaitAsync(cancellationToken);
        try
        {
            await GatherAndStoreAsync(cancellationToken);
        }
        catch (Exception)
        {
            // The store may be away for long: the rows have a bound, what is counted has none.
            var dropped = counters.Take().Count(counts => !TryGather(counts));
            if (dropped > 0) Log.StatisticsDropped(logger, dropped);
            throw;
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    /// <summary>Stores what has been counted, at the end of a drain or of the host: nothing else suffers when that fails.</summary>
    public async Task TryFlushAsync(CancellationToken cancellationToken)
    {
        try
        {
            await FlushAsync(cancellationToken);
        }
        catch (Exception cause)
        {
            if (!cancellationToken.IsCancellationRequested) Log.StatisticsFailed(logger, cause);
        }
    }

    /// <summary>As long as the store takes them, no subscriptions are too many: they are stored in parts, and there is room for each.</summary>
    private async Task GatherAndStoreAsync(CancellationToken cancellationToken)
    {
        await StoreAsync(cancellationToken);
        foreach (var counts in counters.Take())
        {
            TryGather(counts);
            if (_unsaved.Count > maxUnsaved - RowsEach) await StoreAsync(cancellationToken);
        }

        await StoreAsync(cancellationToken);
    }

    private async Task StoreAsync(CancellationToken cancellationToken)
    {
        foreach (var rows in _unsaved.Values.ToArray().Chunk(StepSize))
        {
            // Not to be given up half-way: it would not be known whether they were added.
            await store.AddStatisticsAsync(rows, CancellationToken.None);
            foreach (var row in rows) _unsaved.Remove(Key.Of(row));
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    /// <summary>Adds what one subscription has to the rows that wait.</summary>
    /// <returns>Whether there is room for all of it.</returns>
    private bool TryGather(DeliveryCounts counts)
    {
        var isWhole = true;
        foreach (var span in StatisticsSpans.All)
        {
            var row = counts with { Span = span, At = StatisticsSpans.Floor(counts.At, span) };
            isWhole &= TryAdd(row) & TryAdd(row with { SubscriptionId = null });
        }

        return isWhole;
    }

    private bool TryAdd(DeliveryCounts row)
    {
        var key = Key.Of(row);
        if (_unsaved.TryGetValue(key, out var before)) _unsaved[key] = before.Plus(row);
        else if (_unsaved.Count < maxUnsaved) _unsaved.Add(key, row);
        else return false;
        return true;
    }

    private readonly record struct Key(string? TenantId, string? SubscriptionId, TimeSpan Span, DateTimeOffset At)
    {
        public static Key Of(DeliveryCounts row) => new(row.TenantId, row.SubscriptionId, row.Span, row.At);
    }
}
