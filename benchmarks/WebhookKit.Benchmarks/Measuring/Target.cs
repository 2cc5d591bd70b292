using System.Globalization;

namespace WebhookKit.Benchmarks.Measuring;

/// <summary>What a figure is to be, by its median.</summary>
/// <param name="Limit">The least or the most.</param>
/// <param name="IsLeast">Whether it is the least.</param>
/// <param name="Format">How the limit is shown.</param>
internal sealed record Target(double Limit, bool IsLeast, string Format)
{
    public static Target AtLeast(double limit, string format = "0.00") => new(limit, IsLeast: true, format);

    public static Target AtMost(double limit, string format = "0.00") => new(limit, IsLeast: false, format);

    public bool IsMetBy(Spread value) => IsLeast ? value.Median >= Limit : value.Median <= Limit;

    public override string ToString() => $"{(IsLeast ? "at least" : "at most")} {Limit.ToString(Format, CultureInfo.InvariantCulture)}";
}
