using System.Runtime.CompilerServices;
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

    private readonly IDeliveryQueue _queue;

    /// <summary>Gathers the settlements of many requests; <see langword="null"/> when the store gains nothing from that.</summary>
    private readonly Coalescer<Settlement, SettleResult>? _writer;
    private readonly TimeProvider _time;
    private readonly SafeLogger<Settler> _logger;

    public Settler(IDeliveryQueue queue, TimeProvider time, SafeLogger<Settler> logger)
    {
        _queue = queue;
        if (queue.GainsFromGroupCommit) _writer = new Coalescer<Settlement, SettleResult>(queue.SettleAsync, MaxItems);
        _time = time;
        _logger = logger;
    }

    /// <summary>Stores a settlement.</summary>
    /// <param name="settlement">What became of an attempt.</param>
    /// <param name="abort">Gives up: another node, or this one after its restart, attempts the deliveries again.</param>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<SettleResult> SettleAsync(Settlement settlement, CancellationToken abort)
    {
        for (var failures = 0; ;)
        {
            try
            {
                return _writer is null
                    ? (await _queue.SettleAsync([settlement], CancellationToken.None))[0]
                    : await _writer.SubmitAsync(settlement, CancellationToken.None);
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
