namespace WebhookKit;

/// <summary>
/// Shows how deliveries went: how many succeeded, failed and were given up, and how long requests took. Counted by the node that sends them, and
/// stored every <see cref="WebhookOptions.StatisticsInterval"/>.
/// </summary>
/// <remarks>
/// A crash loses what was counted since it was last stored, and what could not be stored is dropped in the end: statistics are not deliveries.
/// They are kept for <see cref="RetentionOptions.Statistics"/>.
/// </remarks>
public interface IWebhookStatistics
{
    /// <summary>Shows the statistics of a subscription, or of a tenant in total, step by step.</summary>
    /// <param name="query">Which, and in which steps.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The steps and their totals. Of a subscription that another tenant has, or nobody, nothing was counted.</returns>
    /// <exception cref="WebhookValidationException">The range or the step is refused; all faults are named at once.</exception>
    ValueTask<WebhookStatistics> GetAsync(StatisticsQuery query, CancellationToken cancellationToken = default);

    /// <summary>Shows the totals of each subscription of a tenant.</summary>
    /// <param name="query">Which.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Those of which anything was counted, in any order.</returns>
    /// <exception cref="WebhookValidationException">The range is refused, or there are too many ids; all faults are named at once.</exception>
    ValueTask<IReadOnlyList<SubscriptionStatistics>> ListAsync(SubscriptionStatisticsQuery query, CancellationToken cancellationToken = default);
}
