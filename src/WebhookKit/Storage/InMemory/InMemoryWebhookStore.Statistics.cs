namespace WebhookKit.Storage.InMemory;

internal sealed partial class InMemoryWebhookStore
{
    public ValueTask AddStatisticsAsync(IReadOnlyList<DeliveryCounts> counts, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_lock)
        {
            foreach (var row in counts)
                _statistics.Add(row);
        }

        return ValueTask.CompletedTask;
    }

    public ValueTask<IReadOnlyList<DeliveryCounts>> ReadStatisticsAsync(StatisticsRange range, string? subscriptionId, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_lock)
            return new([.. _statistics.Read(range, subscriptionId)]);
    }

    public ValueTask<IReadOnlyList<DeliveryCounts>> SumStatisticsAsync(StatisticsRange range, IReadOnlyCollection<string>? subscriptionIds, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_lock)
            return new(_statistics.Sum(range, subscriptionIds ?? _subscriptions.ListIds(range.TenantId)));
    }
}
