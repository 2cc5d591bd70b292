using WebhookKit.Benchmarks.Measuring;

namespace WebhookKit.Benchmarks.Reporting;

/// <summary>What a part found.</summary>
internal sealed record PartResult(Part Part, Findings Findings)
{
    /// <summary>The figures that the chart knows by a key.</summary>
    public IEnumerable<Figure> Find(string key) => Findings.Figures.Where(f => f.Key == key);
}
