using WebhookKit.Sqlite.Connections;
using WebhookKit.Sqlite.Rows;
using WebhookKit.Sqlite.Runs;
using WebhookKit.Stored;

namespace WebhookKit.Sqlite;

internal sealed partial class SqliteWebhookStore
{
    public ValueTask<WebhookDelivery?> GetDeliveryAsync(Guid id, CancellationToken cancellationToken) =>
        ReadAsync(session => session.ReadAtOnce(s => DeliveryRows.Find(s, id)?.Delivery ?? RunLookup.FindDelivery(s, id)), cancellationToken);

    public ValueTask<WebhookEvent?> GetEventAsync(string? tenantId, string id, CancellationToken cancellationToken) =>
        ReadAsync(session => EventRows.Find(session, tenantId, id), cancellationToken);

    public ValueTask<Page<WebhookDelivery>> ListDeliveriesAsync(DeliveryQuery query, CancellationToken cancellationToken) =>
        ReadAsync(session => session.ReadAtOnce(s => DeliveryLists.List(s, query, _maxListSteps)), cancellationToken);

    public async ValueTask<IReadOnlyList<DeliveryAttempt>> GetAttemptsAsync(Guid id, CancellationToken cancellationToken) =>
        await ReadAsync(
            session => session.ReadAtOnce<List<DeliveryAttempt>>(s => DeliveryRows.Find(s, id) is { } found ? AttemptRows.List(s, found.Key, found.Delivery.EventId) : RunLookup.ListAttempts(s, id)),
            cancellationToken);

    public async ValueTask<WebhookDelivery?> ResendAsync(Guid id, DateTimeOffset now, CancellationToken cancellationToken) => await WriteAsync(
        transaction => DeliveryRows.Find(transaction.Session, id) is { Delivery.Status: DeliveryStatus.Exhausted or DeliveryStatus.Expired } found
            && SubscriptionRows.Exists(transaction.Session, found.Key.SubscriptionId)
                ? BeginAnew(transaction.Session, found.Key, found.Delivery, now)
                : null,
        cancellationToken);

    public async ValueTask<int> RecoverAsync(string subscriptionId, DateTimeOffset since, int limit, DateTimeOffset now, CancellationToken cancellationToken) => await WriteAsync(
        transaction =>
        {
            var session = transaction.Session;
            if (!SubscriptionRows.Exists(session, subscriptionId)) return 0;
            var failed = DeliveryLists.FindFailed(session, subscriptionId, since, limit);
            foreach (var (delivery, key) in failed) BeginAnew(session, key, delivery, now);
            return failed.Count;
        },
        cancellationToken);

    public async ValueTask<WebhookDelivery?> CancelAsync(Guid id, DateTimeOffset now, CancellationToken cancellationToken) => await WriteAsync(
        transaction =>
        {
            transaction.Runs!.Move(id);
            if (DeliveryRows.Find(transaction.Session, id) is not { Delivery.Status: DeliveryStatus.Pending } found) return null;
            var canceled = found.Delivery with { Status = DeliveryStatus.Canceled, CompletedAt = now };
            DeliveryRows.Change(transaction.Session, found.Key, canceled);
            return canceled;
        },
        cancellationToken);

    public ValueTask<Page<WebhookEvent>> ListMissedEventsAsync(
        string? tenantId, string subscriptionId, DateTimeOffset since, string? after, int limit, CancellationToken cancellationToken) =>
        ReadAsync(session => MissedEvents.List(session, tenantId, subscriptionId, since, after, limit, _maxListSteps), cancellationToken);

    public async ValueTask<int> AddDeliveriesAsync(IReadOnlyList<WebhookDelivery> deliveries, CancellationToken cancellationToken) => await WriteAsync(
        transaction =>
        {
            var session = transaction.Session;
            var added = 0;
            foreach (var delivery in deliveries)
            {
                if (!SubscriptionRows.Exists(session, delivery.SubscriptionId)
                    || EventRows.FindSeq(session, delivery.TenantId, delivery.EventId) is not { } seq
                    || new DeliveryKey(seq, delivery.SubscriptionId) is var key && (DeliveryRows.IsKnown(session, key) || RunRows.IsKnown(session, key)))
                {
                    continue;
                }

                DeliveryRows.Add(session, seq, delivery);
                EventRows.AddKept(session, seq, 1);
                added++;
            }

            return added;
        },
        cancellationToken);

    public async ValueTask<int> PurgeAsync(PurgeQuery query, CancellationToken cancellationToken) =>
        await WriteAsync(
            transaction =>
            {
                transaction.Runs!.Move(RunRows.HeldBack(transaction.Session, query.SucceededBefore, MaxPendingRuns), static (_, _) => true);
                transaction.Runs.Store();
                return Purge.Step(transaction.Session, query);
            },
            cancellationToken);

    private static WebhookDelivery BeginAnew(SqliteSession session, DeliveryKey key, WebhookDelivery delivery, DateTimeOffset now)
    {
        var next = delivery with
        {
            Status = DeliveryStatus.Pending,
            DueAt = now,
            ExpiresAt = null,
            CompletedAt = null,
            BatchId = null,
            ScheduleBase = delivery.AttemptCount,
        };
        DeliveryRows.Change(session, key, next);
        return next;
    }
}
