using WebhookKit.PostgreSql.Connections;
using WebhookKit.PostgreSql.Rows;
using WebhookKit.PostgreSql.Runs;
using WebhookKit.Stored;

namespace WebhookKit.PostgreSql;

internal sealed partial class PostgreSqlWebhookStore
{
    /// <summary>Of the subscription <c>w.id</c> in the store <c>$2</c>.</summary>
    private const string DeletionKey = "hashtextextended('webhookkit:' || $2::uuid || ':' || w.id, 0)";

    private const string AwaitUnseen = $"SELECT pg_advisory_xact_lock({DeletionKey}) FROM unnest(ARRAY[$1::text]) w (id)";

    private const string SelectDeleted = """
        SELECT id FROM ~.webhook_subscription_deleted d
        WHERE version > $1 AND NOT EXISTS (SELECT 1 FROM ~.webhook_subscription s WHERE s.id = d.id)
        ORDER BY version
        """;

    private const string ForgetOldest = """
        WITH forgotten AS (
            DELETE FROM ~.webhook_subscription_deleted
            WHERE version <= (SELECT version FROM ~.webhook_subscription_deleted ORDER BY version DESC LIMIT 1 OFFSET $1)
            RETURNING version
        )
        UPDATE ~.webhook_info SET forgotten_up_to = (SELECT max(version) FROM forgotten) WHERE EXISTS (SELECT 1 FROM forgotten)
        """;

    public async ValueTask<SubscriptionChanges> ReadChangesAsync(long since, CancellationToken cancellationToken)
    {
        // Asked every few seconds, and nearly always nothing has changed.
        var (number, _) = await Ready.RunAsync(session => InfoRow.ReadChangesAsync(session, cancellationToken), cancellationToken);
        return number == since && since != 0
            ? new SubscriptionChanges(number, [], [])
            : await Ready.ReadAtOnceAsync(session => ReadChangesAsync(session, since, cancellationToken), cancellationToken);
    }

    public async ValueTask<WebhookSubscription?> GetSubscriptionAsync(string id, CancellationToken cancellationToken) =>
        await Ready.RunAsync(session => SubscriptionRows.FindAsync(session, id, locks: false, cancellationToken), cancellationToken);

    public async ValueTask<IReadOnlyList<FailingEndpoint>> ListFailingAsync(CancellationToken cancellationToken) =>
        await Ready.RunAsync(session => SubscriptionRows.ListFailingAsync(session, cancellationToken), cancellationToken);

    public async ValueTask<Page<WebhookSubscription>> ListSubscriptionsAsync(SubscriptionQuery query, CancellationToken cancellationToken)
    {
        var found = await Ready.RunAsync(session => SubscriptionRows.ListAsync(session, query, cancellationToken), cancellationToken);
        if (found.Count <= query.Limit) return new Page<WebhookSubscription>(found, null);
        found.RemoveAt(query.Limit);
        return new Page<WebhookSubscription>(found, found[^1].Id);
    }

    public async ValueTask<WebhookSubscription?> AddSubscriptionAsync(WebhookSubscription subscription, CancellationToken cancellationToken) => await Ready.TransactAsync(
        async session =>
        {
            // Looked for before, so that a number is not used up.
            if (await SubscriptionRows.KeepAsync(session, subscription.Id, cancellationToken)) return null;
            var added = subscription with { Version = await InfoRow.AdvanceChangeNumberAsync(session, cancellationToken) };
            return await SubscriptionRows.TryAddAsync(session, added, cancellationToken) ? added : null;
        },
        cancellationToken);

    public async ValueTask<WebhookSubscription?> UpdateSubscriptionAsync(WebhookSubscription subscription, CancellationToken cancellationToken) =>
        await Ready.TransactAsync(session => UpdateAsync(session, subscription, cancellationToken), cancellationToken);

