namespace WebhookKit.Dispatching;

/// <summary>Asks the scheduler for a lane's next turn.</summary>
internal sealed class LaneTurns(IDeliveryScheduler scheduler, TimeProvider time)
{
    public void Ask(Lane lane)
    {
        if (lane.AskForTurn(time.GetUtcNow()) is { } at) scheduler.Schedule(lane.Key, at);
    }
}
