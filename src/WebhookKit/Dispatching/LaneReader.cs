using WebhookKit.Diagnostics;
using WebhookKit.Storage;

namespace WebhookKit.Dispatching;

/// <summary>Reads the due deliveries of lanes from the store, many lanes at once, and no more than there is room for in memory.</summary>
internal sealed class LaneReader
{
    private const int MaxLanes = 200;
    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(1);

    private readonly Coalescer<LaneRequest, LaneRows> _reads;
    private readonly IDeliveryQueue _queue;
    private readonly LaneTable _lanes;
    private readonly BufferBudget _budget;
    private readonly EventPool _events;
    private readonly TimeProvider _time;
    private readonly SafeLogger<LaneReader> _logger;

    public LaneReader(IDeliveryQueue queue, LaneTable lanes, BufferBudget budget, EventPool events, TimeProvider time, SafeLogger<LaneReader> logger)
    {
        // What each lane gets at least is bounded for one lane only: rounds are the smaller the larger rows are.
        _reads = new Coalescer<LaneRequest, LaneRows>(ReadAsync, MaxLanes, weigh: r => r.Least * budget.BytesPerRow, maxWeight: budget.MostInOneRead);
        _queue = queue;
        _lanes = lanes;
        _budget = budget;
        _events = events;
        _time = time;
        _logger = logger;
    }

    /// <summary>Reads for a lane, and tells it.</summary>
    /// <param name="lane">The lane.</param>
    /// <param name="read">What it wants.</param>
    /// <param name="stop">Does not wait for room in memory any longer.</param>
    public async Task ReadAsync(Lane lane, LaneRead read, CancellationToken stop)
    {
        try
        {
            var found = await _reads.SubmitAsync(new LaneRequest(read, lane.LeastToRead, stop), CancellationToken.None);
            try
            {
                lane.ReadEnded(found.Rows, found.Limit, _time.GetUtcNow(), _lanes.CountRead());
            }
            finally
            {
                _budget.Free(found.Bytes, found.Rows.Count);
            }
        }
        catch (Exception cause)
        {
            Log.ReadFailed(_logger, read.SubscriptionId, RetryDelay, cause);
            lane.ReadFailed(_time.GetUtcNow() + RetryDelay);
        }
    }

    private async ValueTask<IReadOnlyList<LaneRows>> ReadAsync(IReadOnlyList<LaneRequest> requests, CancellationToken cancellationToken)
    {
        await _budget.WaitForRoomAsync(_time, requests[0].Stop);
        var most = _budget.CountRowsFor(requests.Count);
        LaneRead[] reads = [.. requests.Select(r => r.Read with { Limit = Math.Min(r.Read.Limit, Math.Max(most, r.Least)) })];
        var lists = await _queue.ReadAsync(reads, cancellationToken);

        // Counted before the next round looks how much room there is; each lane then counts what it keeps.
        LaneRows[] found = [.. lists.Zip(reads, (rows, read) => new LaneRows(_events.Share(rows), read.Limit, rows.Sum(static row => (long)BufferBudget.CostOf(row))))];
        if (found.Length == reads.Length) _budget.TakeRead(found.Sum(f => f.Bytes), found.Sum(f => f.Rows.Count));
        return found;
    }
}
