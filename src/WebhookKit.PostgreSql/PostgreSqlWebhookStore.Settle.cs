using WebhookKit.PostgreSql.Connections;
using WebhookKit.PostgreSql.Rows;

namespace WebhookKit.PostgreSql;

internal sealed partial class PostgreSqlWebhookStore
{
    /// <summary>In the order in which everybody locks them, and before their deliveries.</summary>
    private const string LockSubscriptions = "SELECT 1 FROM ~.webhook_subscription WHERE id = ANY($1) ORDER BY id FOR NO KEY UPDATE";

    public async ValueTask<IReadOnlyList<SettleResult>> SettleAsync(IReadOnlyList<Settlement> settlements, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        for (var i = 0; i < settlements.Count; i++) CheckPartition(settlements[i].Partition);
        List<SettleResult> results = new(settlements.Count);
        foreach (var part in SettleRound.Cut([.. settlements]))
        {
            var round = new SettleRound(part, _places);
            results.AddRange(round.TakesTransaction
                ? await Ready.TransactAsync(session => SettleAtOnceAsync(session, part, cancellationToken), cancellationToken)
                : await SettleInStepsAsync(round, cancellationToken));
        }

        return results;
    }

    /// <summary>Each statement by itself: where the server ends one for the sake of others, what is stored already must not be tried again.</summary>
    private async Task<SettleResult[]> SettleInStepsAsync(SettleRound round, CancellationToken cancellationToken)
    {
        var hasLeft = await Ready.RunAsync(session => round.ApplyRunsAsync(session, cancellationToken), cancellationToken)
            && await Ready.RunAsync(session => round.ApplyRowsAsync(session, cancellationToken), cancellationToken);
        if (!hasLeft) return round.Results();
        return await Ready.TransactAsync(
            async session =>
            {
                await round.ApplyLeftAsync(session, cancellationToken);
                return round.Results();
            },
            cancellationToken);
    }

    private async Task<SettleResult[]> SettleAtOnceAsync(Session session, IReadOnlyList<Settlement> settlements, CancellationToken cancellationToken)
    {
        string[] changed = [.. settlements.Where(s => s.Health is not null).Select(s => s.SubscriptionId).Distinct()];
        if (changed.Length > 0) await session.UseIndexed(LockSubscriptions).With(changed).RunAsync(cancellationToken);
        var round = new SettleRound(settlements, _places);
        if (await round.ApplyRunsAsync(session, cancellationToken) && await round.ApplyRowsAsync(session, cancellationToken)) await round.ApplyLeftAsync(session, cancellationToken);
        var results = round.Results();
        for (var i = 0; i < results.Length; i++)
        {
            if (settlements[i].Health is { } health && results[i] is SettleResult.Applied or SettleResult.AppliedInPart)
                await ApplyHealthAsync(session, settlements[i].SubscriptionId, health, cancellationToken);
        }

        return results;
    }

    /// <summary>Stores an endpoint's health. Only being disabled is a change that other nodes must hear of.</summary>
    private static async Task ApplyHealthAsync(Session session, string subscriptionId, HealthChange health, CancellationToken cancellationToken)
    {
        if (await SubscriptionRows.FindAsync(session, subscriptionId, locks: false, cancellationToken) is not { } current || (health.Url is { } url && url != current.Url)) return;
        if (health.DisableReason is null || current.Status == SubscriptionStatus.Disabled)
        {
            await SubscriptionRows.SetFailingSinceAsync(session, subscriptionId, health.FailingSince, cancellationToken);
            return;
        }

        await SubscriptionRows.ReplaceAsync(
            session,
            current with
            {
                FailingSince = health.FailingSince,
                Status = SubscriptionStatus.Disabled,
                StatusReason = health.DisableReason,
                StatusChangedAt = health.At,
                UpdatedAt = health.At,
                Version = await InfoRow.AdvanceChangeNumberAsync(session, cancellationToken),
            },
            cancellationToken);
    }
}
