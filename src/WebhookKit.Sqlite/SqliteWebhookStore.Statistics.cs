using WebhookKit.Sqlite.Rows;

namespace WebhookKit.Sqlite;

internal sealed partial class SqliteWebhookStore
{
    public async ValueTask AddStatisticsAsync(IReadOnlyList<DeliveryCounts> counts, CancellationToken cancellationToken) => await WriteAsync(
        transaction =>
        {
            foreach (var row in counts) StatisticsRows.Add(transaction.Session, row);
            return true;
        },
        cancellationToken);

    public async ValueTask<IReadOnlyList<DeliveryCounts>> ReadStatisticsAsync(StatisticsRange range, string? subscriptionId, CancellationToken cancellationToken) =>
        await ReadAsync(session => StatisticsRows.Read(session, range, subscriptionId), cancellationToken);

    public async ValueTask<IReadOnlyList<DeliveryCounts>> SumStatisticsAsync(
        StatisticsRange range, IReadOnlyCollection<string>? subscriptionIds, CancellationToken cancellationToken) => await ReadAsync(
        session => session.ReadAtOnce(s => StatisticsRows.SumUp(s, range, subscriptionIds ?? SubscriptionRows.ListIds(s, range.TenantId))),
        cancellationToken);
}
