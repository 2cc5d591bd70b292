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
    TimeProvider time) : IDisposable
{
    /// <summary>What this node may have under way at once. Taken before the lane is, so that a lane never waits with its turn taken.</summary>
    private readonly SemaphoreSlim _slots = new(options.MaxConcurrency);

    /// <summary>Waits for the next lane and gives it its turn.</summary>
    public async Task TakeNextAsync(CancellationToken stop, CancellationToken abort)
    {
        await _slots.WaitAsync(stop);
        var isSlotInUse = false;
        try
        {
            var key = await scheduler.NextAsync(stop);
            isSlotInUse = Take(key, abort);
        }
        finally
        {
            if (!isSlotInUse) _slots.Release();
        }
    }

    public void Dispose() => _slots.Dispose();

    private bool Take(DeliveryLane key, CancellationToken abort)
    {
        if (key.Running is not { } lane) return false;
        workload.Begin();
        try
        {
            // Without a lease the lane gets none of its time, and asks again a little later.
            owned.TryGet(lane.Partition, out var fence, out var remaining);
            var turn = lane.TakeTurn(time.GetUtcNow(), fence, remaining);
            if (turn.Read is { } read)
            {
                workload.Begin();
                _ = ReadAsync(lane, read);
            }

            // Other turns of the lane may come before this one's request is on its way.
            turns.Ask(lane);
            if (turn.Send is not { } work) return false;
            workload.BeginAttempt();
            _ = AttemptAsync(work, abort);
            return true;
        }
        finally
        {
            workload.End();
        }
    }

    private async Task ReadAsync(Lane lane, LaneRead read)
    {
        await reader.ReadAsync(lane, read);
        turns.Ask(lane);
        workload.End();
    }

    private async Task AttemptAsync(LaneWork work, CancellationToken abort)
    {
        await pipeline.RunAsync(work, abort);
        _slots.Release();
        turns.Ask(work.Lane);
        workload.End();
    }
}
