using WebhookKit.Matching;

namespace WebhookKit.Dispatching;

/// <summary>
/// Looks through this node's partitions for work that nothing told it of: what was there before a start or a take-over, what other
/// nodes published, retries whose lane was dropped. Finds everything, so that no other path has to.
/// </summary>
internal sealed class Sweeper(
    IDeliveryQueue queue, SubscriptionCache cache, OwnedPartitions owned, LaneTable lanes, Handover handover, WebhookOptions options, TimeProvider time)
{
    private readonly RoundPace _pace = new(options.SweepInterval);

    /// <summary>The last sweep that went well; <see langword="null"/> before the first.</summary>
    public Sweep? Last { get; private set; }

    /// <summary>Sweeps once.</summary>
    /// <returns>How long to wait before the next sweep: what is due until then has been found.</returns>
    public async Task<TimeSpan> SweepAsync(CancellationToken cancellationToken)
    {
        await cache.RefreshAsync(cancellationToken);
        var interval = _pace.Interval;
        var began = time.GetTimestamp();
        var now = time.GetUtcNow();
        var until = now + interval;
        var oldest = DateTimeOffset.MaxValue;
        foreach (var due in await ListAsync(until, cancellationToken))
        {
            // What waits for its endpoint (a breaker, a limit) waits rightly.
            if (due.DueAt < oldest && !(lanes.Find(due.Model.Id)?.NextTurnAt(now) > now)) oldest = due.DueAt;
            handover.Wake(due.Model, due.DueAt);
        }

        lanes.DropIdle(now, until);
        _pace.Note(time.GetElapsedTime(began));
        Last = new Sweep(now, oldest < now ? oldest : null);
        return interval;
    }

    /// <summary>When the next delivery of this node's partitions can go; <see langword="null"/> when none is waiting for a time.</summary>
    public async Task<DateTimeOffset?> FindNextDueAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        DateTimeOffset? next = null;
        foreach (var (model, dueAt) in await ListAsync(DateTimeOffset.MaxValue, cancellationToken))
        {
            var at = lanes.Find(model.Id)?.NextTurnAt(now) ?? dueAt;
            if (at < DateTimeOffset.MaxValue && (next is null || at < next)) next = at;
        }

        return next;
    }

    private async Task<IEnumerable<(SubscriptionModel Model, DateTimeOffset DueAt)>> ListAsync(DateTimeOffset dueBy, CancellationToken cancellationToken)
    {
        var due = await queue.ListDueLanesAsync(owned.All, dueBy, cancellationToken);
        var index = cache.Current;
        return from lane in due
               let model = index.Find(lane.SubscriptionId)
               where model is { Subscription.Status: SubscriptionStatus.Enabled }
               select (model, lane.DueAt);
    }
}
