namespace WebhookKit.Simulation.Running;

/// <summary>What came of a run.</summary>
/// <param name="Seed">What it was drawn from.</param>
/// <param name="Fault">The rule that was broken; null for none.</param>
/// <param name="Digest">Stands for all that happened.</param>
/// <param name="Requests">How many requests were sent.</param>
/// <param name="Lasted">How long it lasted in its own time.</param>
/// <param name="Trace">What happened, if it was to be kept.</param>
internal sealed record RunResult(int Seed, string? Fault, long Digest, int Requests, TimeSpan Lasted, IReadOnlyList<string> Trace);
