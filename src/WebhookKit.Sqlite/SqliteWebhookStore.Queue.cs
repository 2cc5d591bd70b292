using WebhookKit.Sqlite.Connections;
using WebhookKit.Sqlite.Rows;
using WebhookKit.Sqlite.Runs;
using WebhookKit.Stored;

namespace WebhookKit.Sqlite;

internal sealed partial class SqliteWebhookStore
{
    private const string SelectDue = $"""
        SELECT {DeliveryRows.Names}, d.event_seq, {EventRows.Names}
        FROM webhook_delivery d INDEXED BY webhook_delivery_due JOIN webhook_event e ON e.seq = d.event_seq
        WHERE d.subscription_id = ?1 AND d.status = 0 AND d.due_at >= ?2
        ORDER BY d.due_at, d.event_seq
        """;

    /// <summary>
    /// There is no index for this order, which few lanes ask for: the pending deliveries of the lane are looked through in the index by due
    /// time, and the first so many are sorted.
    /// </summary>
    private const string SelectInSequence = $"""
        SELECT {DeliveryRows.Names}, d.event_seq, {EventRows.Names},
            CASE WHEN e.ordering_key IS NULL THEN d.due_at <= ?4 ELSE ?5 IS NULL OR e.ordering_key NOT IN (SELECT value FROM json_each(?5)) END
        FROM (
            SELECT event_seq FROM webhook_delivery INDEXED BY webhook_delivery_due
            WHERE subscription_id = ?1 AND status = 0 AND event_seq > ?2 AND event_seq < ?6
            ORDER BY event_seq LIMIT ?3
        ) p
        CROSS JOIN webhook_delivery d ON d.event_seq = p.event_seq AND d.subscription_id = ?1
        CROSS JOIN webhook_event e ON e.seq = d.event_seq
        """;

    /// <summary>In how many runs something may be pending for long.</summary>
    private const int MaxPendingRuns = 64;

    /// <summary>How many runs are moved to rows in one transaction, a thousand rows: whoever publishes meanwhile waits for it.</summary>
    private const int MaxMoveStep = 2;

    /// <summary>How many runs of a lane that is read in sequence are moved to rows before it is read again.</summary>
    private const int MaxInTheWay = 16;

    /// <summary>Where <see cref="SelectInSequence"/> says whether a row is asked for: after the delivery, its number and the event.</summary>
    private const int WantedColumn = DeliveryRows.Count + 1 + EventRows.Count;

    /// <summary>Where the due time stands in <see cref="DeliveryRows.Names"/>.</summary>
    private const int DueColumn = 3;

    /// <summary>How many more rows than asked for are sorted at once, since some of them may be left out.</summary>
    private const int SortReserve = 256;

    public async ValueTask<IReadOnlyList<LaneDue>> ListDueLanesAsync(IReadOnlyCollection<int> partitions, DateTimeOffset dueBy, CancellationToken cancellationToken)
    {
        CheckPartitions(partitions);
        await MoveOldestAsync(cancellationToken);
        return await ReadAsync(session => session.ReadAtOnce(s => ListDueLanes(s, [.. partitions], dueBy)), cancellationToken);
    }

    public async ValueTask<IReadOnlyList<IReadOnlyList<PendingDelivery>>> ReadAsync(IReadOnlyList<LaneRead> reads, CancellationToken cancellationToken)
    {
        var sequenced = reads.Where(static r => r.InSequence).Select(static r => r.SubscriptionId).ToHashSet(StringComparer.Ordinal);

        // What is published to them from now on has rows at once.
        foreach (var lane in sequenced) _sequenced.Add(lane);
        while (true)
        {
            var (found, inTheWay) = await ReadAsync(session => session.ReadAtOnce(s => Read(s, reads, sequenced)), cancellationToken);
            if (inTheWay.Count == 0) return found;
            await MoveAsync(inTheWay, (run, member) => sequenced.Contains(run.SubscriptionIdOf(member)), cancellationToken);
        }
    }

