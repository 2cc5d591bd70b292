using System.Globalization;
using System.Text;
using WebhookKit.Benchmarks.Measuring;

namespace WebhookKit.Benchmarks.Reporting;

/// <summary>The page with all figures.</summary>
internal static class ResultsPage
{
    private const string Head = """
        # Results

        Written by `./bench.sh`, which repeats all of it. Throughput, fan-out, growth, batching and draining take turns with a plain loop over `HttpClient` that signs and sends the
        same requests, 64 at once, and stores nothing; isolation compares the engine with itself, and start-up and rest with a process that has a bare `HttpClient`. Latency stands
        alone. All send to a receiver in a process of its own, on the same machine. What else the machine does hits both sides, so **ratios count, not absolute figures**.
        The server GC keeps its number of heaps (`System.GC.DynamicAdaptationMode` is 0), for it counts the bytes allocated by heap; processes of growth and rest have the
        workstation GC. A round counts once hardly anything is compiled any more, or the time for that is up: a row says how many methods still were.
        A figure is the median of its rounds, with the smallest and the largest in brackets.

        ![The figures as charts](results.svg)

        """;

    public static string Write(IReadOnlyList<Part> parts, IReadOnlyList<PartResult> results, IReadOnlyList<(string Name, string Value)> machine, IReadOnlyList<string> leftOut, TimeSpan took)
    {
        var page = new StringBuilder(Head);
        page.Append("\n## The machine\n\n| | |\n|---|---|\n");
        foreach (var (name, value) in machine) page.Append(CultureInfo.InvariantCulture, $"| {name} | {value} |\n");
        page.Append(CultureInfo.InvariantCulture, $"| Measured | {DateTime.UtcNow:yyyy-MM-dd}, in {took.TotalMinutes:0} minutes |\n");
        if (leftOut.Count > 0)
        {
            page.Append("\n## Left out\n\n");
            foreach (var line in leftOut) page.Append(CultureInfo.InvariantCulture, $"- {line}\n");
        }

        WriteGoals(page, parts, results);
        foreach (var topic in Parts.Topics)
        {
            PartResult[] ofTopic = [.. results.Where(r => r.Part.Topic == topic)];
            if (ofTopic.Length > 0) WriteTopic(page, topic, ofTopic);
        }

        return page.ToString();
    }

    /// <summary>All of them: one that could not be measured is not reached.</summary>
    private static void WriteGoals(StringBuilder page, IReadOnlyList<Part> parts, IReadOnlyList<PartResult> results)
    {
        var rows = new StringBuilder();
        var (all, reached, unmeasured) = (0, 0, 0);
        foreach (var part in parts)
        {
            var figures = results.SingleOrDefault(r => r.Part == part)?.Findings.Figures ?? [];
            foreach (var goal in part.Goals)
            {
                var figure = figures.FirstOrDefault(f => f.FullName == goal.Name && f.Target == goal.Target);
                var (value, outcome) = figure is null ? ("", "**not measured**") : (ValueOf(figure), figure.IsMissed ? "**missed**" : "reached");
                rows.Append(CultureInfo.InvariantCulture, $"| {part.Topic}: {goal.Name} | {part.StoreName} | {value} | {goal.Target} | {outcome} |\n");
                all++;
                if (figure is null) unmeasured++;
                else if (!figure.IsMissed) reached++;
            }
        }

        page.Append(CultureInfo.InvariantCulture, $"\n## Goals\n\n{reached} of {all} are reached{(unmeasured > 0 ? $"; {unmeasured} could not be measured" : "")}.\n\n");
        page.Append("| What | Store | Measured | Goal | |\n|---|---|---|---|---|\n").Append(rows);
    }

    /// <summary>A table with a column for each store, and a row for each figure.</summary>
    private static void WriteTopic(StringBuilder page, string topic, PartResult[] results)
    {
        page.Append(CultureInfo.InvariantCulture, $"\n## {topic}\n\n");
        foreach (var note in results.SelectMany(r => r.Findings.Notes).Distinct()) page.Append(CultureInfo.InvariantCulture, $"{note.Trim()}\n\n");
        page.Append(CultureInfo.InvariantCulture, $"| | {string.Join(" | ", results.Select(r => r.Part.StoreName))} |\n|---|{string.Concat(Enumerable.Repeat("---|", results.Length))}\n");
        foreach (var (group, name) in results.SelectMany(r => r.Findings.Figures).Select(f => (f.Group, f.Name)).Distinct())
        {
            var cells = results.Select(r => r.Findings.Figures.FirstOrDefault(f => f.Group == group && f.Name == name) is { } figure ? CellOf(figure) : "");
            page.Append(CultureInfo.InvariantCulture, $"| {(group.Length > 0 ? $"{group}: {name}" : name)} | {string.Join(" | ", cells)} |\n");
        }

        page.Append(CultureInfo.InvariantCulture, $"\n`{string.Join("`, `", results.Select(r => string.Join(' ', r.Part.CommandLine)))}`\n");
    }

    private static string CellOf(Figure figure) => figure.Target is null
        ? ValueOf(figure)
        : $"{ValueOf(figure)}; goal {figure.Target}: {(figure.IsMissed ? "**missed**" : "reached")}";

    private static string ValueOf(Figure figure)
    {
        var (median, min, max) = (Format(figure.Value.Median), Format(figure.Value.Min), Format(figure.Value.Max));
        return min == max ? median : $"{median} ({min} to {max})";

        string Format(double value) => value.ToString(figure.Format, CultureInfo.InvariantCulture);
    }
}
