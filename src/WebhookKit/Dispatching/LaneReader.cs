using WebhookKit.Diagnostics;
using WebhookKit.Storage;

namespace WebhookKit.Dispatching;

/// <summary>Reads the due deliveries of lanes from the store, many lanes at once.</summary>
internal sealed class LaneReader
{
    private const int MaxLanes = 200;
    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(1);

    private readonly Coalescer<LaneRead, IReadOnlyList<PendingDelivery>> _reads;
    private readonly LaneTable _lanes;
    private readonly TimeProvider _time;
    private readonly SafeLogger<LaneReader> _logger;

    public LaneReader(IDeliveryQueue queue, LaneTable lanes, TimeProvider time, SafeLogger<LaneReader> logger)
    {
        _reads = new Coalescer<LaneRead, IReadOnlyList<PendingDelivery>>(queue.ReadAsync, MaxLanes);
        _lanes = lanes;
        _time = time;
        _logger = logger;
    }

    public async Task ReadAsync(Lane lane, LaneRead read)
    {
        try
        {
            var rows = await _reads.SubmitAsync(read, CancellationToken.None);
            lane.ReadEnded(rows, read.Limit, _time.GetUtcNow(), _lanes.CountRead());
        }
        catch (Exception cause)
        {
            Log.ReadFailed(_logger, read.SubscriptionId, RetryDelay, cause);
            lane.ReadFailed(_time.GetUtcNow() + RetryDelay);
        }
    }
}