    public async ValueTask<QueueDepth> MeasureAsync(IReadOnlyCollection<int> partitions, CancellationToken cancellationToken)
    {
        CheckPartitions(partitions);
        return await ReadAsync(session => session.ReadAtOnce(s => Measure(s, [.. partitions])), cancellationToken);
    }

    /// <summary>
    /// Gives rows to what has been pending in runs for longest, unless that is little: each reading looks through all runs in which something is pending.
    /// </summary>
    private async ValueTask MoveOldestAsync(CancellationToken cancellationToken)
    {
        var runs = await ReadAsync(RunRows.PendingSeqs, cancellationToken);
        if (runs.Count > MaxPendingRuns) await MoveAsync(runs[..^MaxPendingRuns], static (_, _) => true, cancellationToken);
    }

    /// <summary>Gives rows to some of what is pending in some runs, a few of them in a transaction: nobody is to wait long for it.</summary>
    private async ValueTask MoveAsync(List<long> runs, Func<RunBody, RunMember, bool> isWanted, CancellationToken cancellationToken)
    {
        foreach (var some in runs.Chunk(MaxMoveStep))
        {
            await WriteAsync(
                transaction =>
                {
                    transaction.Runs!.Move(some, isWanted);
                    return true;
                },
                cancellationToken);
        }
    }

    /// <summary>Goes from lane to lane by the index, so that the deliveries of a long one are passed over at once.</summary>
    private List<LaneDue> ListDueLanes(SqliteSession session, HashSet<int> partitions, DateTimeOffset dueBy)
    {
        List<LaneDue> lanes = [];
        var inRuns = FindDueInRuns(session);
        for (var last = ""; ;)
        {
            using var statement = session.Use("""
                SELECT subscription_id, due_at FROM webhook_delivery INDEXED BY webhook_delivery_due
                WHERE status = 0 AND subscription_id > ?1
                ORDER BY subscription_id, due_at LIMIT 1
                """);
            if (!statement.Bind(1, last).Step()) break;
            last = statement.Text(0);
            Add(last, inRuns.Remove(last, out var earlier) ? Math.Min(earlier, statement.Long(1)) : statement.Long(1));
        }

        foreach (var (id, dueAt) in inRuns) Add(id, dueAt);
        return lanes;

        void Add(string id, long due)
        {
            var dueAt = Columns.ToTime(due);
            if (dueAt <= dueBy && partitions.Contains(Partitioner.GetPartition(id, _partitionCount))) lanes.Add(new LaneDue(id, dueAt));
        }
    }

