namespace WebhookKit.Benchmarks.Growth;

/// <summary>What one round of one process came to.</summary>
/// <param name="Rate">Deliveries to the healthy endpoints per second.</param>
/// <param name="MiB">The memory of the process at its end.</param>
/// <param name="Used">To how many endpoints something has gone since the rounds count.</param>
/// <param name="Compiled">How many methods have been compiled since.</param>
internal readonly record struct GrowthRound(double Rate, double MiB, double Used, double Compiled);
