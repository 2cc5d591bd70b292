namespace WebhookKit.Benchmarks.Reporting.Charts;

/// <summary>Where a chart stands in the drawing.</summary>
internal readonly record struct Box(double X, double Y, double Width, double Height);
