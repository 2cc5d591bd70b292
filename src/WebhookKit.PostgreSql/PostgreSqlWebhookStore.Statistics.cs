using WebhookKit.PostgreSql.Rows;

namespace WebhookKit.PostgreSql;

internal sealed partial class PostgreSqlWebhookStore
{
    public async ValueTask AddStatisticsAsync(IReadOnlyList<DeliveryCounts> counts, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (counts.Count > 0) await Ready.RunAsync(session => StatisticsRows.AddAsync(session, counts, cancellationToken), cancellationToken);
    }

    public async ValueTask<IReadOnlyList<DeliveryCounts>> ReadStatisticsAsync(StatisticsRange range, string? subscriptionId, CancellationToken cancellationToken) =>
        await Ready.RunAsync(session => StatisticsRows.ReadAsync(session, range, subscriptionId, cancellationToken), cancellationToken);

    public async ValueTask<IReadOnlyList<DeliveryCounts>> SumStatisticsAsync(
        StatisticsRange range, IReadOnlyCollection<string>? subscriptionIds, CancellationToken cancellationToken) =>
        await Ready.RunAsync(session => StatisticsRows.SumAsync(session, range, subscriptionIds, cancellationToken), cancellationToken);
}
