using WebhookKit.PostgreSql.Connections;
using WebhookKit.Stored.Runs;

namespace WebhookKit.PostgreSql.Runs;

/// <summary>
/// Moves pending deliveries out of their runs, each to a row of its own, where all may happen to it that can. Only within a transaction: the
/// runs are locked from when they are read.
/// </summary>
internal static class RunMoves
{
    private const string Lock = $"""
        SELECT {StoredRun.Names} FROM unnest($1::smallint[], $2::text[], $3::bigint[]) k (partition, subscription_id, event_group)
        JOIN ~.webhook_run r ON r.partition = k.partition AND r.subscription_id = k.subscription_id AND r.event_group = k.event_group
        ORDER BY r.partition, r.subscription_id, r.event_group FOR UPDATE OF r
        """;

    private const string LockFirst = $"""
        SELECT {StoredRun.Names} FROM ~.webhook_run r
        WHERE r.partition = $1 AND r.subscription_id = $2 AND r.pending > 0 ORDER BY r.event_group LIMIT $3 FOR UPDATE OF r
        """;

    private const string Insert = """
        INSERT INTO ~.webhook_delivery (partition, id, event_partition, event_seq, subscription_id, status, due_at, created_at, attempt_count, schedule_base)
        SELECT d.partition, d.id, d.event_partition, d.event_seq, d.subscription_id, 0, d.created_at, d.created_at, 0, 0
        FROM unnest($1::smallint[], $2::uuid[], $3::smallint[], $4::bigint[], $5::text[], $6::bigint[])
            d (partition, id, event_partition, event_seq, subscription_id, created_at)
        """;

    /// <summary>A run of which nothing is left goes.</summary>
    private const string Take = """
        WITH emptied AS (
            DELETE FROM ~.webhook_run r USING unnest($1::smallint[], $2::text[], $3::bigint[], $5::smallint[]) i (partition, subscription_id, event_group, moved)
            WHERE r.partition = i.partition AND r.subscription_id = i.subscription_id AND r.event_group = i.event_group AND r.pending = i.moved AND r.outcomes = ''
        )
        UPDATE ~.webhook_run r SET pending_places = r.pending_places & ~i.places, pending = r.pending - i.moved
        FROM unnest($1::smallint[], $2::text[], $3::bigint[], $4::varbit[], $5::smallint[]) i (partition, subscription_id, event_group, places, moved)
        WHERE r.partition = i.partition AND r.subscription_id = i.subscription_id AND r.event_group = i.event_group AND NOT (r.pending = i.moved AND r.outcomes = '')
        """;

    /// <summary>Moves some, named by the numbers of their events. Those that are no longer pending in the run are passed over.</summary>
    public static async Task MoveAsync(
        Session session, RunPlaces<RunPlace> places, IReadOnlyCollection<(short Partition, string SubscriptionId, long EventSeq)> deliveries, CancellationToken cancellationToken)
    {
        var wanted = deliveries.GroupBy(static d => new RunKey(d.Partition, d.SubscriptionId, EventNumber.GroupOf(d.EventSeq)), static d => EventNumber.PlaceOf(d.EventSeq))
            .ToDictionary(static g => g.Key, static g => g.ToHashSet());
        var runs = await session.UseIndexed(Lock)
            .With(wanted.Keys.Select(static k => k.Partition).ToArray())
            .With(wanted.Keys.Select(static k => k.SubscriptionId).ToArray())
            .With(wanted.Keys.Select(static k => k.EventGroup).ToArray())
            .ListAsync(StoredRun.Read, cancellationToken);
        await MoveAsync(session, places, runs, (run, member) => wanted[run.Key].Contains(member.Place), cancellationToken);
    }

    /// <summary>Moves the delivery of an id, if it is pending in a run.</summary>
    public static async Task MoveAsync(Session session, RunPlaces<RunPlace> places, Guid id, CancellationToken cancellationToken)
    {
        var found = await RunLookup.FindAsync(session, [id], cancellationToken);
        if (found.Count > 0) await MoveAsync(session, places, found.ConvertAll(static f => (f.Run.Key.Partition, f.Run.Key.SubscriptionId, f.Run.EventSeqOf(f.Member))), cancellationToken);
    }

    /// <summary>Moves all that is pending in the first runs of a subscription, in the order of their events.</summary>
    /// <returns>How many runs there were.</returns>
    public static async Task<int> MoveFirstAsync(
        Session session, RunPlaces<RunPlace> places, short partition, string subscriptionId, int limit, CancellationToken cancellationToken)
    {
        var runs = await session.UseIndexed(LockFirst).With((short?)partition).With(subscriptionId).With(limit).ListAsync(StoredRun.Read, cancellationToken);
        await MoveAsync(session, places, runs, static (_, _) => true, cancellationToken);
        return runs.Count;
    }

    private static async Task MoveAsync(
        Session session, RunPlaces<RunPlace> places, IReadOnlyList<StoredRun> runs, Func<StoredRun, RunMember, bool> isWanted, CancellationToken cancellationToken)
    {
        (StoredRun Run, RunMember Member)[] moved =
            [.. runs.SelectMany(r => r.Members.Where(m => r.IsPending(m) && isWanted(r, m)).Select(m => (r, m)))];
        if (moved.Length == 0) return;
        await session.UseIndexed(Insert)
            .With(Array.ConvertAll(moved, static m => m.Run.Key.Partition))
            .With(Array.ConvertAll(moved, static m => m.Member.Id))
            .With(Array.ConvertAll(moved, static m => m.Run.EventPartition))
            .With(Array.ConvertAll(moved, static m => m.Run.EventSeqOf(m.Member)))
            .With(Array.ConvertAll(moved, static m => m.Run.Key.SubscriptionId))
            .With(Array.ConvertAll(moved, static m => m.Member.CreatedAt))
            .RunAsync(cancellationToken);
        var byRun = moved.GroupBy(static m => m.Run.Key, static m => m.Member).ToArray();
        await session.UseIndexed(Take)
            .With(Array.ConvertAll(byRun, static r => r.Key.Partition))
            .With(Array.ConvertAll(byRun, static r => r.Key.SubscriptionId))
            .With(Array.ConvertAll(byRun, static r => r.Key.EventGroup))
            .WithBits(Array.ConvertAll(byRun, NewRun.RunPlacesOf))
            .With(Array.ConvertAll(byRun, static r => (short)r.Count()))
            .RunAsync(cancellationToken);
        foreach (var (_, member) in moved) places.Remove(member.Id);
    }
}
