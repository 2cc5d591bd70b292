using WebhookKit.PostgreSql.Connections;

namespace WebhookKit.PostgreSql.Runs;

/// <summary>Finds deliveries in runs by their ids alone: each is in a run that begins shortly before it.</summary>
internal static class RunLookup
{
    private const string Select = $"""
        SELECT {StoredRun.Names} FROM unnest($1::uuid[], $2::uuid[]) k (id, lowest)
        JOIN ~.webhook_run r ON r.first_id <= k.id AND r.first_id >= k.lowest AND r.last_id >= k.id
        """;

    /// <summary>Finds those that are, or have been, in a run.</summary>
    public static async Task<List<(StoredRun Run, RunMember Member)>> FindAsync(Session session, IReadOnlyCollection<Guid> ids, CancellationToken cancellationToken)
    {
        var runs = await session.UseIndexed(Select).With(ids.ToArray()).With(ids.Select(NewRun.LowestFirstId).ToArray()).ListAsync(StoredRun.Read, cancellationToken);
        return [.. runs.DistinctBy(static r => r.Key).SelectMany(r => r.Members.Where(m => ids.Contains(m.Id)).Select(m => (r, m)))];
    }
}
