using WebhookKit.PostgreSql.Connections;
using WebhookKit.Stored.Runs;

namespace WebhookKit.PostgreSql.Runs;

/// <summary>Finds deliveries in runs by their ids alone: each is in a run that begins shortly before it.</summary>
internal static class RunLookup
{
    private const string Select = $"""
        SELECT {StoredRun.Names} FROM unnest($1::uuid[], $2::uuid[]) k (id, lowest)
        CROSS JOIN LATERAL (SELECT * FROM ~.webhook_run f WHERE f.first_id <= k.id AND f.first_id >= k.lowest AND f.last_id >= k.id ORDER BY f.first_id OFFSET 0) r
        """;

    /// <summary>Finds those that are, or have been, in a run.</summary>
    public static async Task<List<(StoredRun Run, RunMember Member)>> FindAsync(Session session, IReadOnlyCollection<Guid> ids, CancellationToken cancellationToken)
    {
        var runs = await session.UseIndexed(Select).With(ids.ToArray()).With(ids.Select(RunIds.LowestFirst).ToArray()).ListAsync(StoredRun.Read, cancellationToken);
        return [.. runs.DistinctBy(static r => r.Key).SelectMany(r => r.Members.Where(m => ids.Contains(m.Id)).Select(m => (r, m)))];
    }

    /// <summary>Finds a delivery that is in a run and has not moved.</summary>
    public static async Task<WebhookDelivery?> FindDeliveryAsync(Session session, Guid id, CancellationToken cancellationToken)
    {
        var found = (await FindAsync(session, [id], cancellationToken)).FindAll(static f => f.Run.StatusOf(f.Member) is not null);
        if (found.Count == 0) return null;
        var events = await EventInfo.FindAsync(session, found, cancellationToken);
        var (run, member) = found[0];
        return run.ToDelivery(member, events[run.EventSeqOf(member)]);
    }

    /// <summary>The attempt of a delivery that has succeeded in a run.</summary>
    public static async Task<List<DeliveryAttempt>> ListAttemptsAsync(Session session, Guid id, CancellationToken cancellationToken)
    {
        foreach (var (run, member) in await FindAsync(session, [id], cancellationToken))
        {
            if (run.OutcomeOf(member) is not { } outcome) continue;
            var events = await EventInfo.FindAsync(session, [(run, member)], cancellationToken);
            return [outcome.ToAttempt(events[run.EventSeqOf(member)].Id)];
        }

        return [];
    }
}
