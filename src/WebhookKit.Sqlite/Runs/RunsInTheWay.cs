using WebhookKit.Sqlite.Connections;

namespace WebhookKit.Sqlite.Runs;

/// <summary>
/// What lanes that are read in sequence have pending in runs. Only rows are in that order: what comes after it must not be read before it has rows too.
/// </summary>
internal sealed class RunsInTheWay
{
    /// <summary>The runs of each lane, by the first event that the lane has pending there.</summary>
    private readonly Dictionary<string, SortedSet<(long Event, long Run)>> _ofLanes = new(StringComparer.Ordinal);

    private RunsInTheWay(IEnumerable<string> subscriptionIds)
    {
        foreach (var id in subscriptionIds) _ofLanes.TryAdd(id, []);
    }

    public static RunsInTheWay Find(SqliteSession session, RunBodies bodies, IEnumerable<string> subscriptionIds)
    {
        var found = new RunsInTheWay(subscriptionIds);
        if (found._ofLanes.Count == 0 || !RunRows.IsAnyPending(session)) return found;
        foreach (var run in RunRows.Pending(session, bodies)) found.Look(run);
        return found;
    }

    /// <summary>The first event that a lane has pending in a run.</summary>
    public long? FindFirst(string subscriptionId) => _ofLanes[subscriptionId] is { Count: > 0 } runs ? runs.Min.Event : null;

    /// <summary>The first so many runs in which a lane has something pending.</summary>
    public IEnumerable<long> ListFirst(string subscriptionId, int count) => _ofLanes[subscriptionId].Take(count).Select(static r => r.Run);

    private void Look(StoredRun run)
    {
        var wanted = Array.ConvertAll(run.Body.Lanes, _ofLanes.GetValueOrDefault);
        for (var place = 0; place < run.Body.Count; place++)
        {
            var member = run.Body[place];
            if (wanted[member.Lane] is not { } runs || !run.IsPending(place)) continue;

            // Its members are in the order of their events.
            runs.Add((run.Body.EventSeqOf(member), run.Body.Seq));
            wanted[member.Lane] = null;
        }
    }
}
