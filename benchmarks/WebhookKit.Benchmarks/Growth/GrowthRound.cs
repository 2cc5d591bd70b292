namespace WebhookKit.Benchmarks.Growth;

/// <summary>What one round of one process came to.</summary>
/// <param name="Rate">Deliveries to the healthy endpoints per second.</param>
/// <param name="MiB">The memory of the process at its end.</param>
internal readonly record struct GrowthRound(double Rate, double MiB);
