using WebhookKit.Matching;

namespace WebhookKit.Dispatching;

/// <summary>What a lane lets go as one request.</summary>
internal sealed class LaneWork
{
    public required Lane Lane { get; init; }

    public required SubscriptionModel Model { get; init; }

    /// <summary>The deliveries, oldest first; at least one.</summary>
    public required PendingDelivery[] Items { get; init; }

    /// <summary>The fencing number of the lease under which it started.</summary>
    public required long Fence { get; init; }

    /// <summary>When the lane let it go.</summary>
    public required DateTimeOffset TakenAt { get; init; }

    /// <summary>Whether it is the probe of a half-open breaker.</summary>
    public required bool IsProbe { get; init; }
}
