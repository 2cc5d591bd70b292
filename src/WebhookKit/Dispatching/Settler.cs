using WebhookKit.Diagnostics;
using WebhookKit.Storage;

namespace WebhookKit.Dispatching;

/// <summary>
/// Stores what became of attempts, many at once. What cannot be stored is tried again until it can: the delivery is held meanwhile,
/// so a store that is down costs no duplicate.
/// </summary>
internal sealed class Settler
{
    private const int MaxItems = 256;

    private readonly Coalescer<Settlement, SettleResult> _writer;
    private readonly TimeProvider _time;
    private readonly SafeLogger<Settler> _logger;

    public Settler(IDeliveryQueue queue, TimeProvider time, SafeLogger<Settler> logger)
    {
        _writer = new Coalescer<Settlement, SettleResult>(queue.SettleAsync, MaxItems, isGrouping: queue.GainsFromGroupCommit);
        _time = time;
        _logger = logger;
    }

    /// <summary>Stores a settlement.</summary>
    /// <param name="settlement">What became of an attempt.</param>
    /// <param name="abort">Gives up: another node, or this one after its restart, attempts the deliveries again.</param>
    public async ValueTask<SettleResult> SettleAsync(Settlement settlement, CancellationToken abort)
    {
        for (var failures = 0; ;)
        {
            try
            {
                return await _writer.SubmitAsync(settlement, CancellationToken.None);
            }
            catch (Exception cause)
            {
                var delay = ResilientLoop.DelayAfter(++failures);
                Log.SettleFailed(_logger, settlement.SubscriptionId, settlement.Deliveries.Count, failures, delay, cause);
                await Task.Delay(delay, _time, abort);
            }
        }
    }
}
