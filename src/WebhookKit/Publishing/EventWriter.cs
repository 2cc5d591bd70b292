using WebhookKit.Dispatching;
using WebhookKit.Matching;
using WebhookKit.Storage;

namespace WebhookKit.Publishing;

/// <summary>
/// Matches events and stores them with their deliveries in one atomic write, then hands the deliveries to their lanes. A store that
/// gains from it gets the events of many publishers in one write.
/// </summary>
internal sealed class EventWriter
{
    private const int MaxBatches = 256;
    private const int MaxRematches = 20;

    private readonly IDeliveryQueue _queue;
    private readonly SubscriptionCache _cache;
    private readonly EventMatcher _matcher;
    private readonly Handover _handover;
    private readonly LaneTable _lanes;
    private readonly Coalescer<PublishBatch, IReadOnlyList<EventWriteResult>> _writer;

    public EventWriter(IDeliveryQueue queue, SubscriptionCache cache, EventMatcher matcher, Handover handover, LaneTable lanes)
    {
        _queue = queue;
        _cache = cache;
        _matcher = matcher;
        _handover = handover;
        _lanes = lanes;
        _writer = new Coalescer<PublishBatch, IReadOnlyList<EventWriteResult>>(WriteAsync, MaxBatches, HandOver, queue.GainsFromGroupCommit);
    }

    /// <summary>Stores a batch.</summary>
    /// <returns>What became of each event; none is stale.</returns>
    public async ValueTask<IReadOnlyList<EventWriteResult>> StoreAsync(PublishBatch batch, CancellationToken cancellationToken)
    {
        var index = _cache.Current;
        for (var rematches = 0; rematches < MaxRematches; rematches++)
        {
            await MatchAsync(batch, index, cancellationToken);
            var results = batch.Transaction is null
                ? await _writer.SubmitAsync(batch, cancellationToken)
                : await _queue.PublishAsync(batch.Writes, batch.Transaction, cancellationToken);
            if (!IsStale(results)) return results;

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

    private async ValueTask<IReadOnlyList<IReadOnlyList<EventWriteResult>>> WriteAsync(IReadOnlyList<PublishBatch> batches, CancellationToken cancellationToken)
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
        for (var i = 0; i < batches.Count; i++)
        {
            for (var j = 0; j < results[i].Count; j++)
            {
                if (results[i][j].Status != EventWriteStatus.Stored) continue;
                var (webhookEvent, deliveries, _) = batches[i].Writes[j];
                var targets = batches[i].Targets[j];
                for (var k = 0; k < targets.Length; k++) _handover.Offer(targets[k], new PendingDelivery(deliveries[k], webhookEvent), batches[i].ReadsBefore);
            }
        }
    }
}
