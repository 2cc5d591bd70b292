namespace WebhookKit.Dispatching;

/// <summary>What was read for a lane.</summary>
/// <param name="Rows">The deliveries.</param>
/// <param name="Limit">How many were asked for in the end.</param>
/// <param name="Bytes">What they are counted with until the lane has them.</param>
internal readonly record struct LaneRows(IReadOnlyList<PendingDelivery> Rows, int Limit, long Bytes);
