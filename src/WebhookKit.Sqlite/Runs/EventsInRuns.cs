using WebhookKit.Sqlite.Connections;

namespace WebhookKit.Sqlite.Runs;

/// <summary>Says of one event after another whether a subscription has, or has had, a delivery of it in a run.</summary>
internal sealed class EventsInRuns(SqliteSession session, string subscriptionId)
{
    private readonly HashSet<long> _events = [];

    /// <summary>Up to which event that is known.</summary>
    private long _knownUpTo = -1;

    /// <summary>Looks at an event that is later than the last one looked at.</summary>
    public bool Contains(long eventSeq)
    {
        if (eventSeq > _knownUpTo) Read(eventSeq);
        return _events.Contains(eventSeq);
    }

    private void Read(long eventSeq)
    {
        _events.Clear();
        var runs = RunRows.OfEvent(session, eventSeq);
        foreach (var run in runs.Where(run => run.Body.Concerns(subscriptionId)))
        {
            for (var place = 0; place < run.Body.Count; place++)
            {
                var member = run.Body[place];
                if (run.Body.SubscriptionIdOf(member) == subscriptionId) _events.Add(run.Body.EventSeqOf(member));
            }
        }

        // The last event of a run may be the first of another.
        _knownUpTo = runs.Count > 0
            ? Math.Max(eventSeq, runs.Min(static run => run.Body.LastEvent) - 1)
            : (RunRows.FindFirstEventAfter(session, eventSeq) ?? long.MaxValue) - 1;
    }
}
