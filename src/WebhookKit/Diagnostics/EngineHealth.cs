using WebhookKit.Dispatching;

namespace WebhookKit.Diagnostics;

/// <summary>Looks at how this node's engine is, at the cost of one read by key.</summary>
internal sealed class EngineHealth(
    IWebhookStore store, EngineStart start, Dispatcher dispatcher, OwnedPartitions owned, Sweeper sweeper, NodeIdentity node, WebhookOptions options, TimeProvider time)
{
    // Nobody has it: nothing comes back, but the store has to look.
    private const string NoId = "-";

    public async ValueTask<EngineCondition> ReadAsync(CancellationToken cancellationToken)
    {
        Exception? storeFault = null;
        try
        {
            await start.EnsureAsync(cancellationToken);
            await store.GetSubscriptionAsync(NoId, cancellationToken);
        }
        catch (Exception cause) when (!cancellationToken.IsCancellationRequested)
        {
            storeFault = cause;
        }

        var now = time.GetUtcNow();
        return new EngineCondition
        {
            NodeId = node.Id,
            StoreFault = storeFault,
            ShouldDispatch = options.Dispatch,
            IsDispatching = dispatcher.RunsInBackground,
            OwnedPartitions = owned.All.Count,
            Partitions = start.IsReady ? store.PartitionCount : null,
            SweepInterval = options.SweepInterval,
            SinceLastSweep = now - sweeper.Last?.At,
            OldestDueFor = now - sweeper.Last?.OldestDueAt,
        };
    }
}
