using WebhookKit.PostgreSql.Connections;
using WebhookKit.PostgreSql.Rows;
using WebhookKit.Stored;

namespace WebhookKit.PostgreSql.Runs;

/// <summary>Lists deliveries in runs, newest event first: the runs of some groups at a time.</summary>
internal sealed class RunList(Session session, DeliveryQuery query, DeliveryKey after, IReadOnlyList<long> eventSeqs, int partitionCount, int maxSteps)
{
    private const string GroupsOfSubscription = """
        SELECT event_group FROM ~.webhook_run WHERE partition = $1 AND subscription_id = $2 AND event_group <= $3 ORDER BY event_group DESC LIMIT $4
        """;

    private const string GroupsOfEvents = """
        SELECT r.event_group FROM unnest($1::smallint[]) p (partition) CROSS JOIN LATERAL (
            SELECT event_group FROM ~.webhook_run WHERE event_partition = p.partition AND event_group <= $2 ORDER BY event_group DESC LIMIT $3
        ) r ORDER BY r.event_group DESC LIMIT $3
        """;

    private const string RunsOfSubscription = $"""
        SELECT {StoredRun.Names} FROM unnest($3::bigint[]) g (event_group)
        CROSS JOIN LATERAL (
            SELECT * FROM ~.webhook_run f
            WHERE f.partition = $1 AND f.subscription_id = $2 AND f.event_group >= g.event_group AND f.event_group <= g.event_group ORDER BY f.event_group LIMIT 1
        ) r
        """;

    private const string RunsOfEvents = $"""
        SELECT {StoredRun.Names} FROM unnest($1::smallint[]) p (partition) CROSS JOIN unnest($2::bigint[]) g (event_group)
        CROSS JOIN LATERAL (
            SELECT * FROM ~.webhook_run f
            WHERE f.event_partition = p.partition AND f.event_group >= g.event_group AND f.event_group <= g.event_group ORDER BY f.event_group OFFSET 0
        ) r
        """;

    /// <summary>How many groups are read at once.</summary>
    private const int Step = 16;

    private readonly HashSet<long>? _eventSeqs = query.EventId is null ? null : [.. eventSeqs];
    private readonly List<DeliveryRow> _found = [];
    private int _steps;

    /// <summary>The last one that was looked at, if there may be more.</summary>
    public DeliveryKey? End { get; private set; }

    /// <summary>Finds what matches, one more than the page holds if there are as many.</summary>
    public async Task<List<DeliveryRow>> ReadAsync(CancellationToken cancellationToken)
    {
        if (query.Status is not (null or DeliveryStatus.Pending or DeliveryStatus.Succeeded)) return [];
        var next = EventNumber.GroupOf(after.EventSeq);
        while (await FindGroupsAsync(next, cancellationToken) is { Count: > 0 } groups)
        {
            var runs = await ReadRunsAsync(groups, cancellationToken);
            foreach (var group in runs.GroupBy(static r => r.Key.EventGroup).OrderByDescending(static g => g.Key))
            {
                await AddAsync(group, cancellationToken);
                if (End is not null) return _found;
            }

            next = groups[^1] - 1;
        }

        return _found;
    }

    /// <summary>Adds what matches of the runs of one group.</summary>
    private async Task AddAsync(IEnumerable<StoredRun> runs, CancellationToken cancellationToken)
    {
        List<(StoredRun Run, RunMember Member)> members = [.. runs.SelectMany(static r => r.Members.Select(m => (Run: r, Member: m)))
            .Where(m => DeliveryLists.Compare(KeyOf(m), after) < 0)
            .OrderByDescending(KeyOf, Comparer<DeliveryKey>.Create(DeliveryLists.Compare))];
        List<(StoredRun Run, RunMember Member)> likely = members.FindAll(m => IsLikely(m.Run, m.Member));
        var events = await EventInfo.FindAsync(session, likely, cancellationToken);
        foreach (var member in likely)
        {
            var ofEvent = events[member.Run.EventSeqOf(member.Member)];
            if ((!query.AllTenants && ofEvent.TenantId != query.TenantId) || (query.EventType is not null && ofEvent.Type != query.EventType)) continue;
            _found.Add(member.Run.ToRow(member.Member, ofEvent));
            if (_found.Count <= query.Limit) continue;
            End = KeyOf(member);
            return;
        }

        _steps += members.Count;
        if (_steps >= maxSteps && members.Count > 0) End = KeyOf(members[^1]);
    }

    private bool IsLikely(StoredRun run, RunMember member) =>
        run.StatusOf(member) is { } status && (query.Status is null || query.Status == status)
        && (query.From is not { } from || member.CreatedAt >= Columns.OfTime(from))
        && (query.To is not { } to || member.CreatedAt < Columns.OfTime(to))
        && (_eventSeqs is null || _eventSeqs.Contains(run.EventSeqOf(member)));

    private static DeliveryKey KeyOf((StoredRun Run, RunMember Member) of) => new(of.Run.EventSeqOf(of.Member), of.Run.Key.SubscriptionId);

    /// <summary>The newest groups that have runs in the list, no newer than one.</summary>
    private async Task<List<long>> FindGroupsAsync(long newest, CancellationToken cancellationToken)
    {
        if (_eventSeqs is not null) return [.. _eventSeqs.Select(EventNumber.GroupOf).Where(g => g <= newest).Distinct().OrderDescending().Take(Step)];
        var command = query.SubscriptionId is { } id
            ? session.UseIndexed(GroupsOfSubscription).With((short?)Partitioner.GetPartition(id, partitionCount)).With(id)
            : session.UseIndexed(GroupsOfEvents).With(EventPartitions());
        return [.. (await command.With((long?)newest).With((int?)Step).ListAsync(static r => r.GetInt64(0), cancellationToken)).Distinct()];
    }

    private async Task<List<StoredRun>> ReadRunsAsync(List<long> groups, CancellationToken cancellationToken)
    {
        var command = query.SubscriptionId is { } id
            ? session.UseIndexed(RunsOfSubscription).With((short?)Partitioner.GetPartition(id, partitionCount)).With(id)
            : session.UseIndexed(RunsOfEvents).With(EventPartitions());
        return await command.With(groups.ToArray()).ListAsync(StoredRun.Read, cancellationToken);
    }

    /// <summary>Where the events of the tenant are, or those of all.</summary>
    private short[] EventPartitions() =>
        query.AllTenants ? [.. Enumerable.Range(0, partitionCount).Select(static p => (short)p)] : [EventRows.PartitionOf(query.TenantId, partitionCount)];
}
