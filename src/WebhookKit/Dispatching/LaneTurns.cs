using System.Diagnostics.CodeAnalysis;
using WebhookKit.Diagnostics;

namespace WebhookKit.Dispatching;

/// <summary>Asks the scheduler for a lane's next turn.</summary>
internal sealed class LaneTurns(IDeliveryScheduler scheduler, TimeProvider time, SafeLogger<LaneTurns> logger)
{
    public void Ask(Lane lane) => Ask(lane, time.GetUtcNow());

    public void Ask(Lane lane, DateTimeOffset now)
    {
        if (lane.AskForTurn(now) is { } at) Schedule(lane, at);
    }

    /// <summary>Schedules the turn that a lane has asked for.</summary>
    public void Schedule(Lane lane, DateTimeOffset at)
    {
        try
        {
            scheduler.Schedule(lane.Key, at);
        }
        catch (Exception cause)
        {
            // A host's own scheduler: what is under way must not suffer from it.
            lane.ForgetTurn();
            Log.ScheduleFailed(logger, lane.Key.ToString(), cause);
        }
    }

    /// <summary>
    /// Asks for a lane's next turn and takes whichever turn is next, so that the flow that has just ended an attempt can go on.
    /// Only the fair scheduler can do both at once; with a host's own, the loops take the turns.
    /// </summary>
    public bool TryExchange(Lane lane, [NotNullWhen(true)] out DeliveryLane? next)
    {
        if (scheduler is not FairScheduler fair)
        {
            Ask(lane);
            next = null;
            return false;
        }

        var now = time.GetUtcNow();
        var at = lane.AskForTurn(now);
        return fair.TryExchange(at is null ? null : lane.Key, at ?? default, now, out next);
    }
}
