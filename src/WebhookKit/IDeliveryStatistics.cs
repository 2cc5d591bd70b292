namespace WebhookKit;

/// <summary>
/// Keeps counts of what became of deliveries, by subscription and by time. They are no deliveries: a crash may lose the last seconds of them, and a
/// lost answer may count some twice.
/// </summary>
public interface IDeliveryStatistics
{
    /// <summary>
    /// Adds counts to those that are kept already: to each row what <see cref="DeliveryCounts.Plus"/> says. Several nodes add to the same rows at once.
    /// </summary>
    /// <param name="counts">The rows, each tenant, subscription, span and time once. The subscriptions need not be in the store.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>When they are added, all of them.</returns>
    ValueTask AddStatisticsAsync(IReadOnlyList<DeliveryCounts> counts, CancellationToken cancellationToken);

    /// <summary>Reads the rows of one subscription, or those of a tenant in total.</summary>
    /// <param name="range">Which tenant, span and time.</param>
    /// <param name="subscriptionId">The subscription; <see langword="null"/> for the total.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The rows, oldest first. Where nothing was counted there is none.</returns>
    ValueTask<IReadOnlyList<DeliveryCounts>> ReadStatisticsAsync(StatisticsRange range, string? subscriptionId, CancellationToken cancellationToken);

    /// <summary>Adds up the rows of each of some subscriptions.</summary>
    /// <param name="range">Which tenant, span and time.</param>
    /// <param name="subscriptionIds">The subscriptions, each once; <see langword="null"/> for all that the tenant has now.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>One row, at the range's beginning, for each subscription of which anything was counted, in any order.</returns>
    ValueTask<IReadOnlyList<DeliveryCounts>> SumStatisticsAsync(StatisticsRange range, IReadOnlyCollection<string>? subscriptionIds, CancellationToken cancellationToken);
}
