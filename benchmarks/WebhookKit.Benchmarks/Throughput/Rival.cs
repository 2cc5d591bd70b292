namespace WebhookKit.Benchmarks.Throughput;

/// <summary>What somebody would use instead of the engine on the same database, in the same run.</summary>
/// <param name="Name">What it is called in the report.</param>
/// <param name="Side">What sends.</param>
/// <param name="Requests">How many requests a round has.</param>
/// <param name="LeastTimes">How many times its rate the engine's must be.</param>
internal sealed record Rival(string Name, ISide Side, int Requests, double LeastTimes);
