using WebhookKit.Benchmarks.Measuring;

namespace WebhookKit.Benchmarks.Reporting;

/// <summary>What a part is to reach: known before it is measured, so that what could not be measured is not forgotten.</summary>
/// <param name="Name">The group and the name of the figure.</param>
/// <param name="Target">What it is to be.</param>
internal sealed record Goal(string Name, Target Target);
