namespace WebhookKit.Dispatching;

/// <summary>Removes what is older than it need be kept, in steps so small that they hold up nobody. One node does it for all: the owner of the first partition.</summary>
internal sealed class HistoryPurger(IDeliveryHistory history, OwnedPartitions owned, WebhookOptions options, TimeProvider time)
{
    public static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    private const int StepSize = 500;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    /// <summary>Takes steps, with a pause after each, until there is no more to remove.</summary>
    public async Task PurgeAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested && await StepAsync(stop)) await ResilientLoop.WaitAsync(Pause, time, stop);
    }

    /// <summary>Takes one step.</summary>
    /// <returns>Whether there may be more to remove.</returns>
    public async Task<bool> StepAsync(CancellationToken cancellationToken)
    {
        if (!owned.Owns(0)) return false;
        var now = time.GetUtcNow();
        var retention = options.Retention;
        var query = new PurgeQuery
        {
            SucceededBefore = now - retention.Succeeded,
            FailedBefore = now - retention.Failed,
            AttemptsBefore = now - retention.Attempts,
            EventsBefore = now - retention.Events,
            StatisticsBefore = now - retention.Statistics,
            Limit = StepSize,
        };
        return await history.PurgeAsync(query, cancellationToken) >= StepSize;
    }
}
