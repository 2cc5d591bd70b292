namespace WebhookKit;

/// <summary>
/// Says which lane gets its turn when. A turn starts at most one attempt; a lane that can go on is scheduled again at once.
/// The default is fair: round robin over tenants, then over their lanes.
/// </summary>
/// <remarks>Called by many threads at once. It decides order and time only: limits and breakers are the lane's own.</remarks>
public interface IDeliveryScheduler
{
    /// <summary>Asks for a turn. A lane that is waiting already keeps the earlier of the two times.</summary>
    /// <param name="lane">The lane.</param>
    /// <param name="dueAt">When it is due; a time in the past means now.</param>
    void Schedule(DeliveryLane lane, DateTimeOffset dueAt);

    /// <summary>Waits until a lane is due and takes it out.</summary>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>The lane whose turn it is.</returns>
    /// <exception cref="OperationCanceledException">Waiting was stopped.</exception>
    ValueTask<DeliveryLane> NextAsync(CancellationToken cancellationToken);
}
