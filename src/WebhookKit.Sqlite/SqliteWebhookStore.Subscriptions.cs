using WebhookKit.Sqlite.Connections;
using WebhookKit.Sqlite.Rows;
using WebhookKit.Sqlite.Runs;
using WebhookKit.Stored;

namespace WebhookKit.Sqlite;

internal sealed partial class SqliteWebhookStore
{
    public ValueTask<SubscriptionChanges> ReadChangesAsync(long since, CancellationToken cancellationToken) =>
        ReadAsync(session => session.ReadAtOnce(s => ReadChanges(s, since)), cancellationToken);

    public ValueTask<WebhookSubscription?> GetSubscriptionAsync(string id, CancellationToken cancellationToken) =>
        ReadAsync(session => SubscriptionRows.Find(session, id), cancellationToken);

    public ValueTask<IReadOnlyList<FailingEndpoint>> ListFailingAsync(CancellationToken cancellationToken) =>
        ReadAsync(SubscriptionRows.ListFailing, cancellationToken);

    public ValueTask<Page<WebhookSubscription>> ListSubscriptionsAsync(SubscriptionQuery query, CancellationToken cancellationToken) => ReadAsync(
        session =>
        {
            var found = SubscriptionRows.List(session, query);
            if (found.Count <= query.Limit) return new Page<WebhookSubscription>(found, null);
            found.RemoveAt(query.Limit);
            return new Page<WebhookSubscription>(found, found[^1].Id);
        },
        cancellationToken);

    public async ValueTask<WebhookSubscription?> AddSubscriptionAsync(WebhookSubscription subscription, CancellationToken cancellationToken) => await WriteAsync(
        transaction =>
        {
            if (SubscriptionRows.Exists(transaction.Session, subscription.Id)) return null;
            var added = subscription with { Version = transaction.NextChangeNumber() };
            SubscriptionRows.Add(transaction.Session, added);
            return added;
        },
        cancellationToken);

    public async ValueTask<WebhookSubscription?> UpdateSubscriptionAsync(WebhookSubscription subscription, CancellationToken cancellationToken) =>
        await WriteAsync(transaction => Update(transaction, subscription), cancellationToken);

    /// <summary>
    /// Cancels what is pending step by step, for there may be millions and all other writes wait meanwhile. It goes with the last of them; what
    /// interrupts this leaves it disabled, to be deleted again.
    /// </summary>
    public async ValueTask<bool> DeleteSubscriptionAsync(string id, DateTimeOffset now, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (await WriteAsync(transaction => DeleteStep(transaction, id, now), cancellationToken) is { } isDeleted) return isDeleted;
        }
    }

    private static SubscriptionChanges ReadChanges(SqliteSession session, long since)
    {
        var version = InfoRow.ReadChangeNumber(session);
        if (version == since) return new SubscriptionChanges(version, [], []) { IsWhole = since == 0 };
        var isWhole = since == 0 || since < InfoRow.ReadForgottenUpTo(session);
        return new SubscriptionChanges(version, SubscriptionRows.List(session, isWhole ? null : since), isWhole ? [] : ReadDeleted(session, since)) { IsWhole = isWhole };
    }

    private static List<string> ReadDeleted(SqliteSession session, long since)
    {
        using var statement = session.Use("""
            SELECT id FROM webhook_subscription_deleted d
            WHERE version > ?1 AND NOT EXISTS (SELECT 1 FROM webhook_subscription s WHERE s.id = d.id)
            ORDER BY version
            """);
        statement.Bind(1, since);
        List<string> ids = [];
        while (statement.Step()) ids.Add(statement.Text(0));
        return ids;
    }

    private static WebhookSubscription? Update(WriteTransaction transaction, WebhookSubscription subscription)
    {
        if (SubscriptionRows.Find(transaction.Session, subscription.Id) is not { } current || current.Version != subscription.Version) return null;
        var startsAfresh = subscription.Url != current.Url
            || (subscription.Status == SubscriptionStatus.Enabled && current.Status != SubscriptionStatus.Enabled);
        var next = subscription with
        {
            TenantId = current.TenantId,
            FailingSince = startsAfresh ? null : current.FailingSince,
            Version = transaction.NextChangeNumber(),
        };
        SubscriptionRows.Replace(transaction.Session, next);
        return next;
    }

    private bool? DeleteStep(WriteTransaction transaction, string id, DateTimeOffset now)
    {
        var session = transaction.Session;
        if (SubscriptionRows.Find(session, id) is not { } current) return false;
        var moved = transaction.Runs!.Move(RunRows.PendingSeqs(session), (run, member) => run.SubscriptionIdOf(member) == id, _maxCancelStep);
        if (DeliveryRows.CancelSome(session, id, now, _maxCancelStep) == _maxCancelStep || moved == _maxCancelStep)
        {
            // Until the last step it gets nothing more.
            if (current.Status != SubscriptionStatus.Disabled) Disable(transaction, current, now);
            return null;
        }

        SubscriptionRows.Delete(session, id);
        session.Use("INSERT INTO webhook_subscription_deleted (version, id, tenant_id) VALUES (?1, ?2, ?3)")
            .Bind(1, transaction.NextChangeNumber()).Bind(2, id).Bind(3, Columns.OfTenant(current.TenantId)).Run();
        ForgetOldest(session, _maxDeleted);
        return true;
    }

    private static void Disable(WriteTransaction transaction, WebhookSubscription current, DateTimeOffset now)
    {
        var next = current with
        {
            Status = SubscriptionStatus.Disabled,
            StatusReason = "It is being deleted.",
            StatusChangedAt = now,
            UpdatedAt = now,
            Version = transaction.NextChangeNumber(),
        };
        SubscriptionRows.Replace(transaction.Session, next);
    }

    private static void ForgetOldest(SqliteSession session, int maxDeleted)
    {
        using var statement = session.Use("SELECT version FROM webhook_subscription_deleted ORDER BY version DESC LIMIT 1 OFFSET ?1");
        if (!statement.Bind(1, maxDeleted).Step()) return;
        var version = statement.Long(0);
        statement.Dispose();
        session.Use("DELETE FROM webhook_subscription_deleted WHERE version <= ?1").Bind(1, version).Run();
        session.Use("UPDATE webhook_info SET forgotten_up_to = ?1").Bind(1, version).Run();
    }
}
