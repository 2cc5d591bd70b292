using System.Globalization;
using System.Text;
using WebhookKit.Benchmarks.Measuring;

namespace WebhookKit.Benchmarks.Reporting;

/// <summary>The page with all figures.</summary>
internal static class ResultsPage
{
    private const string Head = """
        # Results

        Written by `./bench.sh`, which repeats all of it. The engine takes turns with a plain loop over `HttpClient` that signs and sends the same requests, 64 at once, and stores
        nothing; both send to a receiver in a process of its own, on the same machine. What else the machine does hits both, so **ratios count, not absolute figures**.
        A figure is the median of its rounds, with the smallest and the largest in brackets.

        ![The figures as charts](results.svg)

        """;

    public static string Write(IReadOnlyList<PartResult> results, IReadOnlyList<(string Name, string Value)> machine, IReadOnlyList<string> leftOut, TimeSpan took)
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

        WriteGoals(page, results);
        foreach (var topic in Parts.Topics)
        {
            PartResult[] ofTopic = [.. results.Where(r => r.Part.Topic == topic)];
            if (ofTopic.Length > 0) WriteTopic(page, topic, ofTopic);
        }

        return page.ToString();
    }

    private static void WriteGoals(StringBuilder page, IReadOnlyList<PartResult> results)
    {
        (PartResult Result, Figure Figure)[] goals = [.. results.SelectMany(r => r.Findings.Figures.Where(f => f.Target is not null).Select(f => (r, f)))];
        var reached = goals.Count(g => !g.Figure.IsMissed);
        page.Append(CultureInfo.InvariantCulture, $"\n## Goals\n\n{reached} of {goals.Length} are reached.\n\n| What | Store | Measured | Goal | |\n|---|---|---|---|---|\n");
        foreach (var (result, figure) in goals)
        {
            page.Append(CultureInfo.InvariantCulture, $"| {result.Part.Topic}: {NameOf(figure)} | {result.Part.StoreName} | {ValueOf(figure)} | {figure.Target} | ");
            page.Append(figure.IsMissed ? "**missed** |\n" : "reached |\n");
        }
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

    private static string NameOf(Figure figure) => figure.Group.Length > 0 ? $"{figure.Group}, {figure.Name}" : figure.Name;

    private static string ValueOf(Figure figure)
    {
        var (median, min, max) = (Format(figure.Value.Median), Format(figure.Value.Min), Format(figure.Value.Max));
        return min == max ? median : $"{median} ({min} to {max})";

        string Format(double value) => value.ToString(figure.Format, CultureInfo.InvariantCulture);
    }
}