    /// <summary>When the first of what each lane has in runs is due.</summary>
    private Dictionary<string, long> FindDueInRuns(SqliteSession session)
    {
        var found = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var (id, dueAt) in RunRows.PendingDeliveries(session, _bodies)) found[id] = found.TryGetValue(id, out var earlier) ? Math.Min(earlier, dueAt) : dueAt;
        return found;
    }

    /// <returns>What was found for each; and the runs in which there is something that is to have rows first.</returns>
    private (IReadOnlyList<IReadOnlyList<PendingDelivery>> Found, List<long> InTheWay) Read(SqliteSession session, IReadOnlyList<LaneRead> reads, HashSet<string> sequenced)
    {
        // An event with many deliveries is held once.
        var events = new Dictionary<long, WebhookEvent>();
        var results = new List<PendingDelivery>[reads.Count];
        var inRuns = RunReads.Find(session, reads, events, _bodies, _places);
        var ofSequenced = RunsInTheWay.Find(session, _bodies, sequenced);
        List<long> inTheWay = [];
        for (var i = 0; i < results.Length; i++)
        {
            var read = reads[i];
            if (!read.InSequence)
            {
                results[i] = Read(session, read, events, inRuns[i]);
                continue;
            }

            var first = ofSequenced.FindFirst(read.SubscriptionId);
            results[i] = ReadInSequence(session, read, events, first ?? long.MaxValue);
            if (first is not null && results[i].Count < read.Limit) inTheWay.AddRange(ofSequenced.ListFirst(read.SubscriptionId, MaxInTheWay));
        }

        return (results, inTheWay);
    }

    private static List<PendingDelivery> Read(SqliteSession session, in LaneRead read, Dictionary<long, WebhookEvent> events, List<DueItem> inRuns)
    {
        List<DueItem> found = [];
        using var rows = session.Use(SelectDue);
        rows.Bind(1, read.SubscriptionId).Bind(2, Columns.OfTime(read.DueFrom ?? DateTimeOffset.MinValue));
        while (found.Count < read.Limit && rows.Step())
        {
            if (read.Held?.Contains(rows.Guid(0)) == true) continue;
            found.Add(new DueItem(rows.Long(DueColumn), rows.Long(DeliveryRows.Count), Read(rows, read.SubscriptionId, events)));
        }

        found.AddRange(inRuns);
        if (inRuns.Count > 0) found.Sort(DueItem.Compare);
        return [.. found.Take(read.Limit).Select(static item => item.Found)];
    }

    private static List<PendingDelivery> ReadInSequence(SqliteSession session, in LaneRead read, Dictionary<long, WebhookEvent> events, long before)
    {
        List<PendingDelivery> found = [];
        var keys = read.WithoutKeys is { Count: > 0 } some ? StoredJson.OfList([.. some]) : null;
        var size = Math.Max(read.Limit, 0) + (read.Held?.Count ?? 0) + SortReserve;
        var isMore = true;
        for (long last = -1; isMore && found.Count < read.Limit;)
        {
            using var rows = session.Use(SelectInSequence);
            rows.Bind(1, read.SubscriptionId).Bind(2, last).Bind(3, size).Bind(4, Columns.OfTime(read.KeylessDueBy ?? DateTimeOffset.MaxValue)).Bind(5, keys).Bind(6, before);
            var seen = 0;
            for (; found.Count < read.Limit && rows.Step(); seen++)
            {
                last = rows.Long(DeliveryRows.Count);
                if (rows.Long(WantedColumn) != 0 && read.Held?.Contains(rows.Guid(0)) != true) found.Add(Read(rows, read.SubscriptionId, events));
            }

            isMore = seen == size;
        }

        return found;
    }

    private static PendingDelivery Read(Statement row, string subscriptionId, Dictionary<long, WebhookEvent> events)
    {
        var seq = row.Long(DeliveryRows.Count);
        if (!events.TryGetValue(seq, out var webhookEvent))
        {
            webhookEvent = EventRows.Read(row, DeliveryRows.Count + 1);
            events.Add(seq, webhookEvent);
        }

        return new PendingDelivery(DeliveryRows.Read(row, webhookEvent.Id, webhookEvent.Type, webhookEvent.TenantId, subscriptionId), webhookEvent);
    }

    private QueueDepth Measure(SqliteSession session, HashSet<int> partitions)
    {
        using var statement = session.Use("""
            SELECT subscription_id, count(*), min(due_at) FROM webhook_delivery INDEXED BY webhook_delivery_due WHERE status = 0 GROUP BY subscription_id
            """);
        var pending = 0L;
        var oldest = long.MaxValue;
        while (statement.Step())
        {
            if (!partitions.Contains(Partitioner.GetPartition(statement.Text(0), _partitionCount))) continue;
            pending += statement.Long(1);
            oldest = Math.Min(oldest, statement.Long(2));
        }

        foreach (var (id, dueAt) in RunRows.PendingDeliveries(session, _bodies))
        {
            if (!partitions.Contains(Partitioner.GetPartition(id, _partitionCount))) continue;
            pending++;
            oldest = Math.Min(oldest, dueAt);
        }

        return new QueueDepth(pending, pending == 0 ? null : Columns.ToTime(oldest));
    }
}
