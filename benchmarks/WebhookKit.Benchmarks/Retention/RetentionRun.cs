namespace WebhookKit.Benchmarks.Retention;

/// <summary>What one run came to.</summary>
/// <param name="Removed">Deliveries removed per second, with their attempts and their events.</param>
/// <param name="Published">Events published per second meanwhile.</param>
/// <param name="Delivered">Requests received per second meanwhile.</param>
/// <param name="P99Before">The 99th percentile of publishing before anything was removed, in milliseconds.</param>
/// <param name="P99">The same meanwhile.</param>
internal sealed record RetentionRun(double Removed, double Published, double Delivered, double P99Before, double P99);
