namespace WebhookKit.Storage.InMemory;

internal sealed partial class InMemoryWebhookStore
{
    /// <summary>Waiting for the lock takes less than waiting to be woken.</summary>
    public bool GainsFromGroupCommit => false;

    public ValueTask<IReadOnlyList<LaneDue>> ListDueLanesAsync(IReadOnlyCollection<int> partitions, DateTimeOffset dueBy, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        CheckPartitions(partitions);
        var due = new List<LaneDue>();
        foreach (var partition in partitions)
        {
            // One at a time: a partition can have thousands of due lanes, and publishing need not wait for all of them.
            lock (_lock)
                _lanes[partition].ListDue(dueBy.UtcTicks, due);
        }

        return new(due);
    }

    public ValueTask<IReadOnlyList<IReadOnlyList<PendingDelivery>>> ReadAsync(IReadOnlyList<LaneRead> reads, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var results = new IReadOnlyList<PendingDelivery>[reads.Count];
        lock (_lock)
        {
            for (var i = 0; i < results.Length; i++)
            {
                var read = reads[i];
                results[i] = _lanes.Find(read.SubscriptionId)?.Read(read) ?? [];
            }
        }

        return new(results);
    }

    public ValueTask<IReadOnlyList<SettleResult>> SettleAsync(IReadOnlyList<Settlement> settlements, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var results = new SettleResult[settlements.Count];
        for (var i = 0; i < results.Length; i++)
            CheckPartition(settlements[i].Partition);

        lock (_lock)
        {
            for (var i = 0; i < results.Length; i++)
                results[i] = SettleNeedsLock(settlements[i]);
        }

        return new(results);
    }

    public ValueTask<QueueDepth> MeasureAsync(IReadOnlyCollection<int> partitions, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        CheckPartitions(partitions);
        var pending = 0L;
        var oldest = long.MaxValue;
        foreach (var partition in partitions)
        {
            lock (_lock)
            {
                pending += _lanes[partition].Pending;
                oldest = Math.Min(oldest, _lanes[partition].EarliestDueTicks() ?? long.MaxValue);
            }
        }

        return new(new QueueDepth(pending, pending == 0 ? null : new DateTimeOffset(oldest, TimeSpan.Zero)));
    }

    private SettleResult SettleNeedsLock(Settlement settlement)
    {
        if (!_leases.IsCurrent(settlement.Partition, settlement.Fence))
            return SettleResult.Fenced;

        var applied = 0;
        var deliveries = settlement.Deliveries;
        for (var i = 0; i < deliveries.Count; i++)
        {
            var next = deliveries[i];
            // One that was resent meanwhile begins anew, without a time to live, though it may have had no attempt yet.
            if (_deliveries.Find(next.Id) is not { Lane: { } lane } row
                || lane.Partition != settlement.Partition
                || lane.Id != settlement.SubscriptionId
                || row.Delivery.ExpiresAt != next.ExpiresAt
                || row.Delivery.AttemptCount != settlement.ExpectedAttemptCount(next))
            {
                continue;
            }

            _deliveries.Change(row, next, settlement.Attempt);

            // It is gone already where no room is left for one that has succeeded.
            if (settlement.RemovesSucceeded && next.Status == DeliveryStatus.Succeeded && _deliveries.Find(next.Id) is not null)
                _deliveries.Remove(row);
            applied++;
        }

        if (applied == 0)
            return SettleResult.Superseded;

        if (settlement.Health is { } health)
            _subscriptions.ApplyHealth(settlement.SubscriptionId, health);
        return applied == deliveries.Count ? SettleResult.Applied : SettleResult.AppliedInPart;
    }
}
