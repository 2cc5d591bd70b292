using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using WebhookKit.Dispatching;
using WebhookKit.Matching;
using WebhookKit.Storage;

namespace WebhookKit.Publishing;

/// <summary>
/// Matches events and stores them with their deliveries in one atomic write, then hands the deliveries to their lanes. A store that
/// gains from it gets the events of many publishers in one write.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "The semaphore has no handle to free, and who waits for it may outlive the container.")]
internal sealed class EventWriter
{
    private const int MaxBatches = 512;

    /// <summary>How many bytes of data one write takes: databases have limits, and an early one waits for the last.</summary>
    private const long MaxBytes = 32 * 1024 * 1024;
    private const int MaxRematches = 20;

    /// <summary>How many batches that wait for somebody else's lock are tried at once, each on a connection, and how often.</summary>
    private const int MaxAside = 4;
    private const int MaxTriesAside = 60;

    private readonly IDeliveryQueue _queue;
    private readonly SubscriptionCache _cache;
    private readonly EventMatcher _matcher;
    private readonly Handover _handover;
    private readonly TransactionWatch _transactions;
    private readonly LaneTable _lanes;
    private readonly EventPool _events;

    /// <summary>Gathers the events of many publishers; <see langword="null"/> when the store gains nothing from that.</summary>
    private readonly Coalescer<PublishBatch, IReadOnlyList<EventWriteResult>>? _writer;
    private readonly Gate _aside = new(MaxAside);

    public EventWriter(
        IDeliveryQueue queue, SubscriptionCache cache, EventMatcher matcher, Handover handover, TransactionWatch transactions, LaneTable lanes, EventPool events)
    {
        _queue = queue;
        _cache = cache;
        _matcher = matcher;
        _handover = handover;
        _transactions = transactions;
        _lanes = lanes;
        _events = events;
        if (queue.GainsFromGroupCommit) _writer = new Coalescer<PublishBatch, IReadOnlyList<EventWriteResult>>(WriteTogetherAsync, MaxBatches, HandOver, static b => b.DataLength, MaxBytes);
    }

    /// <summary>Stores a batch.</summary>
    /// <returns>What became of each event; none is stale.</returns>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<IReadOnlyList<EventWriteResult>> StoreAsync(PublishBatch batch, CancellationToken cancellationToken)
    {
        var index = _cache.Current;
        for (var rematches = 0; rematches < MaxRematches; rematches++)
        {
            await MatchAsync(batch, index, cancellationToken);
            IReadOnlyList<EventWriteResult> results;
            try
            {
                results = await WriteAsync(batch, cancellationToken);
            }
            catch (WebhookStoreException cause) when (cause.IsHeldUp && _writer is not null && batch.Transaction is null)
            {
                results = await WriteAsideAsync(batch, cancellationToken);
            }

            if (!IsStale(results))
            {
                if (batch.Transaction is not null) _transactions.Add(batch.Transaction, batch.Targets);
                else if (_writer is null) HandOver(batch, results);
                return results;
            }

            // Subscriptions have changed: nothing of the batch is stored. Learn of the changes and match again.
            index = await _cache.RefreshAsync(cancellationToken);
        }

        throw new WebhookConflictException(
            $"Subscriptions changed {MaxRematches} times while an event was being matched; nothing was stored. Publish it again.");
    }

    private static bool IsStale(IReadOnlyList<EventWriteResult> results)
    {
        for (var i = 0; i < results.Count; i++)
        {
            if (results[i].Status == EventWriteStatus.Stale) return true;
        }

        return false;
    }

    private ValueTask<IReadOnlyList<EventWriteResult>> WriteAsync(PublishBatch batch, CancellationToken cancellationToken)
    {
        if (batch.Transaction is not null) return _queue.PublishAsync(batch.Writes, batch.Transaction, cancellationToken);
        if (_writer is not null) return _writer.SubmitAsync(batch, cancellationToken);

        // Once begun, its outcome is waited for.
        cancellationToken.ThrowIfCancellationRequested();
        batch.ReadsBefore = _lanes.ReadsEnded;
        return _queue.PublishAsync(batch.Writes, null, CancellationToken.None);
    }

    /// <summary>
    /// Waits for somebody else's lock (an open transaction has published an event of the same id, say) beside the others, who would have to wait
    /// behind it.
    /// </summary>
    private async ValueTask<IReadOnlyList<EventWriteResult>> WriteAsideAsync(PublishBatch batch, CancellationToken cancellationToken)
    {
        for (var tries = 1; ; tries++)
        {
            await _aside.WaitAsync(cancellationToken);
            try
            {
                batch.ReadsBefore = _lanes.ReadsEnded;
                var results = await _queue.PublishAsync(batch.Writes, null, CancellationToken.None);
                HandOver(batch, results);
                return results;
            }
            catch (WebhookStoreException cause) when (cause.IsHeldUp && tries < MaxTriesAside)
            {
                // The store has waited as long as it does.
            }
            finally
            {
                _aside.Release();
            }
        }
    }

    private async ValueTask MatchAsync(PublishBatch batch, SubscriptionIndex index, CancellationToken cancellationToken)
    {
        try
        {
            _matcher.Match(batch, index);
        }
        catch (WebhookValidationException) when (batch.SubscriptionIds is not null)
        {
            // The subscription that it is addressed to may be newer than the index.
            _matcher.Match(batch, await _cache.RefreshAsync(cancellationToken));
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<IReadOnlyList<IReadOnlyList<EventWriteResult>>> WriteTogetherAsync(IReadOnlyList<PublishBatch> batches, CancellationToken cancellationToken)
    {
        var reads = _lanes.ReadsEnded;
        for (var i = 0; i < batches.Count; i++) batches[i].ReadsBefore = reads;
        if (batches.Count == 1) return [await _queue.PublishAsync(batches[0].Writes, null, cancellationToken)];

        EventWrite[] writes = [.. batches.SelectMany(b => b.Writes)];
        var results = await _queue.PublishAsync(writes, null, cancellationToken);
        var from = 0;
        var byBatch = new IReadOnlyList<EventWriteResult>[batches.Count];
        for (var i = 0; i < byBatch.Length; i++)
        {
            var ofBatch = new EventWriteResult[batches[i].Writes.Length];
            for (var j = 0; j < ofBatch.Length; j++) ofBatch[j] = results[from++];
            byBatch[i] = ofBatch;
        }

        return byBatch;
    }

    private void HandOver(IReadOnlyList<PublishBatch> batches, IReadOnlyList<IReadOnlyList<EventWriteResult>> results)
    {
        for (var i = 0; i < batches.Count; i++) HandOver(batches[i], results[i]);
    }

    private void HandOver(PublishBatch batch, IReadOnlyList<EventWriteResult> results)
    {
        for (var i = 0; i < results.Count; i++)
        {
            if (results[i].Status != EventWriteStatus.Stored) continue;
            var (webhookEvent, deliveries, _) = batch.Writes[i];
            var targets = batch.Targets[i];

            // Lanes that cannot take it now read it later, beside others that have it.
            if (targets.Length > 1) webhookEvent = _events.Share(webhookEvent);
            for (var j = 0; j < targets.Length; j++) _handover.Offer(targets[j], new PendingDelivery(deliveries[j], webhookEvent), batch.ReadsBefore);
        }
    }
}
