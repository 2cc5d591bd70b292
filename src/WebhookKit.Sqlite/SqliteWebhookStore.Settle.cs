using WebhookKit.Sqlite.Connections;
using WebhookKit.Sqlite.Rows;
using WebhookKit.Stored;

namespace WebhookKit.Sqlite;

internal sealed partial class SqliteWebhookStore
{
    public ValueTask<IReadOnlyList<SettleResult>> SettleAsync(IReadOnlyList<Settlement> settlements, CancellationToken cancellationToken)
    {
        for (var i = 0; i < settlements.Count; i++) CheckPartition(settlements[i].Partition);

        // What follows a settlement is short: the lane is told, and the host's log and observers, which are asked to return quickly.
        return new(JoinAsync<IReadOnlyList<SettleResult>>(
            transaction =>
            {
                var results = new SettleResult[settlements.Count];
                for (var i = 0; i < results.Length; i++) results[i] = Settle(transaction, settlements[i]);
                return results;
            },
            cancellationToken,
            goesOnAtOnce: true));
    }

    private SettleResult Settle(WriteTransaction transaction, Settlement settlement)
    {
        if (!transaction.IsCurrent(settlement.Partition, settlement.Fence)) return SettleResult.Fenced;
        if (Partitioner.GetPartition(settlement.SubscriptionId, _partitionCount) != settlement.Partition) return SettleResult.Superseded;

        var session = transaction.Session;
        var deliveries = settlement.Deliveries;
        var isKept = !settlement.RemovesSucceeded || deliveries.Any(d => d.Status != DeliveryStatus.Succeeded);
        var texts = deliveries.Count > 1 && isKept && settlement.Attempt is { } shared ? new BatchTexts(session, shared) : null;
        var applied = 0;
        for (var i = 0; i < deliveries.Count; i++)
        {
            if (TrySettle(transaction, settlement, deliveries[i], texts)) applied++;
        }

        if (applied == 0) return SettleResult.Superseded;
        if (settlement.Health is { } health) ApplyHealth(transaction, settlement.SubscriptionId, health);
        return applied == deliveries.Count ? SettleResult.Applied : SettleResult.AppliedInPart;
    }

    private static bool TrySettle(WriteTransaction transaction, Settlement settlement, WebhookDelivery next, BatchTexts? texts)
    {
        var runs = transaction.Runs!;
        var place = runs.FindPlace(next.Id);
        if (place is { } known && runs.TrySettle(known, settlement, next)) return true;
        if (TrySettleRow(transaction.Session, settlement, next, texts)) return true;

        // Another process has published it, or it is forgotten.
        return place is null && runs.Search(next.Id) is { } found
            && (runs.TrySettle(found, settlement, next) || TrySettleRow(transaction.Session, settlement, next, texts));
    }

    private static bool TrySettleRow(SqliteSession session, Settlement settlement, WebhookDelivery next, BatchTexts? texts)
    {
        var expected = settlement.ExpectedAttemptCount(next);
        var isRemoved = settlement.RemovesSucceeded && next.Status == DeliveryStatus.Succeeded;
        if (settlement.Attempt is { } attempt && !isRemoved && next.SubscriptionId == settlement.SubscriptionId)
            return AttemptRows.TrySettle(session, next, expected, attempt, texts);

        if (DeliveryRows.FindPending(session, next, settlement.SubscriptionId, expected) is not { } seq) return false;
        var key = new DeliveryKey(seq, settlement.SubscriptionId);
        if (isRemoved) DeliveryRows.Remove(session, key);
        else DeliveryRows.Change(session, key, next);
        return true;
    }

    /// <summary>Stores an endpoint's health. Only being disabled is a change that other nodes must hear of.</summary>
    private static void ApplyHealth(WriteTransaction transaction, string subscriptionId, HealthChange health)
    {
        var session = transaction.Session;
        if (SubscriptionRows.Find(session, subscriptionId) is not { } current || (health.Url is { } url && url != current.Url)) return;
        if (health.DisableReason is null || current.Status == SubscriptionStatus.Disabled)
        {
            SubscriptionRows.SetFailingSince(session, subscriptionId, health.FailingSince);
            return;
        }

        SubscriptionRows.Replace(session, current with
        {
            FailingSince = health.FailingSince,
            Status = SubscriptionStatus.Disabled,
            StatusReason = health.DisableReason,
            StatusChangedAt = health.At,
            UpdatedAt = health.At,
            Version = transaction.NextChangeNumber(),
        });
    }
}