    /// <summary>
    /// Disables it first, so that no more is published to it, and then cancels what is pending step by step: there may be millions, and who
    /// settles waits for each that is being canceled. It goes with the last of them. What interrupts this leaves it disabled, to be deleted again.
    /// </summary>
    public async ValueTask<bool> DeleteSubscriptionAsync(string id, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (!await Ready.TransactAsync(session => DisableAsync(session, id, now, cancellationToken), cancellationToken)) return false;
        while (true)
        {
            if (await Ready.TransactAsync(session => DeleteStepAsync(session, id, now, cancellationToken), cancellationToken) is { } isDeleted) return isDeleted;
        }
    }

    private static async Task<SubscriptionChanges> ReadChangesAsync(Session session, long since, CancellationToken cancellationToken)
    {
        var (number, forgottenUpTo) = await InfoRow.ReadChangesAsync(session, cancellationToken);
        // A server that has lost its last changes counts from an earlier one again: a number that it has not got to says nothing of what is known.
        var isWhole = since == 0 || since < forgottenUpTo || since > number;
        var changed = await SubscriptionRows.ListAsync(session, isWhole ? null : since, cancellationToken);
        var deleted = isWhole ? [] : await session.UseIndexed(SelectDeleted).With(since).ListAsync(static r => r.GetString(0), cancellationToken);
        return new SubscriptionChanges(number, changed, deleted) { IsWhole = isWhole };
    }

    private static async Task<WebhookSubscription?> UpdateAsync(Session session, WebhookSubscription subscription, CancellationToken cancellationToken)
    {
        if (await SubscriptionRows.FindAsync(session, subscription.Id, locks: true, cancellationToken) is not { } current || current.Version != subscription.Version)
            return null;
        var startsAfresh = subscription.Url != current.Url
            || (subscription.Status == SubscriptionStatus.Enabled && current.Status != SubscriptionStatus.Enabled);
        var next = subscription with
        {
            TenantId = current.TenantId,
            FailingSince = startsAfresh ? null : current.FailingSince,
            Version = await InfoRow.AdvanceChangeNumberAsync(session, cancellationToken),
        };
        await SubscriptionRows.ReplaceAsync(session, next, cancellationToken);
        return next;
    }

    private static async Task<bool> DisableAsync(Session session, string id, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (await SubscriptionRows.FindAsync(session, id, locks: true, cancellationToken) is not { } current) return false;
        if (current.Status == SubscriptionStatus.Disabled) return true;
        var next = current with
        {
            Status = SubscriptionStatus.Disabled,
            StatusReason = "It is being deleted.",
            StatusChangedAt = now,
            UpdatedAt = now,
            Version = await InfoRow.AdvanceChangeNumberAsync(session, cancellationToken),
        };
        await SubscriptionRows.ReplaceAsync(session, next, cancellationToken);
        return true;
    }

    /// <summary>
    /// Cancels before it takes a change number, for which others wait. Those who publish to it hold it, or, where they do not see it yet, the lock that is asked for first.
    /// </summary>
    /// <returns>Whether it was there and is deleted; <see langword="null"/> when more may be pending.</returns>
    private async Task<bool?> DeleteStepAsync(Session session, string id, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await session.Use(AwaitUnseen).With(id).With(_storeId).RunAsync(cancellationToken);
        if (await SubscriptionRows.FindForDeletionAsync(session, id, cancellationToken) is not { } current) return false;
        var moved = await RunMoves.MoveFirstAsync(session, _places, PartitionOf(id), id, RunStep, cancellationToken);
        var canceled = await DeliveryRows.CancelSomeAsync(session, PartitionOf(id), id, now, _maxCancelStep, cancellationToken);
        if (moved == RunStep || canceled == _maxCancelStep) return null;
        await session.UseIndexed("DELETE FROM ~.webhook_subscription WHERE id = $1").With(id).RunAsync(cancellationToken);
        await session.Use("INSERT INTO ~.webhook_subscription_deleted (version, id, tenant_id) VALUES ($1, $2, $3)")
            .With(await InfoRow.AdvanceChangeNumberAsync(session, cancellationToken)).With(id).With(Columns.OfTenant(current.TenantId)).RunAsync(cancellationToken);
        await session.UseIndexed(ForgetOldest).With(_maxDeleted).RunAsync(cancellationToken);
        return true;
    }
}
