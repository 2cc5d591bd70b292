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
            results.AddRange(SettleRound.TakesTransaction(round, _places)
                ? await Ready.TransactAsync(session => SettleWithHealthAsync(session, round, cancellationToken), cancellationToken)
                : await SettleRoundAsync(round, cancellationToken));
        }

        return results;
    }

    private async Task<SettleResult[]> SettleRoundAsync(IReadOnlyList<Settlement> settlements, CancellationToken cancellationToken)
    {
        var round = await Ready.RunAsync(
            async session =>
            {
                var attempted = new SettleRound(settlements, _places);
                await attempted.ApplyAsync(session, cancellationToken);
                return attempted;
            },
            cancellationToken);
        if (!round.HasLeft) return ResultsOf(settlements, round);
        return await Ready.TransactAsync(
            async session =>
            {
                await round.ApplyLeftAsync(session, cancellationToken);
                return ResultsOf(settlements, round);
            },
            cancellationToken);
    }

    private async Task<SettleResult[]> SettleWithHealthAsync(Session session, IReadOnlyList<Settlement> settlements, CancellationToken cancellationToken)
    {
        string[] changed = [.. settlements.Where(s => s.Health is not null).Select(s => s.SubscriptionId).Distinct()];
        if (changed.Length > 0) await session.UseIndexed(LockSubscriptions).With(changed).RunAsync(cancellationToken);
        var round = new SettleRound(settlements, _places);
        await round.ApplyAsync(session, cancellationToken);
        if (round.HasLeft) await round.ApplyLeftAsync(session, cancellationToken);
        var results = ResultsOf(settlements, round);
        for (var i = 0; i < results.Length; i++)
        {
            if (settlements[i].Health is { } health && results[i] is SettleResult.Applied or SettleResult.AppliedInPart)
                await ApplyHealthAsync(session, settlements[i].SubscriptionId, health, cancellationToken);
        }

        return results;
    }

    private static SettleResult[] ResultsOf(IReadOnlyList<Settlement> settlements, SettleRound round) => [.. settlements.Select((_, i) => round.ResultOf(i))];

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
