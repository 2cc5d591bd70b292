using WebhookKit.Benchmarks.Throughput;

namespace WebhookKit.Benchmarks.Yardsticks;

/// <summary>Something to measure against the plain loop.</summary>
/// <param name="Name">What it is called in the report.</param>
/// <param name="Side">What sends.</param>
/// <param name="Requests">How many requests a round has.</param>
/// <param name="PrepareAsync">What comes before a round and is not measured.</param>
internal sealed record Yardstick(string Name, ISide Side, int Requests, Func<Task>? PrepareAsync = null);
