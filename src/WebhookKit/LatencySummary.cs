namespace WebhookKit;

/// <summary>How long requests took, from name look-up to the last byte of the answer, whatever became of them.</summary>
/// <param name="P50">Half of them took at most so long, as <see cref="LatencyScale"/> has it.</param>
/// <param name="P95">95 of 100 took at most so long.</param>
/// <param name="Max">How long the slowest one took, exactly.</param>
public sealed record LatencySummary(TimeSpan P50, TimeSpan P95, TimeSpan Max);
