using WebhookKit.Benchmarks.Measuring;

namespace WebhookKit.Benchmarks.Reporting.Charts;

/// <summary>A bar.</summary>
/// <param name="Label">What stands before it.</param>
/// <param name="Style">Its colour.</param>
/// <param name="Figure">How long it is.</param>
internal sealed record Bar(string Label, string Style, Figure Figure);
