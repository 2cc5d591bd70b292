namespace WebhookKit;

/// <summary>A wish to read pending deliveries of a lane.</summary>
/// <param name="SubscriptionId">The lane's subscription.</param>
/// <param name="Limit">The most to read.</param>
/// <param name="InSequence">
/// <see langword="true"/>: in the order in which they were stored. <see langword="false"/>: by due time, then in that order.
/// </param>
public readonly record struct LaneRead(string SubscriptionId, int Limit, bool InSequence);
