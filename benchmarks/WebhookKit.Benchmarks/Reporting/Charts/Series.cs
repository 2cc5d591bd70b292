using WebhookKit.Benchmarks.Measuring;

namespace WebhookKit.Benchmarks.Reporting.Charts;

/// <summary>A line.</summary>
/// <param name="Style">Its colour.</param>
/// <param name="Figures">Its points, each with its place.</param>
internal sealed record Series(string Style, IReadOnlyList<Figure> Figures);
