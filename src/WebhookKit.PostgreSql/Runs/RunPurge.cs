using WebhookKit.PostgreSql.Connections;
using WebhookKit.Stored;

namespace WebhookKit.PostgreSql.Runs;

/// <summary>Removes runs whose deliveries have all succeeded long enough ago.</summary>
internal static class RunPurge
{
    private const string LockFinished = $"""
        SELECT {StoredRun.Names} FROM ~.webhook_run r
        WHERE r.pending = 0 AND r.completed_at < $1 ORDER BY r.completed_at LIMIT $2 FOR UPDATE OF r SKIP LOCKED
        """;

    private const string Remove = $"""
        WITH gone AS (
            DELETE FROM ~.webhook_run r USING unnest($1::smallint[], $2::text[], $3::bigint[]) k (partition, subscription_id, event_group)
            WHERE r.partition = k.partition AND r.subscription_id = k.subscription_id AND r.event_group = k.event_group
        ), removed AS (
            SELECT * FROM unnest($4::smallint[], $5::uuid[], $6::smallint[], $7::bigint[], $8::text[]) d (partition, id, event_partition, event_seq, subscription_id)
        ), {Removal.Rest}
        SELECT count(*) FROM removed
        """;

    /// <summary>How many runs are locked at once: each may have more deliveries than are to be removed.</summary>
    private const int RunStep = 8;

    /// <summary>Removes some, within a transaction: a run goes whole, be it larger than what is left to remove.</summary>
    /// <returns>How many deliveries were removed.</returns>
    public static async Task<int> StepAsync(Session session, DateTimeOffset before, int limit, CancellationToken cancellationToken)
    {
        var removed = 0;
        for (var found = RunStep; found == RunStep && removed < limit;)
        {
            var finished = await session.UseIndexed(LockFinished).WithoutFlush().With(Columns.OfTime(before)).With(RunStep).ListAsync(StoredRun.Read, cancellationToken);
            found = finished.Count;
            if (found > 0) removed += await RemoveAsync(session, finished, limit - removed, cancellationToken);
        }

        return removed;
    }

    private static async Task<int> RemoveAsync(Session session, IEnumerable<StoredRun> finished, int limit, CancellationToken cancellationToken)
    {
        List<StoredRun> runs = [];
        List<(StoredRun Run, RunMember Member)> members = [];
        foreach (var run in finished)
        {
            // Fewer than the limit would say that there is no more.
            if (members.Count >= limit) break;
            runs.Add(run);
            members.AddRange(run.Members.Where(m => run.OutcomeOf(m) is not null).Select(m => (run, m)));
        }

        return (int)await session.UseIndexed(Remove)
            .With(runs.Select(static r => r.Key.Partition).ToArray())
            .With(runs.Select(static r => r.Key.SubscriptionId).ToArray())
            .With(runs.Select(static r => r.Key.EventGroup).ToArray())
            .With(members.Select(static m => m.Run.Key.Partition).ToArray())
            .With(members.Select(static m => m.Member.Id).ToArray())
            .With(members.Select(static m => m.Run.EventPartition).ToArray())
            .With(members.Select(static m => m.Run.EventSeqOf(m.Member)).ToArray())
            .With(members.Select(static m => m.Run.Key.SubscriptionId).ToArray())
            .ScalarAsync<long>(cancellationToken);
    }
}
