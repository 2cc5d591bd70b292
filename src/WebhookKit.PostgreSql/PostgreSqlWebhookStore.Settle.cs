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
        foreach (var round in SettleRound.Cut([.. settlements]))
        {
            results.AddRange(SettleRound.TakesTransaction(round)
                ? await Ready.TransactAsync(session => SettleWithHealthAsync(session, round, cancellationToken), cancellationToken)
                : await Ready.RunAsync(session => SettleAsync(session, round, cancellationToken), cancellationToken));
        }

        return results;
    }

    private static async Task<SettleResult[]> SettleAsync(Session session, IReadOnlyList<Settlement> settlements, CancellationToken cancellationToken)
    {
        var round = new SettleRound(settlements);
        await round.ApplyAsync(session, cancellationToken);
        return [.. settlements.Select((_, i) => round.ResultOf(i))];
    }

    private static async Task<SettleResult[]> SettleWithHealthAsync(Session session, IReadOnlyList<Settlement> settlements, CancellationToken cancellationToken)
    {
        string[] changed = [.. settlements.Where(s => s.Health is not null).Select(s => s.SubscriptionId).Distinct()];
        if (changed.Length > 0) await session.UseIndexed(LockSubscriptions).With(changed).RunAsync(cancellationToken);
        var results = await SettleAsync(session, settlements, cancellationToken);
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
        if (health.DisableReason is null
            || await SubscriptionRows.FindAsync(session, subscriptionId, locks: false, cancellationToken) is not { Status: not SubscriptionStatus.Disabled } current)
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
