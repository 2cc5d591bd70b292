using WebhookKit.Storage;

namespace WebhookKit.Dispatching;

/// <summary>Gives one lane its turn: starts at most one attempt or one read, and asks for the lane's next turn.</summary>
internal sealed class TurnTaker(
    IDeliveryScheduler scheduler,
    OwnedPartitions owned,
    LaneTurns turns,
    LaneReader reader,
    DeliveryPipeline pipeline,
    Workload workload,
    WebhookOptions options,
    TimeProvider time)
{
    /// <summary>What this node may have under way at once. Taken before the lane is, so that a lane never waits with its turn taken.</summary>
    private readonly Gate _slots = new(options.MaxConcurrency);

    /// <summary>The last quarter of them is kept from lanes whose endpoints do not answer, however many there are.</summary>
    private readonly int _crowdedBelow = options.MaxConcurrency / 4;

    /// <summary>Waits for the next lane and gives it its turn.</summary>
    public async Task TakeNextAsync(CancellationToken stop, CancellationToken abort)
    {
        await _slots.WaitAsync(stop);
        LaneWork? work = null;
        try
        {
            var key = await scheduler.NextAsync(stop);
            workload.Begin();
            try
            {
                work = Take(key, stop);
            }
            finally
            {
                if (work is null) workload.End();
            }
        }
        finally
        {
            if (work is null) _slots.Release();
        }

        if (work is not null) _ = AttemptAsync(work, stop, abort);
    }

    /// <summary>Makes attempts one after another, as long as a turn is due when one has ended: no other flow has to be woken.</summary>
    private async Task AttemptAsync(LaneWork first, CancellationToken stop, CancellationToken abort)
    {
        try
        {
            for (var work = first; work is not null;)
            {
                var ended = work.Lane;
                await pipeline.RunAsync(work, abort);
                work = null;
                if (stop.IsCancellationRequested) turns.Ask(ended);
                else if (turns.TryExchange(ended, out var next)) work = TakeUntilWork(next, stop);
            }
        }
        finally
        {
            // Whatever happens: a flow that is not counted out would keep the host from stopping, and its slot from the others.
            workload.End();
            _slots.Release();
        }
    }

    /// <summary>Takes turns until one starts an attempt or none is due.</summary>
    private LaneWork? TakeUntilWork(DeliveryLane next, CancellationToken stop)
    {
        for (var key = next; ;)
        {
            if (Take(key, stop) is { } work) return work;
            if (key.Running is not { } lane || !turns.TryExchange(lane, out key)) return null;
        }
    }

    /// <summary>Gives a lane its turn.</summary>
    /// <returns>The attempt to make; <see langword="null"/> when there is none to make now.</returns>
    private LaneWork? Take(DeliveryLane key, CancellationToken stop)
    {
        if (key.Running is not { } lane) return null;

        // Without a lease the lane gets none of its time, and asks again a little later.
        owned.TryGet(lane.Partition, out var fence, out var remaining);
        var turn = lane.TakeTurn(time.GetUtcNow(), fence, remaining, out var nextTurnAt, isCrowded: _slots.Free < _crowdedBelow);

        // Other turns of the lane may come before this one's request is on its way.
        if (nextTurnAt is { } at) turns.Schedule(lane, at);
        if (turn.Send is not null) workload.CountAttempt();
        if (turn.Read is { } read)
        {
            workload.Begin();
            _ = ReadAsync(lane, read, stop);
        }

        return turn.Send;
    }

    private async Task ReadAsync(Lane lane, LaneRead read, CancellationToken stop)
    {
        try
        {
            await reader.ReadAsync(lane, read, stop);
            turns.Ask(lane);
        }
        finally
        {
            workload.End();
        }
    }
}
