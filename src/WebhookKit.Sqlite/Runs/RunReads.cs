using WebhookKit.Sqlite.Connections;
using WebhookKit.Sqlite.Rows;
using WebhookKit.Stored.Runs;

namespace WebhookKit.Sqlite.Runs;

/// <summary>Reads what is pending in runs, for several lanes at once.</summary>
internal sealed class RunReads
{
    private static readonly List<DueItem> None = [];

    /// <summary>By subscription: it may be asked for more than once.</summary>
    private readonly Dictionary<string, List<Lane>> _lanes = new(StringComparer.Ordinal);

    private readonly Lane?[] _ofReads;

    private RunReads(IReadOnlyList<LaneRead> reads)
    {
        _ofReads = new Lane?[reads.Count];
        for (var i = 0; i < _ofReads.Length; i++)
        {
            if (reads[i].InSequence) continue;
            _ofReads[i] = new Lane(reads[i]);
            if (!_lanes.TryGetValue(reads[i].SubscriptionId, out var lanes)) _lanes.Add(reads[i].SubscriptionId, lanes = []);
            lanes.Add(_ofReads[i]!);
        }
    }

    /// <summary>Finds what is asked for by due time.</summary>
    /// <param name="session">Where.</param>
    /// <param name="reads">What is asked for.</param>
    /// <param name="events">The events that are known, by their numbers; those that are read come in addition.</param>
    /// <param name="bodies">Remembers what the runs are about.</param>
    /// <param name="places">Remembers where what is found is: it will be settled.</param>
    /// <returns>What was found for each.</returns>
    public static List<DueItem>[] Find(SqliteSession session, IReadOnlyList<LaneRead> reads, Dictionary<long, WebhookEvent> events, RunBodies bodies, RunPlaces<long> places)
    {
        var found = new RunReads(reads);
        if (found._lanes.Count > 0 && RunRows.IsAnyPending(session)) found.Look(session, bodies);
        return Array.ConvertAll(found._ofReads, lane => lane?.ReadItems(session, events, places) ?? None);
    }

    private void Look(SqliteSession session, RunBodies bodies)
    {
        foreach (var run in RunRows.Pending(session, bodies))
        {
            if (Array.TrueForAll(_ofReads, lane => lane?.HasEnough(run.DueAt) != false)) return;
            Look(run);
        }
    }

    private void Look(StoredRun run)
    {
        List<Lane>?[] wanted = Array.ConvertAll(run.Body.Lanes, _lanes.GetValueOrDefault);
        if (Array.TrueForAll(wanted, static lanes => lanes is null)) return;
        for (var place = 0; place < run.Body.Count; place++)
        {
            if (!run.IsPending(place)) continue;
            var member = run.Body[place];
            foreach (var lane in wanted[member.Lane] ?? []) lane.Add(run, place, member);
        }
    }

    /// <summary>What is asked for of one lane.</summary>
    private sealed class Lane(LaneRead read)
    {
        private readonly List<(long DueAt, long EventSeq, StoredRun Run, int Place)> _found = [];
        private bool _isSorted = true;

        /// <summary>Whether no run whose first is due at a time, or later, can hold what is asked for.</summary>
        public bool HasEnough(long dueAt)
        {
            if (_found.Count < read.Limit) return false;
            Sort();
            return read.Limit <= 0 || _found[read.Limit - 1].DueAt < dueAt;
        }

        public void Add(StoredRun run, int place, in RunMember member)
        {
            if (read.Held?.Contains(member.Id) == true) return;
            _found.Add((member.CreatedAt, run.Body.EventSeqOf(member), run, place));
            _isSorted = false;
        }

        /// <summary>The first of them, as many as are asked for.</summary>
        public List<DueItem> ReadItems(SqliteSession session, Dictionary<long, WebhookEvent> events, RunPlaces<long> places)
        {
            if (_found.Count == 0) return None;
            Sort();
            List<DueItem> items = [];
            foreach (var (dueAt, seq, run, place) in _found.Take(read.Limit))
            {
                if (!events.TryGetValue(seq, out var ofEvent)) events.Add(seq, ofEvent = EventRows.Get(session, seq));
                var delivery = run.ToDelivery(place, new EventInfo(ofEvent.Id, ofEvent.Type, ofEvent.TenantId));
                items.Add(new DueItem(dueAt, seq, new PendingDelivery(delivery, ofEvent)));
                places.Add(delivery.Id, run.Body.NumberOf(place));
            }

            return items;
        }

        private void Sort()
        {
            if (!_isSorted) _found.Sort(static (left, right) => (left.DueAt, left.EventSeq).CompareTo((right.DueAt, right.EventSeq)));
            _isSorted = true;
        }
    }
}
