using WebhookKit.Benchmarks.Measuring;

namespace WebhookKit.Benchmarks.Reporting;

/// <summary>The goals of the parts that have several.</summary>
internal static class Goals
{
    private const string Steady = "Steady load: 500 events a second to each of the 10";
    private const string Full = "Full load: as fast as the 8 take them, to all 10 alike";

    public static Goal[] Isolation { get; } =
    [
        new Goal($"{Full}, ratio of rates, sick / healthy", Target.AtLeast(0.90)),
        new Goal($"{Full}, the same of the endpoint with the fewest", Target.AtLeast(0.90)),
        new Goal($"{Steady}, ratio of rates, sick / healthy", Target.AtLeast(0.90)),
        new Goal($"{Steady}, the same of the endpoint with the fewest", Target.AtLeast(0.90)),
        new Goal($"{Steady}, ratio of p99 latencies, sick / healthy", Target.AtMost(2.0)),
        new Goal($"{Steady}, the same of the endpoint with the highest", Target.AtMost(2.0)),
    ];

    public static Goal[] Backlog { get; } = [.. Costs("10,000", "100,000 pending", "1,000,000 pending")];

    public static Goal[] Lanes { get; } = [.. Costs("10", "1,000 lanes", "100,000 lanes")];

    public static Goal[] FanOut { get; } =
    [
        new Goal("10,000 subscription(s), published, ms", Target.AtMost(250, "0")),
        new Goal("an event of 100,000 bytes pending for 10,000, held in memory for each, bytes", Target.AtMost(3_020, "N0")),
    ];

    public static Goal[] Bytes { get; } = [.. Throughput("ratio of bytes allocated, engine / loop", Target.AtMost(2.0))];

    public static IEnumerable<Goal> Rates(double least) => Throughput("ratio of rates, engine / loop", Target.AtLeast(least));

    public static Goal MemoryOfBacklog(double mostMiB) => new("1,000,000 pending, most memory of the process, MiB", Target.AtMost(mostMiB, "0"));

    /// <summary>Says which of a part's goals it has not measured, and what it has measured against none of them; nothing where they agree.</summary>
    public static string[] Compare(Part part, Findings findings)
    {
        var measured = findings.Figures.Where(f => f.Target is not null).Select(f => new Goal(f.FullName, f.Target!)).ToList();
        return [.. part.Goals.Except(measured).Union(measured.Except(part.Goals)).Select(g => $"{g.Name}, {g.Target}")];
    }

    private static IEnumerable<Goal> Throughput(string name, Target target) => [new Goal($"1 endpoint, {name}", target), new Goal($"10 endpoints, {name}", target)];

    private static IEnumerable<Goal> Costs(string smallest, params string[] sizes) =>
        sizes.Select(s => new Goal($"{s}, cost of a delivery, relative to that with {smallest}", Target.AtMost(1.10)));
}
