using WebhookKit.Sqlite.Connections;
using WebhookKit.Sqlite.Rows;
using WebhookKit.Stored;

namespace WebhookKit.Sqlite.Runs;

/// <summary>Lists deliveries in runs, newest event first.</summary>
internal sealed class RunList(SqliteSession session, DeliveryQuery query, DeliveryKey after, IReadOnlyList<long>? eventSeqs, int maxSteps)
{
    /// <summary>What passing over a run costs, in steps: it is read all the same.</summary>
    private const int PassingSteps = 16;

    private int _found;
    private int _steps;
    private (long Seq, EventInfo? Info)? _lastEvent;

    /// <summary>Adds what matches, one more than the page holds if there are as many.</summary>
    /// <returns>The last place looked at, if there may be more beyond it.</returns>
    public DeliveryKey? Look(List<(WebhookDelivery, DeliveryKey Key)> found)
    {
        if (query.Status is not (null or DeliveryStatus.Pending or DeliveryStatus.Succeeded)) return null;
        StoredRun? last = null;
        foreach (var run in Runs())
        {
            if (last is not null && (_found > query.Limit || _steps >= maxSteps)) return last.Body.FirstKey;
            last = run;
            if (query.SubscriptionId is { } id && !run.Body.Concerns(id)) _steps += PassingSteps;
            else Look(run, found);
        }

        return null;
    }

    private IEnumerable<StoredRun> Runs()
    {
        if (eventSeqs is not null)
        {
            return eventSeqs.Where(seq => seq <= after.EventSeq).SelectMany(seq => RunRows.OfEvent(session, seq)).DistinctBy(static r => r.Body.Seq)
                .OrderByDescending(static r => (r.Body.LastEvent, r.Body.Seq)).Where(IsLeft);
        }

        var first = after == PageKey.Start ? [] : RunRows.OfEvent(session, after.EventSeq);
        first.Reverse();
        return first.Where(IsLeft).Concat(RunRows.Before(session, after.EventSeq));
    }

    /// <summary>Whether a run has something beyond the page before.</summary>
    private bool IsLeft(StoredRun run) => DeliveryLists.Compare(run.Body.FirstKey, after) < 0;

    private void Look(StoredRun run, List<(WebhookDelivery, DeliveryKey Key)> found)
    {
        _steps += run.Body.Count;
        for (var place = 0; place < run.Body.Count; place++)
        {
            if (!IsLikely(run, place)) continue;
            var key = run.Body.KeyOf(place);
            if (DeliveryLists.Compare(key, after) >= 0 || FindInfo(key.EventSeq) is not { } ofEvent) continue;
            if ((!query.AllTenants && ofEvent.TenantId != query.TenantId) || (query.EventType is not null && ofEvent.Type != query.EventType)) continue;
            found.Add((run.ToDelivery(place, ofEvent), key));
            _found++;
        }
    }

    private EventInfo? FindInfo(long seq)
    {
        if (_lastEvent?.Seq != seq) _lastEvent = (seq, EventRows.FindInfo(session, seq));
        return _lastEvent.Value.Info;
    }

    private bool IsLikely(StoredRun run, int place)
    {
        var member = run.Body[place];
        return (query.SubscriptionId is null || run.Body.SubscriptionIdOf(member) == query.SubscriptionId)
            && (eventSeqs is null || eventSeqs.Contains(run.Body.EventSeqOf(member)))
            && (query.From is not { } from || member.CreatedAt >= Columns.OfTime(from))
            && (query.To is not { } to || member.CreatedAt < Columns.OfTime(to))
            && run.StatusOf(place) is { } status && (query.Status is null || query.Status == status);
    }
}
