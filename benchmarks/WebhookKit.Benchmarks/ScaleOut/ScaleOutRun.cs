namespace WebhookKit.Benchmarks.ScaleOut;

/// <summary>What one run of some nodes came to.</summary>
/// <param name="Rate">Deliveries settled per second.</param>
/// <param name="Processors">How many processors the nodes, the receiver and a server of its own kept busy.</param>
internal readonly record struct ScaleOutRun(double Rate, double Processors);
