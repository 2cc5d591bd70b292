namespace WebhookKit.Benchmarks.Receiving;

/// <summary>What a receiver saw.</summary>
/// <param name="Requests">How many requests, on whichever path.</param>
/// <param name="Bytes">How many bytes they had, headers included.</param>
/// <param name="Measured">How many requests of the endpoints that were asked for.</param>
/// <param name="FewestMeasured">How many of these the endpoint with the fewest got.</param>
/// <param name="P50">The median latency of these, in milliseconds.</param>
/// <param name="P99">The 99th percentile.</param>
/// <param name="WorstP99">The 99th percentile of the endpoint where it is highest.</param>
internal sealed record ReceiverFigures(long Requests, long Bytes, long Measured, long FewestMeasured, double P50, double P99, double WorstP99);
