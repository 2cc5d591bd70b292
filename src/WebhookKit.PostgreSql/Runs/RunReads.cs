using WebhookKit.PostgreSql.Connections;
using WebhookKit.PostgreSql.Rows;
using WebhookKit.Stored.Runs;

namespace WebhookKit.PostgreSql.Runs;

/// <summary>Reads what is pending in runs, by due time.</summary>
internal static class RunReads
{
    private const string SelectDue = $"""
        SELECT k.place, {StoredRun.Names} FROM unnest($1::smallint[], $2::text[], $3::bigint[], $4::bigint[]) WITH ORDINALITY k (partition, subscription_id, due_at, event_group, place)
        CROSS JOIN LATERAL (
            SELECT * FROM ~.webhook_run d
            WHERE d.partition = k.partition AND d.subscription_id = k.subscription_id AND d.pending > 0 AND (d.due_at, d.event_group) > (k.due_at, k.event_group)
            ORDER BY d.due_at, d.event_group LIMIT $5
        ) r
        ORDER BY k.place, r.due_at, r.event_group
        """;

    private const string SelectEvents = $"SELECT e.seq, {EventRows.Names} FROM {EventRows.OfKeys}";

    /// <summary>How many runs of a lane are read at once.</summary>
    private const int Step = 4;

    /// <summary>Adds what each lane has in runs to what it has in rows, by due time, and leaves so many of all as are asked for.</summary>
    /// <param name="session">Where.</param>
    /// <param name="partitionOf">The partition of a subscription.</param>
    /// <param name="reads">The lanes.</param>
    /// <param name="results">What each has in rows, with the numbers of their events.</param>
    /// <param name="events">The events that are known, by their numbers; those that are read come in addition.</param>
    /// <param name="places">Remembers where what is read is.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task AddDueAsync(
        Session session, Func<string, short> partitionOf, LaneRead[] reads, IReadOnlyList<List<DueItem>> results, Dictionary<long, WebhookEvent> events,
        RunPlaces<RunPlace> places, CancellationToken cancellationToken)
    {
        var found = Array.ConvertAll(reads, static read => new LaneRuns(read));
        for (var left = Open(found); left.Length > 0; left = Open(found))
        {
            await using var rows = await session.UseIndexed(SelectDue)
                .With(Array.ConvertAll(left, l => partitionOf(l.Read.SubscriptionId)))
                .With(Array.ConvertAll(left, static l => l.Read.SubscriptionId))
                .With(Array.ConvertAll(left, static l => l.DueAt))
                .With(Array.ConvertAll(left, static l => l.EventGroup))
                .With(Step)
                .ReadAsync(cancellationToken);
            foreach (var lane in left) lane.BeginStep();
            while (await rows.ReadAsync(cancellationToken)) left[rows.GetInt64(0) - 1].Add(StoredRun.Read(rows, 1));
            foreach (var lane in left) lane.EndStep(Step);
        }

        for (var i = 0; i < found.Length; i++) found[i].MergeInto(results[i]);
        await ReadEventsAsync(session, results, events, cancellationToken);
        foreach (var item in results.SelectMany(static r => r))
        {
            if (item.Run is not null) places.Add(item.Member.Id, new RunPlace(item.EventSeq, item.Run.FirstId));
        }
    }

    private static LaneRuns[] Open(LaneRuns[] lanes) => [.. lanes.Where(static l => l.IsOpen)];

    private static async Task ReadEventsAsync(
        Session session, IEnumerable<List<DueItem>> results, Dictionary<long, WebhookEvent> events, CancellationToken cancellationToken)
    {
        (short Partition, long Seq)[] missing =
            [.. results.SelectMany(static r => r).Where(i => i.Run is not null && !events.ContainsKey(i.EventSeq)).Select(static i => (i.Run!.EventPartition, i.EventSeq)).Distinct()];
        if (missing.Length == 0) return;
        await using var rows = await session.UseIndexed(SelectEvents)
            .With(Array.ConvertAll(missing, static m => m.Partition))
            .With(Array.ConvertAll(missing, static m => m.Seq))
            .ReadAsync(cancellationToken);
        while (await rows.ReadAsync(cancellationToken)) events.Add(rows.GetInt64(0), EventRows.Read(rows, 1));
    }

    /// <summary>The runs of one lane, as far as they have been read.</summary>
    private sealed class LaneRuns(LaneRead read)
    {
        private readonly List<DueItem> _items = [];
        private int _steps;

        public LaneRead Read => read;

        public long DueAt { get; private set; } = long.MinValue;

        public long EventGroup { get; private set; }

        /// <summary>Whether later runs may hold something that is due before what is found.</summary>
        public bool IsOpen { get; private set; } = read.Limit > 0 && !read.InSequence;

        public void BeginStep() => _steps = 0;

        public void Add(StoredRun run)
        {
            _steps++;
            (DueAt, EventGroup) = (run.DueAt, run.Key.EventGroup);
            foreach (var member in run.Members)
            {
                if (run.IsPending(member) && read.Held?.Contains(member.Id) != true) _items.Add(new DueItem(member.CreatedAt, run.EventSeqOf(member), run, member, null));
            }
        }

        public void EndStep(int asked)
        {
            _items.Sort(DueItem.Compare);
            IsOpen = _steps == asked && (_items.Count < read.Limit || _items[read.Limit - 1].DueAt > DueAt);
        }

        public void MergeInto(List<DueItem> rows)
        {
            if (_items.Count == 0) return;
            rows.AddRange(_items);
            rows.Sort(DueItem.Compare);
            if (rows.Count > read.Limit) rows.RemoveRange(read.Limit, rows.Count - read.Limit);
        }
    }
}
