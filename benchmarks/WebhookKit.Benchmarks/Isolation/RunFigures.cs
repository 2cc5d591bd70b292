namespace WebhookKit.Benchmarks.Isolation;

/// <summary>What one run of the healthy endpoints came to.</summary>
/// <param name="Rate">Requests per second of all of them.</param>
/// <param name="SlowestRate">The same of the one with the fewest.</param>
/// <param name="P50">The median latency in milliseconds.</param>
/// <param name="P99">The 99th percentile.</param>
/// <param name="WorstP99">The same of the one where it is highest.</param>
/// <param name="Pending">How much was pending at the end.</param>
/// <param name="TimedOut">How many attempts ran into the deadline.</param>
/// <param name="Compiled">How many methods were compiled meanwhile.</param>
internal sealed record RunFigures(double Rate, double SlowestRate, double P50, double P99, double WorstP99, long Pending, long TimedOut, long Compiled);
